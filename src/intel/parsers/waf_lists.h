#pragma once
// The lists inside an entry of AWS WAF: what each of them tells, joined by commas, beside its JSON
// text. A list that is null or missing tells nothing; what in it is not of the documented shape is
// passed over.
#include <span>
#include <string_view>

#include "intel/parsers/line_reader.h"

namespace sextant::intel {

// Split functions (field_readers.h). The first part is the list itself.
// Of terminatingRuleMatchDetails: conditions, and the data that matched.
const char* split_match_details(std::string_view, const ObjectFacts&, std::span<std::string_view>);
// Of nonTerminatingMatchingRules: ids, actions, conditions.
const char* split_rules(std::string_view, const ObjectFacts&, std::span<std::string_view>);
// Of ruleGroupList: groups, ids of the rules in them that ended the inspection, of those that
// matched without, of those that were excluded, conditions.
const char* split_rule_groups(std::string_view, const ObjectFacts&, std::span<std::string_view>);
// Of rateBasedRuleList: names, or ids where there are none.
const char* split_rate_rules(std::string_view, const ObjectFacts&, std::span<std::string_view>);
// Of labels: their names.
const char* split_labels(std::string_view, const ObjectFacts&, std::span<std::string_view>);
// Of httpRequest.headers, whose names are written in any case and may repeat: user agent, host and
// its port, referrer, all of X-Forwarded-For.
const char* split_headers(std::string_view, const ObjectFacts&, std::span<std::string_view>);
// Only checks that it is a list, of requestHeadersInserted.
const char* split_list(std::string_view, const ObjectFacts&, std::span<std::string_view>);
// Of oversizeFields: the names alone.
const char* split_names(std::string_view, const ObjectFacts&, std::span<std::string_view>);

}  // namespace sextant::intel

#include "guard/iam/condition.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include "core/encoding.h"
#include "core/json.h"
#include "core/strings.h"
#include "core/time_text.h"

namespace sextant::guard::iam {
namespace {

using Family = Condition::Family;
using Relation = Condition::Relation;
using Quantifier = Condition::Quantifier;

struct OperatorRow {
  std::string_view name;  // lower case: AWS compares operators without case
  Family family;
  Relation relation = Relation::Equal;
  bool negated = false;
  bool fold_case = false;
};

constexpr OperatorRow kOperators[] = {
    {"stringequals", Family::String},
    {"stringnotequals", Family::String, Relation::Equal, true},
    {"stringequalsignorecase", Family::String, Relation::Equal, false, true},
    {"stringnotequalsignorecase", Family::String, Relation::Equal, true, true},
    {"stringlike", Family::StringLike},
    {"stringnotlike", Family::StringLike, Relation::Equal, true},
    {"numericequals", Family::Numeric},
    {"numericnotequals", Family::Numeric, Relation::Equal, true},
    {"numericlessthan", Family::Numeric, Relation::Less},
    {"numericlessthanequals", Family::Numeric, Relation::LessOrEqual},
    {"numericgreaterthan", Family::Numeric, Relation::Greater},
    {"numericgreaterthanequals", Family::Numeric, Relation::GreaterOrEqual},
    {"dateequals", Family::Date},
    {"datenotequals", Family::Date, Relation::Equal, true},
    {"datelessthan", Family::Date, Relation::Less},
    {"datelessthanequals", Family::Date, Relation::LessOrEqual},
    {"dategreaterthan", Family::Date, Relation::Greater},
    {"dategreaterthanequals", Family::Date, Relation::GreaterOrEqual},
    {"bool", Family::Bool},
    {"binaryequals", Family::Binary},
    {"ipaddress", Family::Ip},
    {"notipaddress", Family::Ip, Relation::Equal, true},
    {"arnequals", Family::Arn},
    {"arnnotequals", Family::Arn, Relation::Equal, true},
    {"arnlike", Family::Arn},
    {"arnnotlike", Family::Arn, Relation::Equal, true},
    {"null", Family::Null},
};
static_assert(std::size(kOperators) == 27);

std::optional<bool> parse_bool(std::string_view text) {
  if (iequals(text, "true")) return true;
  if (iequals(text, "false")) return false;
  return std::nullopt;
}

// ISO 8601 (a bare date too) or seconds since 1970.
std::optional<Time> parse_date(std::string_view text) {
  if (auto time = parse_iso8601(text)) return time;
  if (text.size() == 10 && text[4] == '-') return parse_iso8601(std::string(text) + "T00:00:00Z");
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  constexpr std::int64_t kSecondsMax = 253'402'300'799;  // the year 9999
  if (error != std::errc{} || end != text.data() + text.size() || std::abs(seconds) > kSecondsMax) {
    return std::nullopt;
  }
  return Time(std::chrono::seconds(seconds));
}

// Policies write numbers and booleans also without quotes.
std::optional<std::string> text_of(const boost::json::value& value) {
  if (const auto* text = value.if_string()) return std::string(text->data(), text->size());
  if (value.is_bool() || value.is_number()) return json::to_text(value);
  return std::nullopt;
}

template <typename T, typename Parsed>
Result<T> operand_or_invalid(std::string_view text, std::string_view what, Parsed parsed) {
  if (parsed) return std::move(*parsed);
  return fail(Code::Invalid,
              "\"" + std::string(text.substr(0, 80)) + "\" is not " + std::string(what));
}

Match from_bool(bool matches) { return matches ? Match::Yes : Match::No; }

}  // namespace

std::optional<Number> parse_number(std::string_view text) {
  const auto* end = text.data() + text.size();
  Number number;
  if (const auto read = std::from_chars(text.data(), end, number.integer);
      read.ec == std::errc{} && read.ptr == end) {
    number.real = static_cast<double>(number.integer);
    return number;
  }
  number.whole = false;
  const auto read = std::from_chars(text.data(), end, number.real);
  if (read.ec != std::errc{} || read.ptr != end || !std::isfinite(number.real)) return std::nullopt;
  return number;
}

std::strong_ordering compare(const Number& a, const Number& b) {
  if (a.whole && b.whole) return a.integer <=> b.integer;
  if (a.real < b.real) return std::strong_ordering::less;
  return a.real > b.real ? std::strong_ordering::greater : std::strong_ordering::equal;
}

Result<Condition> Condition::parse(std::string_view name, std::string_view key,
                                   const boost::json::value& values, bool variables) {
  Condition condition;
  condition.operator_name_ = std::string(name);
  condition.key_text_ = std::string(key);
  condition.key_ = make_key(key);
  auto rest = to_lower(name);
  for (const auto& [prefix, quantifier] :
       {std::pair<std::string_view, Quantifier>{"forallvalues:", Quantifier::ForAllValues},
        {"foranyvalue:", Quantifier::ForAnyValue}}) {
    if (!rest.starts_with(prefix)) continue;
    condition.quantifier_ = quantifier;
    rest.erase(0, prefix.size());
    break;
  }
  if (rest.ends_with("ifexists")) {
    condition.if_exists_ = true;
    rest.resize(rest.size() - std::string_view("ifexists").size());
  }
  const auto* row = std::ranges::find(kOperators, rest, &OperatorRow::name);
  if (row == std::end(kOperators)) {
    return fail(Code::Invalid, "unknown condition operator \"" + std::string(name) + "\"");
  }
  if (row->family == Family::Null &&
      (condition.if_exists_ || condition.quantifier_ != Quantifier::One)) {
    return fail(Code::Invalid, "Null takes neither IfExists nor a set operator");
  }
  condition.family_ = row->family;
  condition.relation_ = row->relation;
  condition.negated_ = row->negated;
  condition.fold_case_ = row->fold_case;

  const auto add = [&](const boost::json::value& value) -> Result<> {
    const auto text = text_of(value);
    if (!text) return fail(Code::Invalid, "a condition value must be a string");
    SX_TRY_AS(auto operand, condition.parse_operand(*text, variables));
    condition.operands_.push_back(std::move(operand));
    return {};
  };
  const auto* list = values.if_array();
  if (list == nullptr) {
    SX_TRY(add(values));
    return condition;
  }
  for (const auto& value : *list) SX_TRY(add(value));
  return condition;
}

Result<Condition::Operand> Condition::parse_operand(std::string_view text, bool variables) const {
  switch (family_) {
    case Family::String:
    case Family::StringLike: {
      const TextRules rules{.wildcards = family_ == Family::StringLike,
                            .variables = variables,
                            .fold_case = fold_case_};
      SX_TRY_AS(auto parsed, TemplateText::parse(text, rules));
      return parsed;
    }
    case Family::Arn: {
      const auto where =
          variables ? ArnPattern::Variables::Everywhere : ArnPattern::Variables::None;
      SX_TRY_AS(auto parsed, ArnPattern::parse(text, where));
      return parsed;
    }
    case Family::Numeric: return operand_or_invalid<Operand>(text, "a number", parse_number(text));
    case Family::Date:
      return operand_or_invalid<Operand>(text, "a date (ISO 8601 or epoch seconds)",
                                         parse_date(text));
    case Family::Bool:
    case Family::Null: return operand_or_invalid<Operand>(text, "true or false", parse_bool(text));
    case Family::Ip:
      return operand_or_invalid<Operand>(text, "an IP address or CIDR range", parse_ip_range(text));
    case Family::Binary: {
      auto bytes = from_base64(text);
      if (!bytes) return operand_or_invalid<Operand>(text, "base64", std::optional<Operand>());
      return BinaryText{std::move(*bytes)};
    }
  }
  return fail(Code::Invalid, "unknown condition operator");
}

bool Condition::related(std::strong_ordering order) const {
  switch (relation_) {
    case Relation::Equal: return order == 0;
    case Relation::Less: return order < 0;
    case Relation::LessOrEqual: return order <= 0;
    case Relation::Greater: return order > 0;
    case Relation::GreaterOrEqual: return order >= 0;
  }
  return false;
}

Condition::Given Condition::read(std::string_view value) const {
  const auto given = [](auto parsed) { return parsed ? Given(std::move(*parsed)) : Given(); };
  switch (family_) {
    case Family::String:
    case Family::StringLike: return value;
    case Family::Arn: {
      ArnText arn{.text = value, .parts = {}};
      return split_arn(value, arn.parts) ? Given(arn) : Given();
    }
    case Family::Numeric: return given(parse_number(value));
    case Family::Date: return given(parse_date(value));
    case Family::Bool:
    case Family::Null: return given(parse_bool(value));
    case Family::Ip: return given(sdk::IpAddress::parse(value));
    case Family::Binary: {
      auto bytes = from_base64(value);
      return bytes ? Given(BinaryText{std::move(*bytes)}) : Given();
    }
  }
  return {};
}

// The operator without its negation. Unknown: the request's value cannot be read.
Match Condition::pair(const Operand& operand, const Given& given,
                      const RequestView& request) const {
  if (const auto* pattern = std::get_if<ArnPattern>(&operand)) {
    if (pattern->matches_everything()) return Match::Yes;
    const auto* arn = std::get_if<ArnText>(&given);
    return arn == nullptr ? Match::Unknown
                          : from_bool(pattern->matches(arn->text, arn->parts, request));
  }
  if (std::holds_alternative<std::monostate>(given)) return Match::Unknown;
  switch (family_) {
    case Family::Numeric:
      return from_bool(related(compare(std::get<Number>(given), std::get<Number>(operand))));
    case Family::Date: return from_bool(related(std::get<Time>(given) <=> std::get<Time>(operand)));
    case Family::Ip:
      return from_bool(std::get<IpRange>(operand).contains(std::get<sdk::IpAddress>(given)));
    case Family::Binary:
      return from_bool(std::get<BinaryText>(given).bytes == std::get<BinaryText>(operand).bytes);
    case Family::Bool: return from_bool(std::get<bool>(given) == std::get<bool>(operand));
    default:
      return from_bool(
          std::get<TemplateText>(operand).matches(std::get<std::string_view>(given), request));
  }
}

// Values of a condition are alternatives; a negated operator wants none of them to match. A value
// that cannot be read matches nothing, but whether it is then "not equal" nobody can say.
Match Condition::against_all(const Given& given, const RequestView& request) const {
  bool unreadable = false;
  for (const auto& operand : operands_) {
    const auto match = pair(operand, given, request);
    if (match == Match::Yes) return from_bool(!negated_);
    unreadable = unreadable || match == Match::Unknown;
  }
  if (!negated_) return Match::No;
  return unreadable ? Match::Unknown : Match::Yes;
}

Match Condition::quantified(const Values& values, const RequestView& request) const {
  const bool all = quantifier_ == Quantifier::ForAllValues;
  bool unknown = false;
  for (std::size_t i = 0; i < values.count; ++i) {
    const auto match = against_all(read(values.begin[i]), request);
    if (match == Match::Yes && !all) return Match::Yes;
    if (match == Match::No && all) return Match::No;
    unknown = unknown || match == Match::Unknown;
  }
  return unknown ? Match::Unknown : from_bool(all);
}

Match Condition::when_missing() const {
  if (if_exists_ || quantifier_ == Quantifier::ForAllValues) return Match::Yes;
  if (quantifier_ == Quantifier::ForAnyValue) return Match::No;
  return from_bool(negated_);
}

Match Condition::null_check(const Values& values) const {
  const bool absent = values.state == Values::State::Absent;
  return from_bool(std::ranges::any_of(
      operands_, [&](const Operand& operand) { return std::get<bool>(operand) == absent; }));
}

Match Condition::evaluate(const RequestView& request) const {
  // Known in the operator's own form: one value, so quantifiers make no difference.
  if (family_ == Family::Ip) {
    if (const auto address = request.address(key_)) return against_all(*address, request);
  }
  if (family_ == Family::Date) {
    if (const auto time = request.time(key_)) return against_all(*time, request);
  }
  const auto values = request.values(key_);
  if (values.state == Values::State::Ambiguous) return Match::Unknown;
  if (family_ == Family::Null) return null_check(values);
  if (values.state == Values::State::Absent) return when_missing();
  if (quantifier_ != Quantifier::One) return quantified(values, request);
  return values.count == 1 ? against_all(read(values.begin[0]), request) : Match::Unknown;
}

}  // namespace sextant::guard::iam

#include "intel/parsers/waf_lists.h"

#include <algorithm>
#include <array>

#include "intel/parsers/json_lists.h"
#include "intel/parsers/numbers.h"

namespace sextant::intel {
namespace {

using Parts = std::span<std::string_view>;

constexpr const char* kExpected = "a JSON list";

// Texts that parts point into until the thread's next call.
std::array<std::string, 6>& fresh_texts() {
  thread_local std::array<std::string, 6> texts;
  for (auto& text : texts) text.clear();
  return texts;
}

void append_conditions(const JsonObject& rule, std::string& conditions) {
  for_each_object(rule, "ruleMatchDetails", [&](const JsonObject& match) {
    append_distinct(text_of(match, "conditionType"), conditions);
  });
}

// WAF cuts what matched into tokens: "10", "AND", "1".
void append_matched(const JsonObject& match, std::string& data) {
  std::string tokens;
  JsonList list;
  if (match["matchedData"].get(list) != simdjson::SUCCESS) return;
  for (const auto element : list) {
    std::string_view token;
    if (element.get(token) == simdjson::SUCCESS) append_item(token, tokens, ' ');
  }
  append_item(tokens, data);
}

bool same_header(std::string_view name, std::string_view lower_case) {
  return std::ranges::equal(name, lower_case, [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a | 0x20) : a) == b;
  });
}

// "shop.example:8443" -> shop.example, 8443. An IPv6 address keeps its brackets.
void cut_host(std::string_view host, std::string_view& domain, std::string_view& port) {
  domain = host;
  const auto colon = host.rfind(':');
  if (colon == std::string_view::npos || host.ends_with(']')) return;
  const auto number = read_integer(host.substr(colon + 1));
  if (!number || *number < 0 || *number > 65535) return;
  domain = host.substr(0, colon);
  port = host.substr(colon + 1);
}

}  // namespace

const char* split_match_details(std::string_view value, const ObjectFacts&, Parts parts) {
  if (value.empty()) return nullptr;
  JsonList list;
  if (!read_json_list(value, list)) return kExpected;
  auto& texts = fresh_texts();
  for_each_object(list, [&](const JsonObject& match) {
    append_distinct(text_of(match, "conditionType"), texts[0]);
    append_matched(match, texts[1]);
  });
  parts[0] = value;
  std::copy_n(texts.begin(), 2, parts.begin() + 1);
  return nullptr;
}

const char* split_rules(std::string_view value, const ObjectFacts&, Parts parts) {
  if (value.empty()) return nullptr;
  JsonList list;
  if (!read_json_list(value, list)) return kExpected;
  auto& texts = fresh_texts();
  for_each_object(list, [&](const JsonObject& rule) {
    append_item(text_of(rule, "ruleId"), texts[0]);
    append_distinct(text_of(rule, "action"), texts[1]);
    append_conditions(rule, texts[2]);
  });
  parts[0] = value;
  std::copy_n(texts.begin(), 3, parts.begin() + 1);
  return nullptr;
}

const char* split_rule_groups(std::string_view value, const ObjectFacts&, Parts parts) {
  if (value.empty()) return nullptr;
  JsonList list;
  if (!read_json_list(value, list)) return kExpected;
  auto& texts = fresh_texts();
  for_each_object(list, [&](const JsonObject& group) {
    append_item(text_of(group, "ruleGroupId"), texts[0]);
    JsonObject rule;
    if (group["terminatingRule"].get(rule) == simdjson::SUCCESS) {
      append_item(text_of(rule, "ruleId"), texts[1]);
      append_conditions(rule, texts[4]);
    }
    for_each_object(group, "nonTerminatingMatchingRules", [&](const JsonObject& matching) {
      append_item(text_of(matching, "ruleId"), texts[2]);
      append_conditions(matching, texts[4]);
    });
    for_each_object(group, "excludedRules", [&](const JsonObject& excluded) {
      append_item(text_of(excluded, "ruleId"), texts[3]);
    });
  });
  parts[0] = value;
  std::copy_n(texts.begin(), 5, parts.begin() + 1);
  return nullptr;
}

const char* split_rate_rules(std::string_view value, const ObjectFacts&, Parts parts) {
  if (value.empty()) return nullptr;
  JsonList list;
  if (!read_json_list(value, list)) return kExpected;
  auto& texts = fresh_texts();
  for_each_object(list, [&](const JsonObject& rule) {
    const auto name = text_of(rule, "rateBasedRuleName");
    append_item(name.empty() ? text_of(rule, "rateBasedRuleId") : name, texts[0]);
  });
  parts[0] = value;
  parts[1] = texts[0];
  return nullptr;
}

const char* split_labels(std::string_view value, const ObjectFacts&, Parts parts) {
  if (value.empty()) return nullptr;
  JsonList list;
  if (!read_json_list(value, list)) return kExpected;
  auto& texts = fresh_texts();
  for_each_object(list,
                  [&](const JsonObject& label) { append_item(text_of(label, "name"), texts[0]); });
  parts[0] = value;
  parts[1] = texts[0];
  return nullptr;
}

const char* split_headers(std::string_view value, const ObjectFacts&, Parts parts) {
  if (value.empty()) return nullptr;
  JsonList list;
  if (!read_json_list(value, list)) return kExpected;
  constexpr std::string_view kNames[] = {"user-agent", "host", "referer", "x-forwarded-for"};
  constexpr std::size_t kForwarded = 3;
  auto& texts = fresh_texts();
  for_each_object(list, [&](const JsonObject& header) {
    const auto name = text_of(header, "name");
    const auto known =
        std::ranges::find_if(kNames, [&](auto each) { return same_header(name, each); });
    if (known == std::end(kNames)) return;
    const auto number = static_cast<std::size_t>(known - kNames);
    if (number == kForwarded || texts[number].empty()) {  // of the others, the first counts
      append_item(text_of(header, "value"), texts[number]);
    }
  });
  parts[0] = value;
  parts[1] = texts[0];
  cut_host(texts[1], parts[2], parts[3]);
  parts[4] = texts[2];
  parts[5] = texts[kForwarded];
  return nullptr;
}

const char* split_list(std::string_view value, const ObjectFacts&, Parts parts) {
  JsonList list;
  if (!value.empty() && !read_json_list(value, list)) return kExpected;
  parts[0] = value;
  return nullptr;
}

const char* split_names(std::string_view value, const ObjectFacts&, Parts parts) {
  if (value.empty()) return nullptr;
  JsonList list;
  if (!read_json_list(value, list)) return kExpected;
  auto& texts = fresh_texts();
  for (const auto element : list) {
    std::string_view name;
    if (element.get(name) == simdjson::SUCCESS) append_item(name, texts[0]);
  }
  parts[0] = texts[0];
  return nullptr;
}

}  // namespace sextant::intel

#include "template/s3_events.h"

#include <algorithm>

#include "core/hash.h"
#include "core/suggest.h"

namespace sextant::templates {
namespace {

const std::vector<std::string_view> kEvents = {"s3:ObjectCreated:*",
                                               "s3:ObjectCreated:Put",
                                               "s3:ObjectCreated:Post",
                                               "s3:ObjectCreated:Copy",
                                               "s3:ObjectCreated:CompleteMultipartUpload",
                                               "s3:ObjectRemoved:*",
                                               "s3:ObjectRemoved:Delete"};

// "s3:ObjectCreated:*" and "s3:ObjectCreated:Put" have an event in common.
bool share_event(std::string_view one, std::string_view other) {
  const auto covers = [](std::string_view pattern, std::string_view event) {
    return pattern.ends_with('*') && event.starts_with(pattern.substr(0, pattern.size() - 1));
  };
  return one == other || covers(one, other) || covers(other, one);
}

bool share_events(const std::vector<std::string>& one, const std::vector<std::string>& other) {
  return std::ranges::any_of(one, [&](const auto& a) {
    return std::ranges::any_of(other, [&](const auto& b) { return share_event(a, b); });
  });
}

void take_rule(Properties& rule, KeyFilter& filter, std::vector<std::string>& seen) {
  auto name = rule.required_text("Name").value_or("");
  const auto value = rule.required_text("Value").value_or("");
  rule.finish();
  std::ranges::transform(name, name.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  if (name != "prefix" && name != "suffix") {
    rule.report("Name", "a filter rule is a 'prefix' or a 'suffix', not '" + name + "'");
    return;
  }
  if (std::ranges::find(seen, name) != seen.end())
    rule.report("Name", "a filter has one " + name + " only", "write a second notification");
  seen.push_back(name);
  (name == "prefix" ? filter.prefix : filter.suffix) = value;
}

}  // namespace

void check_event_names(const std::vector<std::string>& events, Where at, Diagnostics& diagnostics) {
  if (events.empty())
    diagnostics.add(at, "no event is named", "use " + std::string(kEvents.front()));
  for (const auto& event : events) {
    if (std::ranges::find(kEvents, event) != kEvents.end()) continue;
    std::string hint = did_you_mean(event, kEvents);
    if (hint.empty()) hint = "use " + one_of(kEvents);
    diagnostics.add(at, "buckets have no event '" + event + "'", std::move(hint));
  }
}

KeyFilter read_filter(Properties& properties) {
  KeyFilter filter;
  const auto* node = properties.map("Filter");
  if (node == nullptr) return filter;
  Properties outer(*node, "Filter", properties.diagnostics());
  outer.require("S3Key");
  if (const auto* key = outer.map("S3Key")) {
    Properties inner(*key, "S3Key", properties.diagnostics());
    inner.require("Rules");
    std::vector<std::string> seen;
    if (const auto* rules = inner.list("Rules")) {
      for (const auto& item : rules->items) {
        Properties rule(item, "a filter rule", properties.diagnostics());
        take_rule(rule, filter, seen);
      }
    }
    inner.finish();
  }
  outer.finish();
  return filter;
}

bool overlap(const model::Notification& one, const model::Notification& other) {
  const auto nested = [](std::string_view a, std::string_view b) {
    return a.starts_with(b) || b.starts_with(a);
  };
  const auto nested_at_end = [](std::string_view a, std::string_view b) {
    return a.ends_with(b) || b.ends_with(a);
  };
  return share_events(one.events, other.events) && nested(one.prefix, other.prefix) &&
         nested_at_end(one.suffix, other.suffix);
}

std::string notification_id(const model::Notification& notification) {
  std::string identity = notification.function_arn;
  for (const auto& event : notification.events) identity.append("\n").append(event);
  identity.append("\n\n").append(notification.prefix).append("\n").append(notification.suffix);
  return sha256_hex(identity).substr(0, 16);
}

}  // namespace sextant::templates

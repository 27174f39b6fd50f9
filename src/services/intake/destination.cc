#include "services/intake/destination.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "core/strings.h"
#include "core/suggest.h"
#include "patterns/event/bucket_events.h"

namespace sextant::services::intake {
namespace {

constexpr std::string_view kEvent = "ObjectCreated:Put";

bool reads_kind(const store::Configuration& configuration, const FunctionName& function,
                std::string_view kind) {
  const auto found = configuration.functions.find(function);
  if (found == configuration.functions.end()) return false;
  const auto wanted = "parsers." + std::string(kind);
  return std::ranges::any_of(split(found->second.handler, '|'),
                             [&](std::string_view stage) { return trim(stage) == wanted; });
}

bool starts_at(const model::Notification& notification, const std::string& key) {
  store::Event event;
  event.name = kEvent;
  event.key = key;
  return patterns::event::matches(notification, event);
}

Destination destination_of(const BucketName& bucket, const model::Notification& notification,
                           std::string_view source) {
  return {.bucket = bucket.text(),
          .prefix = notification.prefix + "intake/" + std::string(source) + "/",
          .suffix = notification.suffix};
}

bool is_for_puts(const model::Notification& notification) {
  return starts_at(notification, notification.prefix + "/" + notification.suffix);
}

std::unexpected<Error> nobody(const std::string& bucket, std::string_view kind) {
  const auto what =
      bucket.empty() ? "no function with the stage parsers." + std::string(kind) : "no function";
  const auto where = bucket.empty() ? std::string("any bucket") : "bucket '" + bucket + "'";
  return fail(Code::NotFound,
              what + " is started by objects of " + where + ": deploy an app that has one",
              "ResourceNotFoundException");
}

// The only bucket among them.
Result<Destination> the_one(std::vector<Destination> found, std::string_view kind,
                            const std::string& bucket) {
  if (found.empty()) return nobody(bucket, kind);
  std::set<std::string_view> buckets;
  for (const auto& destination : found) buckets.insert(destination.bucket);
  if (buckets.size() == 1) return std::move(found.front());
  return fail(Code::Invalid,
              "functions with the stage parsers." + std::string(kind) + " read several buckets (" +
                  listed({buckets.begin(), buckets.end()}) + "): name one of them",
              "ValidationException");
}

}  // namespace

Result<Destination> find_destination(const store::Configuration& configuration,
                                     std::string_view source, std::string_view kind,
                                     const std::string& bucket) {
  std::vector<Destination> of_kind;
  std::vector<Destination> others;
  for (const auto& [name, subscriptions] : configuration.subscriptions) {
    if (!bucket.empty() && name.text() != bucket) continue;
    for (const auto& [notification, function] : subscriptions) {
      if (!is_for_puts(notification)) continue;
      auto& into = reads_kind(configuration, function, kind) ? of_kind : others;
      into.push_back(destination_of(name, notification, source));
    }
  }
  if (of_kind.empty() && !bucket.empty()) of_kind = std::move(others);
  return the_one(std::move(of_kind), kind, bucket);
}

}  // namespace sextant::services::intake

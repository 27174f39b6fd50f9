#include "patterns/event/bucket_events.h"

#include <algorithm>
#include <string_view>

namespace sextant::patterns::event {
namespace {

bool name_matches(std::string_view pattern, std::string_view name) {
  constexpr std::string_view kService = "s3:";
  if (pattern.starts_with(kService)) pattern.remove_prefix(kService.size());
  if (!pattern.ends_with('*')) return pattern == name;
  pattern.remove_suffix(1);
  return name.starts_with(pattern);
}

}  // namespace

bool matches(const model::Notification& notification, const store::Event& event) {
  const auto named = [&](const std::string& pattern) { return name_matches(pattern, event.name); };
  return std::ranges::any_of(notification.events, named) &&
         event.key.starts_with(notification.prefix) && event.key.ends_with(notification.suffix);
}

Result<std::vector<store::Delivery>> BucketEvents::add(ports::Batch& batch,
                                                       const store::Event& event,
                                                       const Trace& trace) const {
  std::vector<store::Delivery> deliveries;
  const auto configuration = configuration_.current();
  const auto found = configuration->subscriptions.find(BucketName(event.bucket));
  if (found == configuration->subscriptions.end()) return deliveries;
  for (const auto& subscription : found->second) {
    if (!matches(subscription.notification, event)) continue;
    store::Delivery delivery;
    delivery.function = subscription.function;
    delivery.event = event;
    delivery.event.notification_id = subscription.notification.id;
    delivery.id = store::delivery_id(delivery.function, delivery.event);
    delivery.trace = child_of(trace);
    delivery.created = event.time;
    delivery.due = event.time;
    SX_TRY(dispatcher_.add(batch, delivery));
    deliveries.push_back(std::move(delivery));
  }
  return deliveries;
}

void BucketEvents::wake(const std::vector<store::Delivery>& deliveries) const {
  for (const auto& delivery : deliveries) dispatcher_.wake(delivery);
}

void BucketEvents::wake_unconfirmed(const std::vector<store::Delivery>& deliveries) const {
  for (const auto& delivery : deliveries) dispatcher_.wake_unconfirmed(delivery);
}

}  // namespace sextant::patterns::event

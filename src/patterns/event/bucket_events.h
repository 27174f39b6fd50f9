#pragma once
// The event-driven pattern for buckets: which functions an S3 event goes to. The deliveries are
// part of the batch that changes the object, so an acknowledged PUT cannot lose its event, and a
// failed one has none.
#include <vector>

#include "core/result.h"
#include "core/trace.h"
#include "dispatch/dispatcher.h"
#include "ports/commit.h"
#include "store/configuration.h"
#include "store/delivery.h"

namespace sextant::patterns::event {

class BucketEvents {
 public:
  BucketEvents(const store::ConfigurationStore& configuration, dispatch::Dispatcher& dispatcher)
      : configuration_(configuration), dispatcher_(dispatcher) {}

  // Adds to `batch` a delivery for every subscription that matches. `event` has everything but
  // notification_id. Exhausted when too much is waiting already. Any thread.
  Result<std::vector<store::Delivery>> add(ports::Batch& batch, const store::Event& event,
                                           const Trace& trace) const;

  // When that batch is durable.
  void wake(const std::vector<store::Delivery>& deliveries) const;
  // When it may be.
  void wake_unconfirmed(const std::vector<store::Delivery>& deliveries) const;

 private:
  const store::ConfigurationStore& configuration_;
  dispatch::Dispatcher& dispatcher_;
};

// "s3:ObjectCreated:*" matches "ObjectCreated:Put"; prefix and suffix are compared with the key as
// it is.
bool matches(const model::Notification& notification, const store::Event& event);

}  // namespace sextant::patterns::event

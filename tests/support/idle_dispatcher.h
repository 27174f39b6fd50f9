#pragma once
// Takes deliveries and runs none: for tests of what hands them in, and of what asks for the status.
#include <string>
#include <vector>

#include "dispatch/dispatcher.h"
#include "store/bodies.h"

namespace sextant::test {

class IdleDispatcher final : public dispatch::Dispatcher {
 public:
  Result<> add(ports::Batch& batch, const store::Delivery& delivery) override {
    if (full) return fail(Code::Exhausted, "too many deliveries are waiting", "SlowDown");
    store::BodyStore::refer(batch, delivery.event.body, "d/" + delivery.id.text());
    return {};
  }
  void wake(const store::Delivery& delivery) override { woken.push_back(delivery); }
  void wake_unconfirmed(const store::Delivery& delivery) override {
    unconfirmed.push_back(delivery);
  }
  bool drain(std::chrono::seconds) override { return true; }
  std::vector<dispatch::FunctionStatus> status() const override { return functions; }

  bool full = false;
  std::vector<store::Delivery> woken;
  std::vector<store::Delivery> unconfirmed;
  std::vector<dispatch::FunctionStatus> functions;
};

}  // namespace sextant::test

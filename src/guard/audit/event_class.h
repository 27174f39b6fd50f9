#pragma once
// What a serverless platform owes its owner to see: the classes of events, each an event type in
// the audit record (additionalEventData.eventClass, a list). A class is part of a call's or an
// attempt's own record, never a record of its own. docs/guide/audit.md lists them for readers.
#include <array>
#include <cstdint>
#include <string_view>

#include "core/result.h"
#include "sdk/call.h"
#include "store/delivery.h"

namespace sextant::guard {

enum class EventClass : std::uint16_t {
  AccessKeyAccepted = 1 << 0,    // a login by access key (or a session's) succeeded
  AccessKeyRefused = 1 << 1,     // … failed: unknown, inactive or expired, or a wrong signature
  InvokeRefused = 1 << 2,        // somebody may not invoke a function
  DeploymentSucceeded = 1 << 3,  // a stack was made, updated or removed
  DeploymentFailed = 1 << 4,
  PermissionChange = 1 << 5,  // roles, policies, keys: by IAM, by a service's policy, by a deploy
  TriggerChange = 1 << 6,     // what makes functions run
  FunctionTimeout = 1 << 7,
  ConcurrencyLimit = 1 << 8,  // a delivery waited because its function ran as often as it may
};

struct EventClassName {
  EventClass event_class;
  std::string_view name;
};
inline constexpr std::array kEventClasses{
    EventClassName{EventClass::AccessKeyAccepted, "AccessKeyAccepted"},
    EventClassName{EventClass::AccessKeyRefused, "AccessKeyRefused"},
    EventClassName{EventClass::InvokeRefused, "InvokeRefused"},
    EventClassName{EventClass::DeploymentSucceeded, "DeploymentSucceeded"},
    EventClassName{EventClass::DeploymentFailed, "DeploymentFailed"},
    EventClassName{EventClass::PermissionChange, "PermissionChange"},
    EventClassName{EventClass::TriggerChange, "TriggerChange"},
    EventClassName{EventClass::FunctionTimeout, "FunctionTimeout"},
    EventClassName{EventClass::ConcurrencyLimit, "ConcurrencyLimit"},
};

class EventClasses {
 public:
  constexpr EventClasses() = default;
  constexpr EventClasses(EventClass one)  // NOLINT(google-explicit-constructor)
      : bits_(static_cast<std::uint16_t>(one)) {}
  constexpr EventClasses& add(EventClasses more) {
    bits_ = static_cast<std::uint16_t>(bits_ | more.bits_);
    return *this;
  }
  constexpr bool has(EventClass one) const {
    return (bits_ & static_cast<std::uint16_t>(one)) != 0;
  }
  constexpr bool empty() const { return bits_ == 0; }
  friend constexpr bool operator==(EventClasses, EventClasses) = default;

 private:
  std::uint16_t bits_ = 0;
};

// Of a call as it ended; `error` is null when it succeeded. Pure, and cheap: made for every call.
EventClasses classes_of(const sdk::Call& call, const sdk::Decision& decision, const Error* error);

// Of a delivery attempt: the gate's answer to the invoke, and how the delivery was left.
EventClasses classes_of(const sdk::Decision& invoke, const store::Delivery& delivery);

}  // namespace sextant::guard

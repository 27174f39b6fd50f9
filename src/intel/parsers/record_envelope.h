#pragma once
// What services wrap around a single record of CloudTrail.
#include <string>
#include <string_view>

namespace sextant::intel {

// Whether the text begins as records do, and so needs no closer look.
bool is_bare_record(std::string_view text);

struct Unwrapped {
  bool wrapped = false;
  std::string text;  // the record; empty: there is none inside
};
// Of EventBridge, CloudWatch Logs or LookupEvents.
Unwrapped unwrap(std::string_view text);

}  // namespace sextant::intel

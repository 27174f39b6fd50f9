#pragma once
// What services wrap around a single record of CloudTrail.
#include <string>
#include <string_view>

namespace sextant::intel {

// Whether the text begins as records do, and so needs no closer look.
bool is_bare_record(std::string_view text);

struct Unwrapped {
  bool wrapped = false;
  bool packed = false;  // the text is base64 of many records (packed_records.h)
  std::string text;     // the record; empty: there is none inside
};
// Of EventBridge, CloudWatch Logs, a subscription of those that Lambda gets, or LookupEvents.
Unwrapped unwrap(std::string_view text);

}  // namespace sextant::intel

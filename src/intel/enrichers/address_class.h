#pragma once
// Tells what kind of address each end has: adds sextant.source.address_class and
// sextant.destination.address_class. Unknown is a value of its own, so that nobody takes an address
// that cannot be placed for a foreign one.
#include <string_view>

#include "sdk/function.h"

namespace sextant::intel {

// One of sdk::AddressClass by name; "malformed" (looks like an address, but is none: octets with a
// leading zero, above 255); "service" (secretsmanager.amazonaws.com), "aws_internal" ("AWS
// Internal"), as CloudTrail writes callers inside AWS; else "unknown", also for the empty text.
std::string_view address_class(std::string_view address);

extern const sdk::Function kAddressClassEnricher;  // enrichers.address_class

}  // namespace sextant::intel

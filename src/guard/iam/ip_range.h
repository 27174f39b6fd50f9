#pragma once
// CIDR ranges of conditions. An IPv4 address mapped into IPv6 (::ffff:192.0.2.1) is that IPv4
// address.
#include <optional>
#include <string_view>

#include "sdk/ip_address.h"

namespace sextant::guard::iam {

struct IpRange {
  sdk::IpAddress base;
  int prefix_bits = 32;  // of the address's own 32 or 128
  bool contains(const sdk::IpAddress& address) const;
};

std::optional<IpRange> parse_ip_range(std::string_view text);  // "192.0.2.0/24"; alone: one address

}  // namespace sextant::guard::iam

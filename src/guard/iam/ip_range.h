#pragma once
// IP addresses and CIDR ranges of conditions. An IPv4 address mapped into IPv6 (::ffff:192.0.2.1)
// is that IPv4 address.
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sextant::guard::iam {

struct IpAddress {
  std::array<std::uint8_t, 16> bytes = {};
  bool v6 = false;  // otherwise the first four bytes count
};

struct IpRange {
  IpAddress base;
  int prefix_bits = 32;
  bool contains(const IpAddress& address) const;
};

std::optional<IpAddress> parse_ip(std::string_view text);
std::optional<IpRange> parse_ip_range(std::string_view text);  // "192.0.2.0/24"; alone: one address

}  // namespace sextant::guard::iam

#include "guard/iam/ip_range.h"

#include <arpa/inet.h>

#include <algorithm>

#include "core/strings.h"

namespace sextant::guard::iam {

std::optional<IpAddress> parse_ip(std::string_view text) {
  // inet_pton wants a terminated text.
  std::array<char, INET6_ADDRSTRLEN> terminated;
  if (text.size() >= terminated.size() || text.contains('\0')) return std::nullopt;
  *std::ranges::copy(text, terminated.begin()).out = '\0';
  IpAddress address;
  if (inet_pton(AF_INET, terminated.data(), address.bytes.data()) == 1) return address;
  if (inet_pton(AF_INET6, terminated.data(), address.bytes.data()) != 1) return std::nullopt;
  constexpr std::array<std::uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  if (std::equal(kMapped.begin(), kMapped.end(), address.bytes.begin())) {
    std::copy_n(address.bytes.begin() + 12, 4, address.bytes.begin());
    return address;
  }
  address.v6 = true;
  return address;
}

std::optional<IpRange> parse_ip_range(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = parse_ip(text.substr(0, slash));
  if (!address) return std::nullopt;
  const int bits_max = address->v6 ? 128 : 32;
  IpRange range{.base = *address, .prefix_bits = bits_max};
  if (slash == std::string_view::npos) return range;
  const auto bits = parse_u64(text.substr(slash + 1));
  if (!bits || *bits > static_cast<std::uint64_t>(bits_max)) return std::nullopt;
  range.prefix_bits = static_cast<int>(*bits);
  return range;
}

bool IpRange::contains(const IpAddress& address) const {
  if (address.v6 != base.v6) return false;
  const auto whole = static_cast<std::size_t>(prefix_bits / 8);
  if (!std::equal(base.bytes.begin(), base.bytes.begin() + static_cast<std::ptrdiff_t>(whole),
                  address.bytes.begin())) {
    return false;
  }
  const int rest = prefix_bits % 8;
  if (rest == 0) return true;
  const auto mask = static_cast<std::uint8_t>(0xFF << (8 - rest));
  return (base.bytes[whole] & mask) == (address.bytes[whole] & mask);
}

}  // namespace sextant::guard::iam

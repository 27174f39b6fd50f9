#include "guard/iam/ip_range.h"

#include <algorithm>
#include <span>

#include "core/strings.h"

namespace sextant::guard::iam {
namespace {

// In network order, as long as the family's addresses are.
std::span<const std::uint8_t> own_bytes(const sdk::IpAddress& address) {
  return std::span(address.bytes()).subspan(address.is_v4() ? 12 : 0);
}

}  // namespace

std::optional<IpRange> parse_ip_range(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = sdk::IpAddress::parse(text.substr(0, slash));
  if (!address) return std::nullopt;
  const int bits_max = address->is_v4() ? 32 : 128;
  IpRange range{.base = *address, .prefix_bits = bits_max};
  if (slash == std::string_view::npos) return range;
  const auto bits = parse_u64(text.substr(slash + 1));
  if (!bits || *bits > static_cast<std::uint64_t>(bits_max)) return std::nullopt;
  range.prefix_bits = static_cast<int>(*bits);
  return range;
}

bool IpRange::contains(const sdk::IpAddress& address) const {
  if (address.is_v4() != base.is_v4()) return false;
  const auto mine = own_bytes(base);
  const auto other = own_bytes(address);
  const auto whole = static_cast<std::size_t>(prefix_bits / 8);
  if (!std::ranges::equal(mine.first(whole), other.first(whole))) return false;
  const int rest = prefix_bits % 8;
  if (rest == 0) return true;
  const auto mask = static_cast<std::uint8_t>(0xFF << (8 - rest));
  return (mine[whole] & mask) == (other[whole] & mask);
}

}  // namespace sextant::guard::iam

#include "sdk/ip_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>

namespace sextant::sdk {
namespace {

constexpr std::size_t kV4At = 12;  // of the sixteen bytes

struct V4Block {
  std::uint32_t first;
  int bits;
};

// iana.org/assignments/iana-ipv4-special-registry, those not globally reachable, and multicast.
constexpr V4Block kSpecialV4[] = {
    {0x00000000, 8},   // this network
    {0x0A000000, 8},   // private
    {0x64400000, 10},  // shared: carrier-grade NAT
    {0x7F000000, 8},   // loopback
    {0xA9FE0000, 16},  // link-local
    {0xAC100000, 12},  // private
    {0xC0000000, 24},  // IETF protocol assignments
    {0xC0000200, 24},  // documentation
    {0xC0A80000, 16},  // private
    {0xC6120000, 15},  // benchmarking
    {0xC6336400, 24},  // documentation
    {0xCB007100, 24},  // documentation
    {0xE0000000, 3},   // multicast, reserved, broadcast
};

struct V6Block {
  std::array<std::uint8_t, 8> first;
  int bits;
};

// iana.org/assignments/iana-ipv6-special-registry, inside 2000::/3, not globally reachable.
constexpr V6Block kSpecialV6[] = {
    {{0x20, 0x01, 0x00, 0x00}, 23},  // IETF protocol assignments, among them 2001::/32, Teredo
    {{0x20, 0x01, 0x0D, 0xB8}, 32},  // documentation
    {{0x3F, 0xFF, 0x00, 0x00}, 20},  // documentation
};

bool begins_with(const std::array<std::uint8_t, 16>& bytes, const V6Block& block) {
  for (int bit = 0; bit < block.bits; ++bit) {
    const auto at = static_cast<std::size_t>(bit / 8);
    if (((bytes[at] ^ block.first[at]) >> (7 - bit % 8) & 1) != 0) return false;
  }
  return true;
}

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  char terminated[INET6_ADDRSTRLEN + 1] = {};
  if (text.empty() || text.size() >= sizeof terminated) return std::nullopt;
  if (text.find('\0') != std::string_view::npos) return std::nullopt;
  std::memcpy(terminated, text.data(), text.size());
  IpAddress address;
  if (inet_pton(AF_INET, terminated, address.bytes_.data() + kV4At) == 1) {
    address.is_v4_ = true;
    return address;
  }
  if (inet_pton(AF_INET6, terminated, address.bytes_.data()) != 1) return std::nullopt;
  constexpr std::array<std::uint8_t, kV4At> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  if (std::equal(kMapped.begin(), kMapped.end(), address.bytes_.begin())) {
    std::fill_n(address.bytes_.begin(), kV4At, std::uint8_t{0});
    address.is_v4_ = true;
  }
  return address;
}

std::uint32_t IpAddress::v4() const {
  return std::uint32_t{bytes_[12]} << 24 | std::uint32_t{bytes_[13]} << 16 |
         std::uint32_t{bytes_[14]} << 8 | std::uint32_t{bytes_[15]};
}

bool IpAddress::is_public() const {
  if (is_v4_) {
    const auto value = v4();
    return std::ranges::none_of(kSpecialV4, [value](const V4Block& block) {
      return (value ^ block.first) >> (32 - block.bits) == 0;
    });
  }
  if (bytes_[0] >> 5 != 1) return false;  // only 2000::/3 is given out
  return std::ranges::none_of(kSpecialV6,
                              [this](const V6Block& block) { return begins_with(bytes_, block); });
}

}  // namespace sextant::sdk

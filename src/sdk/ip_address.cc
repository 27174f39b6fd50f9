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
  AddressClass kind;
};

// iana.org/assignments/iana-ipv4-special-registry, those not globally reachable, and multicast.
constexpr V4Block kSpecialV4[] = {
    {0x00000000, 8, AddressClass::Reserved},  // this network
    {0x0A000000, 8, AddressClass::Private},
    {0x64400000, 10, AddressClass::Cgnat},
    {0x7F000000, 8, AddressClass::Loopback},
    {0xA9FE0000, 16, AddressClass::LinkLocal},
    {0xAC100000, 12, AddressClass::Private},
    {0xC0000000, 24, AddressClass::Reserved},  // IETF protocol assignments
    {0xC0000200, 24, AddressClass::Documentation},
    {0xC0A80000, 16, AddressClass::Private},
    {0xC6120000, 15, AddressClass::Reserved},  // benchmarking
    {0xC6336400, 24, AddressClass::Documentation},
    {0xCB007100, 24, AddressClass::Documentation},
    {0xE0000000, 4, AddressClass::Multicast},
    {0xF0000000, 4, AddressClass::Reserved},  // broadcast among them
};

struct V6Block {
  std::array<std::uint8_t, 16> first;
  int bits;
  AddressClass kind;
};

// iana.org/assignments/iana-ipv6-special-registry and multicast; the first that holds it counts.
constexpr V6Block kSpecialV6[] = {
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128, AddressClass::Loopback},
    {{0xFE, 0x80}, 10, AddressClass::LinkLocal},
    {{0xFC, 0x00}, 7, AddressClass::Private},
    {{0xFF, 0x00}, 8, AddressClass::Multicast},
    {{0x20, 0x01, 0x0D, 0xB8}, 32, AddressClass::Documentation},
    {{0x3F, 0xFF}, 20, AddressClass::Documentation},
    {{0x20, 0x01}, 23, AddressClass::Reserved},  // IETF protocol assignments, Teredo among them
    {{0x20, 0x00}, 3, AddressClass::Public},     // all that is given out
    {{}, 0, AddressClass::Reserved},
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

AddressClass IpAddress::address_class() const {
  if (is_v4_) {
    const auto value = v4();
    const auto* found = std::ranges::find_if(kSpecialV4, [value](const V4Block& block) {
      return (value ^ block.first) >> (32 - block.bits) == 0;
    });
    return found == std::end(kSpecialV4) ? AddressClass::Public : found->kind;
  }
  return std::ranges::find_if(kSpecialV6,
                              [this](const V6Block& block) { return begins_with(bytes_, block); })
      ->kind;
}

std::string_view to_string(AddressClass kind) {
  switch (kind) {
    case AddressClass::Public: return "public";
    case AddressClass::Private: return "private";
    case AddressClass::Cgnat: return "cgnat";
    case AddressClass::Loopback: return "loopback";
    case AddressClass::LinkLocal: return "link_local";
    case AddressClass::Documentation: return "documentation";
    case AddressClass::Multicast: return "multicast";
    case AddressClass::Reserved: return "reserved";
  }
  return "?";
}

}  // namespace sextant::sdk

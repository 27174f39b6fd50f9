#pragma once
// An address of either family, and what kind of address it is. Used by parsers to check and by
// enrichers to look up.
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sextant::sdk {

// What an address is for, by IANA's special-purpose registries.
enum class AddressClass {
  Public,         // can belong to a host of the Internet
  Private,        // RFC 1918, fc00::/7
  Cgnat,          // shared by customers of a provider: 100.64.0.0/10
  Loopback,       //
  LinkLocal,      //
  Documentation,  //
  Multicast,      //
  Reserved,       // whatever else no host has
};
std::string_view to_string(AddressClass kind);  // "public", "link_local"

class IpAddress {
 public:
  // Strict: four decimal octets without leading zeros, or RFC 4291 §2.2; no zone, no brackets. An
  // IPv4-mapped IPv6 address (::ffff:192.0.2.1) becomes the IPv4 address.
  static std::optional<IpAddress> parse(std::string_view text);

  bool is_v4() const { return is_v4_; }
  std::uint32_t v4() const;  // host order; only when is_v4()
  // Network order; an IPv4 address stands in the last four bytes, the rest is zero.
  const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }
  AddressClass address_class() const;
  bool is_public() const { return address_class() == AddressClass::Public; }
  friend bool operator==(const IpAddress&, const IpAddress&) = default;

 private:
  std::array<std::uint8_t, 16> bytes_ = {};
  bool is_v4_ = false;
};

}  // namespace sextant::sdk

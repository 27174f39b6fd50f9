#pragma once
// Writes small MaxMind DB files (maxmind.github.io/MaxMind-DB, version 2.0) with networks that a
// test knows.
#include <arpa/inet.h>

#include <array>
#include <bit>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sextant::test {

// A value of the data section, encoded as it is made.
class MmdbValue {
 public:
  using Members = std::vector<std::pair<std::string, MmdbValue>>;
  static MmdbValue text(std::string_view value) {
    return MmdbValue(control(2, value.size()) + std::string(value));
  }
  static MmdbValue number(double value) {
    return MmdbValue(control(3, 8) + big_endian(std::bit_cast<std::uint64_t>(value), 8));
  }
  static MmdbValue uint16(std::uint16_t value) {
    return MmdbValue(control(5, 2) + big_endian(value, 2));
  }
  static MmdbValue uint32(std::uint32_t value) {
    return MmdbValue(control(6, 4) + big_endian(value, 4));
  }
  static MmdbValue uint64(std::uint64_t value) {
    return MmdbValue(control(9, 8) + big_endian(value, 8));
  }
  static MmdbValue map(const Members& members) {
    auto bytes = control(7, members.size());
    for (const auto& [name, value] : members) bytes += text(name).bytes_ + value.bytes_;
    return MmdbValue(std::move(bytes));
  }
  static MmdbValue array(const std::vector<MmdbValue>& items) {
    auto bytes = control(11, items.size());
    for (const auto& item : items) bytes += item.bytes_;
    return MmdbValue(std::move(bytes));
  }
  const std::string& bytes() const { return bytes_; }
  static std::string big_endian(std::uint64_t value, int bytes) {
    std::string text;
    for (int i = bytes - 1; i >= 0; --i) text.push_back(static_cast<char>(value >> (8 * i)));
    return text;
  }

 private:
  explicit MmdbValue(std::string bytes) : bytes_(std::move(bytes)) {}
  static std::string control(unsigned type, std::size_t size) {
    const auto low = static_cast<unsigned>(size < 29 ? size : 29);
    std::string text(1, static_cast<char>((type <= 7 ? type << 5 : 0) | low));
    if (type > 7) text.push_back(static_cast<char>(type - 7));
    if (low == 29) text.push_back(static_cast<char>(size - 29));  // up to 284
    return text;
  }
  std::string bytes_;
};

class MmdbWriter {
 public:
  // record_bits: 24, 28 or 32; ip_version 4 or 6 (IPv4 networks then lie at ::/96).
  MmdbWriter(unsigned record_bits, unsigned ip_version)
      : record_bits_(record_bits), ip_version_(ip_version) {}

  // "198.51.100.0/24" or "2001:db8::/32"; a later network must not lie inside an earlier one.
  void add(const std::string& network, const MmdbValue& value) {
    const auto slash = network.find('/');
    auto bits = std::stoi(network.substr(slash + 1));
    const auto address = address_bits(network.substr(0, slash), bits);
    std::size_t node = 0;
    for (int bit = 0; bit < bits - 1; ++bit) {
      auto& next = nodes_[node][address[static_cast<std::size_t>(bit)]];
      if (next.kind == Kind::Empty) {
        next = {Kind::Node, nodes_.size()};
        nodes_.emplace_back();
        node = nodes_.size() - 1;
      } else {
        if (next.kind != Kind::Node) throw std::invalid_argument(network + " lies inside another");
        node = next.value;
      }
    }
    nodes_[node][address[static_cast<std::size_t>(bits - 1)]] = {Kind::Data, data_.size()};
    data_ += value.bytes();
  }

  std::string finish() const {
    std::string file;
    for (const auto& node : nodes_) file += encoded(record_of(node[0]), record_of(node[1]));
    file += std::string(16, '\0') + data_ + "\xAB\xCD\xEFMaxMind.com";
    const auto metadata = MmdbValue::map(
        {{"binary_format_major_version", MmdbValue::uint16(2)},
         {"binary_format_minor_version", MmdbValue::uint16(0)},
         {"build_epoch", MmdbValue::uint64(1'700'000'000)},
         {"database_type", MmdbValue::text("Test")},
         {"description", MmdbValue::map({{"en", MmdbValue::text("made by a test")}})},
         {"ip_version", MmdbValue::uint16(static_cast<std::uint16_t>(ip_version_))},
         {"languages", MmdbValue::array({MmdbValue::text("en")})},
         {"node_count", MmdbValue::uint32(static_cast<std::uint32_t>(nodes_.size()))},
         {"record_size", MmdbValue::uint16(static_cast<std::uint16_t>(record_bits_))}});
    return file + metadata.bytes();
  }

 private:
  enum class Kind { Empty, Node, Data };
  struct Record {
    Kind kind = Kind::Empty;
    std::size_t value = 0;
  };
  using Node = std::array<Record, 2>;

  // One element a bit; `bits` grows by 96 for an IPv4 network in a tree of IPv6.
  std::vector<std::size_t> address_bits(const std::string& text, int& bits) const {
    std::array<unsigned char, 16> bytes = {};
    const bool v6 = text.find(':') != std::string::npos;
    const bool inside_v6 = !v6 && ip_version_ == 6;
    const auto at = inside_v6 ? 12U : 0U;
    if (inet_pton(v6 ? AF_INET6 : AF_INET, text.c_str(), bytes.data() + at) != 1) {
      throw std::invalid_argument(text + " is no address");
    }
    if (inside_v6) bits += 96;
    std::vector<std::size_t> each;
    for (const auto byte : bytes) {
      for (int bit = 7; bit >= 0; --bit) each.push_back((byte >> bit) & 1U);
    }
    return each;
  }

  std::uint64_t record_of(const Record& record) const {
    if (record.kind == Kind::Node) return record.value;
    return nodes_.size() + (record.kind == Kind::Data ? 16 + record.value : 0);
  }

  std::string encoded(std::uint64_t left, std::uint64_t right) const {
    using V = MmdbValue;
    if (record_bits_ == 24) return V::big_endian(left, 3) + V::big_endian(right, 3);
    if (record_bits_ == 32) return V::big_endian(left, 4) + V::big_endian(right, 4);
    const auto middle = (left >> 24 << 4) | (right >> 24);
    return V::big_endian(left & 0xFFFFFF, 3) + V::big_endian(middle, 1) +
           V::big_endian(right & 0xFFFFFF, 3);
  }

  unsigned record_bits_;
  unsigned ip_version_;
  std::vector<Node> nodes_ = std::vector<Node>(1);
  std::string data_;
};

}  // namespace sextant::test

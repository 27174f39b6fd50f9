#pragma once
// Cuts a line at its spaces: the shape of the load balancers', S3's and VPC's logs. A field that
// begins with a quote ends at the first quote that a space or the line's end follows, and may hold
// spaces. Vector instructions find all spaces and quotes of 64 bytes at a time.
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace sextant::intel {

class Tokens {
 public:
  // Cuts `line` into fields, without their quotes; a field more than `fields` has room for is
  // rest(). False when a quote is not closed. Views point into `line`.
  bool cut(std::string_view line, std::span<std::string_view> fields);
  std::size_t count() const { return count_; }     // fields that were cut
  std::string_view rest() const { return rest_; }  // what stands behind the last of them, raw

 private:
  void mark(std::string_view line);
  std::vector<std::uint64_t> spaces_;  // one bit a byte of the line, and one behind its end
  std::vector<std::uint64_t> quotes_;
  std::size_t count_ = 0;
  std::string_view rest_;
};

}  // namespace sextant::intel

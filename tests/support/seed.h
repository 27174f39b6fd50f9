#pragma once
// The seed of a random test: SEXTANT_SEED where it is set, the given one otherwise. Printed, so
// that a failure can be run again.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace sextant::test {

inline std::uint64_t seed(std::uint64_t usual) {
  const char* text = std::getenv("SEXTANT_SEED");
  const std::uint64_t chosen = text != nullptr ? std::strtoull(text, nullptr, 10) : usual;
  std::printf("SEXTANT_SEED=%llu\n", static_cast<unsigned long long>(chosen));
  return chosen;
}

}  // namespace sextant::test

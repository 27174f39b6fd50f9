#pragma once
// The shell's variables, as a value that a test can replace.
#include <cstdlib>
#include <functional>
#include <string>

namespace sextant::cli {

using Environment = std::function<std::string(const char* name)>;  // "": not set

inline std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

}  // namespace sextant::cli

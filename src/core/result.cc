#include "core/result.h"

#include <cstdio>
#include <cstdlib>

namespace sextant {

std::string_view to_string(Code code) {
  switch (code) {
    case Code::Invalid: return "Invalid";
    case Code::NotFound: return "NotFound";
    case Code::Conflict: return "Conflict";
    case Code::Denied: return "Denied";
    case Code::Exhausted: return "Exhausted";
    case Code::Unavailable: return "Unavailable";
    case Code::Corrupt: return "Corrupt";
  }
  return "?";
}

std::string_view name_of(const Error& error) {
  return error.name.empty() ? to_string(error.code) : std::string_view(error.name);
}

void check_failed(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: broken invariant: %s\n", file, line, expression);
  std::abort();
}

}  // namespace sextant

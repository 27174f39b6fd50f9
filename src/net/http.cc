#include "net/http.h"

#include <algorithm>

#include "core/strings.h"

namespace sextant::net {

std::optional<std::string_view> find_header(const Headers& headers, std::string_view name) {
  const auto found = std::find_if(headers.begin(), headers.end(),
                                  [&](const auto& header) { return iequals(header.first, name); });
  if (found == headers.end()) return std::nullopt;
  return found->second;
}

std::size_t count_header(const Headers& headers, std::string_view name) {
  return static_cast<std::size_t>(
      std::count_if(headers.begin(), headers.end(),
                    [&](const auto& header) { return iequals(header.first, name); }));
}

}  // namespace sextant::net

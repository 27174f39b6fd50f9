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

}  // namespace sextant::net

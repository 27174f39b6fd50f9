#include "api/protocol.h"

#include "core/strings.h"

namespace sextant::api {

bool is_of_signature(std::string_view query_name) {
  constexpr std::string_view kPrefix = "x-amz-";
  return iequals(query_name.substr(0, kPrefix.size()), kPrefix);
}

}  // namespace sextant::api

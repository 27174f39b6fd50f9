#include "api/status.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace sextant::api {
namespace {

struct Special {
  std::string_view name;
  int status;
};

constexpr std::array kSpecial{
    Special{"NotModified", 304},           Special{"PreconditionFailed", 412},
    Special{"InvalidRange", 416},          Special{"NotImplemented", 501},
    Special{"MethodNotAllowed", 405},      Special{"RequestTimeTooSkewed", 403},
    Special{"SignatureDoesNotMatch", 403}, Special{"InvalidAccessKeyId", 403},
    Special{"InvalidClientTokenId", 403},  Special{"InvalidToken", 400},
    Special{"MissingContentLength", 411},  Special{"RequestTimeout", 400},
    Special{"RequestEntityTooLarge", 413}, Special{"QueryLimitExceeded", 422},
    Special{"LimitExceeded", 409},         Special{"ThrottlingException", 429},
    Special{"UnsupportedMediaType", 415},
};

}  // namespace

int http_status(const Error& error) {
  const auto special = std::ranges::find(kSpecial, error.name, &Special::name);
  if (special != kSpecial.end()) return special->status;
  switch (error.code) {
    case Code::Invalid: return 400;
    case Code::Denied: return 403;
    case Code::NotFound: return 404;
    case Code::Conflict: return 409;
    case Code::Exhausted:
    case Code::Unavailable: return 503;
    case Code::Corrupt: return 500;
  }
  return 500;
}

}  // namespace sextant::api

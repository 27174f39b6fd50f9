#pragma once
// The texts in which AWS hands out keys for a while: JSON from containers and instances, XML from
// STS. Pure.
#include <optional>
#include <string_view>

#include "core/clock.h"
#include "core/result.h"
#include "core/sigv4.h"

namespace sextant::cli {

struct TemporaryCredentials {
  sigv4::Credentials keys;
  std::optional<Time> expires = std::nullopt;
};

// Invalid: no keys in it, or none that a header can hold, or a time that is none.
Result<TemporaryCredentials> parse_credentials_json(std::string_view text);

// The answer to AssumeRole or AssumeRoleWithWebIdentity. Errors as above.
Result<TemporaryCredentials> parse_assumed_role(std::string_view text);

}  // namespace sextant::cli

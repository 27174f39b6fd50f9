#pragma once
// A principal as stored bytes: in the record of an access key and in session tokens.
// Format: docs/formats/secrets.md.
#include <string>
#include <string_view>

#include "core/result.h"
#include "sdk/call.h"

namespace sextant::guard {

std::string encode(const sdk::Principal& principal);
Result<sdk::Principal> decode_principal(std::string_view bytes);  // Corrupt

}  // namespace sextant::guard

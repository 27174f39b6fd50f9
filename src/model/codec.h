#pragma once
// An app as stored bytes, with a version. Format: docs/formats/app.md.
#include <string>
#include <string_view>

#include "core/result.h"
#include "model/app.h"

namespace sextant::model {

std::string encode(const App& app);
// Corrupt: of another version, or cut short.
Result<App> decode_app(std::string_view bytes);

}  // namespace sextant::model

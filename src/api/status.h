#pragma once
// The HTTP status of an error: one switch over the code, and the few names for which AWS has
// another.
#include "core/result.h"

namespace sextant::api {

int http_status(const Error& error);

}  // namespace sextant::api

#pragma once
// The body of a request that is read whole, with its bounds.
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "api/unverified_bodies.h"
#include "core/body.h"

namespace sextant::api {

inline constexpr std::size_t kDocumentBytesMax = 4 << 20;

// `share` is of a caller who is not yet known, otherwise null. Errors besides the body's own:
// Invalid
// (`too_large`, the protocol's name for it), Exhausted ("ServiceUnavailable": too much is being
// read of unknown callers). on_done runs where Body::read says.
void read_document(std::unique_ptr<Body> body, std::shared_ptr<UnverifiedBodies::Share> share,
                   std::string_view too_large,
                   std::move_only_function<void(Result<std::string>)> on_done);

std::unexpected<Error> too_many_unverified();

}  // namespace sextant::api

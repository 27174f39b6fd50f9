#include <boost/json.hpp>
#include <utility>

#include "core/json.h"
#include "services/s3/handlers.h"
#include "services/s3/object_change.h"

namespace sextant::services::s3 {

// Deleting what is not there is no error (API reference, DeleteObject).
void delete_object(const S3Ptr& s3, PermitPtr permit, sdk::Input input, sdk::Reply reply) {
  ObjectChange change{.permit = std::move(permit),
                      .bucket = json::text_or(input.parameters, "Bucket"),
                      .key = json::text_or(input.parameters, "Key"),
                      .record = std::nullopt,
                      .staged = std::nullopt,
                      .event_name = "ObjectRemoved:Delete",
                      .preconditions = {json::text_or(input.parameters, "IfMatch"), ""}};
  commit_change(s3, std::move(change), [reply = std::move(reply)](Result<> done) mutable {
    if (!done) return reply(std::unexpected(std::move(done).error()));
    reply(sdk::Output{});
  });
}

}  // namespace sextant::services::s3

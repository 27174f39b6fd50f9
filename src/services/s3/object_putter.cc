#include "services/s3/object_putter.h"

#include <utility>

#include "services/s3/object_change.h"

namespace sextant::services::s3 {

void ObjectPutter::put(patterns::event::ObjectPut put,
                       std::move_only_function<void(Result<>)> on_done) {
  store::ObjectRecord record;
  record.size = put.size;
  record.etag = std::move(put.md5_hex);
  record.attributes.content_type = "text/plain";
  if (!put.content_encoding.empty())
    record.attributes.headers["content-encoding"] = std::move(put.content_encoding);
  record.body = {put.staged.ref};
  record.trace = put.permit->call().trace;
  ObjectChange change{.permit = std::move(put.permit),
                      .bucket = std::move(put.bucket),
                      .key = std::move(put.key),
                      .record = std::move(record),
                      .staged = std::move(put.staged),
                      .event_name = "ObjectCreated:Put",
                      .preconditions = {},
                      .extra = std::move(put.extra),
                      .has_to_start_one = put.has_to_start_one};
  commit_change(s3_, std::move(change), std::move(on_done));
}

}  // namespace sextant::services::s3

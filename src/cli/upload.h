#pragma once
// One file into one object, unless it is there already with the same bytes.
#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>

#include "cli/ingest_plan.h"
#include "cli/node_client.h"
#include "core/result.h"

namespace sextant::cli {

enum class Uploaded { Sent, AlreadyThere };
enum class Known { Nothing, IsAbsent };  // of the object before the first try

// The object carries the file's SHA-256 as metadata (x-amz-meta-sextant-sha256): that is what a
// later run compares; an object that is known to be absent is not asked for. A copy carries its
// origin too (…-origin-bucket, …-origin-etags: what was there before it included, the newest
// first). Tries again, with growing pauses, while the node is busy (503), does not answer, or
// somebody else put the object in between. `on_bytes` hears of bytes as they are sent. Errors: as
// NodeClient::call, Unavailable (the file cannot be read), Invalid (the object came from another
// bucket than the file's origin).
Result<Uploaded> upload(NodeClient& client, const std::string& bucket, const PlannedFile& file,
                        Known known, const std::function<void(std::uint64_t)>& on_bytes,
                        std::stop_token stop = {});

// Whether `bucket` has that object of another S3 under `key`, or had it before a newer one of the
// same origin. Errors as above.
Result<bool> has_copy(NodeClient& client, const std::string& bucket, const std::string& key,
                      const Origin& origin);

}  // namespace sextant::cli

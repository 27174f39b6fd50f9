#pragma once
// The bytes of an object or of a part on their way in: staged, and checked against what the client
// announced (checksums.h).
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "services/s3/s3_service.h"

namespace sextant::services::s3 {

struct ReceivedBody {
  store::StagedBody staged;
  std::uint64_t size = 0;
  std::string md5_hex;
  std::optional<store::Checksum> checksum;
};
// Reads the body to its end. on_done runs once, on the thread of its last bytes, with S3's error:
// EntityTooLarge, BadDigest, IncompleteBody, SlowDown, …; then nothing stays staged.
void receive_body(const std::shared_ptr<S3Context>& s3, sdk::Input input,
                  std::move_only_function<void(Result<ReceivedBody>)> on_done);

// After a commit that should have made a record refer to these bytes and failed: removes them,
// unless the error leaves open whether it happened (the sweep at the next start knows).
void collect_unused(const S3Context& s3, const store::StagedBody& staged, const Error& why);

}  // namespace sextant::services::s3

#pragma once
// What the multipart operations share: an upload's stored parts, and its end.
#include <cstdint>
#include <string>
#include <vector>

#include "services/s3/s3_service.h"

namespace sextant::services::s3 {

inline constexpr int kPartNumberMax = 10'000;
inline constexpr std::uint64_t kPartBytesMin = 5ull << 20;  // of all but the last

struct StoredPart {
  int number = 0;
  store::PartRecord record;
  std::uint64_t version = 0;
};

// In order of their numbers.
Result<std::vector<StoredPart>> parts_of(const S3Context& s3, const std::string& upload_id);

// Erases the upload and all its parts, on condition that they are still as read, and releases their
// bytes.
void add_upload_end(const S3Context& s3, const std::string& bucket, const std::string& upload_id,
                    std::uint64_t upload_version, const std::vector<StoredPart>& parts,
                    ports::Batch& batch);

// A part that became durable while its upload was being completed or aborted belongs to nothing:
// call when the upload's end is durable. After that none can come.
void remove_late_parts(const S3Context& s3, const std::string& upload_id);

}  // namespace sextant::services::s3

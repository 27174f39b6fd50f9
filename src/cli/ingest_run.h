#pragma once
// What the parts of an ingest share: what was asked for, and what became of it.
#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "cli/node_client.h"
#include "cli/source_options.h"
#include "cli/upload.h"
#include "core/result.h"

namespace sextant::cli {

struct IngestOptions {
  NodeOptions node;
  std::vector<std::string> sources;  // files, folders, s3:// locations
  std::string bucket;
  std::string prefix;
  int parallel = 8;
  std::string queue_url;
  bool until_empty = false;
  SourceOptions source;
};

// Any thread.
class IngestTotals {
 public:
  enum class Tell { AtTheEnd, AtOnce };  // errors: under a progress bar, or of a run without end
  explicit IngestTotals(Tell tell) : tell_(tell) {}

  void done(Uploaded what, std::uint64_t bytes);
  void failed(Error error);
  void tell_failures();  // those not told yet

  std::uint64_t sent() const { return sent_; }
  std::uint64_t unchanged() const { return unchanged_; }
  std::uint64_t failures() const { return failed_; }
  std::uint64_t bytes() const { return bytes_; }

 private:
  const Tell tell_;
  std::atomic<std::uint64_t> sent_ = 0;
  std::atomic<std::uint64_t> unchanged_ = 0;
  std::atomic<std::uint64_t> failed_ = 0;
  std::atomic<std::uint64_t> bytes_ = 0;
  std::mutex mutex_;
  std::vector<Error> untold_;  // under mutex_
};

}  // namespace sextant::cli

#pragma once
// The Lander over LakeFiles and the manifest. Small deliveries wait for each other a moment when
// the lake is busy, and share files and a commit; a delivery that comes alone lands at once.
#include <chrono>
#include <memory>

#include "core/clock.h"
#include "core/id.h"
#include "core/metrics.h"
#include "lake/lander.h"
#include "lake/manifest.h"
#include "lake/partition_writers.h"
#include "ports/commit.h"
#include "ports/lake_files.h"

namespace sextant::lake {

inline constexpr std::uint64_t kSharedBytesMax = 4ull << 20;

struct LanderOptions {
  std::uint64_t shared_bytes_max = kSharedBytesMax;  // a delivery with more has files of its own
  std::size_t group_deliveries_max = 1'024;
  std::uint64_t group_bytes_max = 32ull << 20;
  std::chrono::milliseconds linger{250};  // how long a delivery waits for others when it is busy,
  std::chrono::milliseconds quiet{10};    // and how long it waits for the next one
  std::size_t queue_deliveries_max = 16'384;
  int flush_threads = 2;
  WriterLimits writers = {};
};

// What the lander works with; all outlive it.
struct LanderParts {
  const Clock& clock;
  ports::CommitLog& log;
  ports::LakeFiles& files;
  Manifest& manifest;
  metrics::Registry& metrics;
};

// Its destructor lands what is waiting and returns when every on_durable has run. land() may run
// on_durable on its caller's thread, with Exhausted when too many deliveries are waiting, or with
// the error that writing a large delivery's last rows met.
std::unique_ptr<Lander> make_file_lander(LanderParts parts, LanderOptions options = {});

}  // namespace sextant::lake

#pragma once
// Seals the audit log: some minutes after something new was recorded, the records since then become
// a segment: rows of the lake table sextant_audit and a signed digest that names the one before, in
// one commit. Nothing new, nothing sealed: the node comes to rest. Used by the node for as long as
// it runs.
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "core/clock.h"
#include "core/id.h"
#include "core/metrics.h"
#include "core/result.h"
#include "core/signing_key.h"
#include "guard/audit/digest.h"
#include "guard/audit/seal_position.h"
#include "lake/lander.h"
#include "ports/commit.h"
#include "ports/state_store.h"
#include "ports/stream_log.h"
#include "services/audit/audit_rows.h"

namespace sextant::services::audit {

struct SealerOptions {
  std::chrono::seconds period{300};  // CloudTrail delivers about every five minutes
  std::uint64_t segment_records_max = 500'000;
};

// All outlive the sealer.
struct SealerParts {
  Scope scope;
  Clock& clock;
  ports::CommitLog& log;
  const ports::StateStore& state;
  ports::StreamLog& streams;
  // Opens the node's key, or makes it. Asked when it is first needed.
  std::function<Result<SigningKey>()> open_key;
  lake::Lander& lander;
  MakeCloudTrailRows make_cloudtrail_rows;
  // Work was done, and memory used. Short; any thread.
  std::function<void()> on_sealed;
  metrics::Registry& metrics;
};

class Sealer {
 public:
  // Begins to watch the log.
  static std::unique_ptr<Sealer> start(SealerParts parts, SealerOptions options = {});
  Sealer(const Sealer&) = delete;
  Sealer& operator=(const Sealer&) = delete;
  ~Sealer();  // seals nothing more: what is open is sealed after the next start

  // Seals everything that is recorded by now, and returns where that left the log. Blocks until it
  // is durable. Any thread, but not the committer's. Errors: Corrupt (a record is not what was
  // written: nothing of its segment is signed), Exhausted, Unavailable.
  Result<guard::SealPosition> seal();

  Result<VerifyingKey> public_key();  // errors as open_key's

 private:
  struct Segment;
  // What may still be called when the sealer is gone.
  struct Signal {
    std::mutex mutex;
    std::condition_variable_any raised;
    bool is_raised = false;
  };

  Sealer(SealerParts parts, const SealerOptions& options);
  void run(const std::stop_token& stop);
  bool wait_for_news(const std::stop_token& stop);
  Result<std::uint64_t> first_new() const;
  Result<> load();
  Result<const SigningKey*> key();
  Result<Segment> read_segment(std::uint64_t to) const;
  Result<> read_page(std::uint64_t to, Segment& segment) const;
  Result<> seal_segment(Segment segment);
  Result<> land(std::unique_ptr<lake::Landing> landing, ports::Batch outcome);

  const SealerParts parts_;
  const SealerOptions options_;
  metrics::Counter& digests_;
  metrics::Counter& failures_;

  std::mutex sealing_;                           // guards what follows
  std::optional<guard::SealPosition> position_;  // nullopt: to be read from the state store
  std::optional<std::uint64_t> version_;         // of its record
  std::optional<SigningKey> key_;

  const std::shared_ptr<Signal> signal_ = std::make_shared<Signal>();
  std::jthread thread_;
};

}  // namespace sextant::services::audit

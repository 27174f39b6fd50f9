#pragma once
// The thread that makes batches durable. Whatever waits when it is free becomes one group: one
// write, one fsync. A lone batch is written at once; at rest the thread sleeps.
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <mutex>
#include <thread>
#include <vector>

#include "adapters/embedded/commit_group.h"
#include "adapters/embedded/disk.h"
#include "core/clock.h"
#include "ports/commit.h"

namespace sextant::adapters {

// The number of the last commit that `database` holds.
Result<std::uint64_t> last_commit(const RocksDatabase& database);

class Committer {
 public:
  struct Limits {
    std::size_t queue_batches_max = 8'192;
    std::size_t queue_bytes_max = 64u << 20;
    std::uint64_t reserve_bytes = 32u << 20;  // of disk; at most an eighth of it
  };

  Committer(RocksDatabase& database, StreamHeads& heads, const Clock& clock, const Disk& disk,
            std::filesystem::path folder, Limits limits, std::uint64_t last_version);
  ~Committer();  // commits what is queued

  // All from any thread, without waiting.
  void submit(ports::Batch batch, ports::CommitLog::OnDurable on_durable);
  Result<> trim(std::string_view stream, std::uint64_t sequence);
  void run_soon(std::vector<Wake> wakes);  // on the committer's thread

 private:
  struct Waiting {
    ports::Batch batch;
    ports::CommitLog::OnDurable on_durable;
    std::size_t bytes = 0;
    Result<ports::Committed> done = {};
  };
  struct Trim {
    std::string stream;
    std::uint64_t sequence = 0;
  };
  struct Work {
    std::deque<Waiting> batches;
    std::vector<Trim> trims;
    std::vector<Wake> wakes;
    bool empty() const { return batches.empty() && trims.empty() && wakes.empty(); }
  };

  void run();
  Work take();
  void commit(Work& work);
  Result<> admit(const Waiting& waiting) const;
  void look_at_disk();
  Result<> recover_if_stopped();
  std::vector<Wake> write(CommitGroup& group, Work& work);

  RocksDatabase& database_;
  StreamHeads& heads_;
  const Clock& clock_;
  const Disk& disk_;
  const std::filesystem::path folder_;
  const Limits limits_;
  std::uint64_t last_version_;
  bool scarce_ = false;  // the disk has less than the reserve

  std::mutex mutex_;  // of the four below
  std::condition_variable ready_;
  Work queue_;
  std::size_t queue_bytes_ = 0;
  bool closed_ = false;

  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace sextant::adapters

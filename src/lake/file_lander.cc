#include "lake/file_lander.h"

#include <arrow/record_batch.h>
#include <arrow/util/byte_size.h>

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/fault_point.h"
#include "core/log.h"
#include "core/thread_name.h"
#include "lake/landing_queue.h"
#include "lake/partitions.h"
#include "ports/in_doubt.h"

namespace sextant::lake {
namespace {

using OnDurable = ports::CommitLog::OnDurable;

std::uint64_t bytes_of(const BatchPtr& batch) {
  return static_cast<std::uint64_t>(arrow::util::TotalBufferSize(*batch)) + 512;
}

// One delivery's rows: in memory as long as they are few, then in files of their own.
class FileLanding final : public Landing {
 public:
  FileLanding(ports::LakeFiles& files, const LanderOptions& options)
      : files_(files), options_(options) {}

  Result<> add(const TableName& table, const BatchPtr& batch) override {
    if (batch->num_rows() == 0) return {};
    rows_ += static_cast<std::uint64_t>(batch->num_rows());
    if (writers_) return writers_->write(table, batch);
    held_bytes_ += bytes_of(batch);
    held_.emplace_back(table, batch);
    return held_bytes_ > options_.shared_bytes_max ? stream_from_here() : Result<>{};
  }

  std::uint64_t rows() const { return rows_; }
  std::uint64_t buffered_bytes() const override {
    return held_bytes_ + (writers_ ? writers_->buffered_bytes() : 0);
  }

  bool is_large() const { return writers_ != nullptr; }
  Result<StagedFiles> finish_files() { return writers_->finish(); }
  std::vector<std::pair<TableName, BatchPtr>> take_rows() { return std::exchange(held_, {}); }

 private:
  Result<> stream_from_here() {
    writers_ = std::make_unique<PartitionWriters>(files_, options_.writers);
    for (const auto& [table, batch] : held_) SX_TRY(writers_->write(table, batch));
    held_.clear();
    held_bytes_ = 0;
    return {};
  }

  ports::LakeFiles& files_;
  const LanderOptions& options_;
  std::vector<std::pair<TableName, BatchPtr>> held_;
  std::uint64_t held_bytes_ = 0;
  std::unique_ptr<PartitionWriters> writers_;
  std::uint64_t rows_ = 0;
};

// What its rows need files for. Nothing when that cannot be said: then writing them says why.
std::vector<std::uint64_t> places_of(const std::vector<std::pair<TableName, BatchPtr>>& rows) {
  std::set<std::uint64_t> places;
  for (const auto& [table, batch] : rows) {
    const auto parts = split_by_hour(batch);
    if (!parts) return {};
    for (const auto& part : *parts)
      places.insert(std::hash<std::string>{}(partition_folder(table, part.hour)));
  }
  return {places.begin(), places.end()};
}

struct LanderMetrics {
  explicit LanderMetrics(metrics::Registry& registry)
      : files(registry.counter("sextant_lake_files_total", "Parquet files that entered a table")),
        bytes(registry.counter("sextant_lake_bytes_total", "Bytes of files that entered a table")),
        rows(registry.counter("sextant_lake_rows_total", "Rows that entered a table")),
        commits(registry.counter("sextant_lake_commits_total", "Commits that landed deliveries")),
        retries(registry.counter("sextant_lake_group_splits_total",
                                 "Groups of deliveries split because one of them could not land")),
        waiting(registry.gauge("sextant_lake_deliveries_waiting",
                               "Deliveries handed to the lake and not yet committed")) {}

  void landed(const std::vector<TableChange>& changes) {
    commits.add();
    for (const auto& change : changes) {
      files.add(change.files.size());
      for (const auto& file : change.files) {
        bytes.add(file->size);
        rows.add(file->rows);
      }
    }
  }

  metrics::Counter& files;
  metrics::Counter& bytes;
  metrics::Counter& rows;
  metrics::Counter& commits;
  metrics::Counter& retries;
  metrics::Gauge& waiting;
};

// Counts what has begun and not ended, so that a destructor can wait for it.
class InFlight {
 public:
  void begin() {
    std::lock_guard lock(mutex_);
    ++count_;
  }
  void end() {
    std::lock_guard lock(mutex_);
    if (--count_ == 0) none_.notify_all();
  }
  void wait_for_none() {
    std::unique_lock lock(mutex_);
    none_.wait(lock, [&] { return count_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable none_;
  std::size_t count_ = 0;
};

class FileLander final : public Lander {
 public:
  FileLander(LanderParts parts, LanderOptions options)
      : parts_(parts),
        options_(options),
        metrics_(parts.metrics),
        queue_({.queue_max = options.queue_deliveries_max,
                .deliveries_max = options.group_deliveries_max,
                .bytes_max = options.group_bytes_max,
                .linger = options.linger,
                .quiet = options.quiet}) {
    for (int i = 0; i < options.flush_threads; ++i) {
      flushers_.emplace_back([this] { flush_groups(); });
    }
  }

  ~FileLander() override {
    in_flight_.wait_for_none();
    queue_.close();
  }

  std::unique_ptr<Landing> open() override {
    return std::make_unique<FileLanding>(parts_.files, options_);
  }

  void land(std::unique_ptr<Landing> landing, ports::Batch outcome, OnDurable on_durable) override {
    auto& rows = static_cast<FileLanding&>(*landing);
    in_flight_.begin();
    metrics_.waiting.add(1);
    auto tell = [this, on_durable = std::move(on_durable)](Result<ports::Committed> done) mutable {
      on_durable(std::move(done));
      metrics_.waiting.add(-1);
      in_flight_.end();
    };
    if (rows.is_large()) return land_large(rows, std::move(outcome), std::move(tell));
    if (rows.rows() == 0) return parts_.log.submit(std::move(outcome), std::move(tell));
    const auto bytes = rows.buffered_bytes();
    auto held = rows.take_rows();
    auto places = places_of(held);
    PendingLanding pending{.rows = std::move(held),
                           .bytes = bytes,
                           .places = std::move(places),
                           .outcome = std::move(outcome),
                           .on_durable = std::move(tell)};
    if (queue_.try_push(std::move(pending))) return;
    // try_push moves only when it succeeds. NOLINTNEXTLINE(bugprone-use-after-move)
    pending.on_durable(fail(Code::Exhausted, "too many deliveries wait to be landed"));
  }

 private:
  void land_large(FileLanding& landing, ports::Batch outcome, OnDurable on_durable) {
    fault_point("land.before_files");
    auto staged = landing.finish_files();
    if (!staged) return on_durable(std::unexpected(staged.error()));
    fault_point("land.after_files");
    LandingGroup group;
    group.push_back({.rows = {},
                     .bytes = 0,
                     .places = {},
                     .outcome = std::move(outcome),
                     .on_durable = std::move(on_durable)});
    commit_group(std::move(group), std::move(*staged));
  }

  void flush_groups() {
    name_this_thread("lake-land");
    while (auto next = queue_.pop()) {
      if (next->idle) {
        parts_.files.rest();
      } else if (next->work) {
        next->work();
      } else {
        flush(std::move(next->group));
        if (next->is_wide) queue_.wide_is_written();
      }
    }
  }

  void flush(LandingGroup group) {
    fault_point("land.before_files");
    auto staged = write_files(group);
    if (!staged) return failed(std::move(group), staged.error());
    fault_point("land.after_files");
    commit_group(std::move(group), std::move(*staged));
  }

  Result<StagedFiles> write_files(const LandingGroup& group) {
    PartitionWriters writers(parts_.files, options_.writers);
    for (const auto& landing : group) {
      for (const auto& [table, batch] : landing.rows) SX_TRY(writers.write(table, batch));
    }
    return writers.finish();
  }

  // The last thing that happens to a group on this thread.
  void commit_group(LandingGroup group, StagedFiles staged) {
    ports::Batch batch;
    for (const auto& landing : group) ports::append(batch, landing.outcome);
    auto added = parts_.manifest.add_to(batch, staged.changes(), parts_.clock.now());
    if (!added) {
      staged.remove_from(parts_.files);
      return failed(std::move(group), added.error());
    }
    parts_.log.submit(std::move(batch),
                      [this, group = std::move(group),
                       staged = std::move(staged)](Result<ports::Committed> done) mutable {
                        ended(std::move(group), std::move(staged), std::move(done));
                      });
  }

  // On the committer's thread.
  void ended(LandingGroup group, StagedFiles staged, Result<ports::Committed> done) {
    if (done) return succeeded(std::move(group), staged, std::move(*done));
    if (ports::may_have_happened(done.error())) {
      // The files stay: the sweep at the next start knows.
      parts_.manifest.doubtful(staged.changes());
    } else {
      queue_.push_work([this, staged = std::move(staged)] { staged.remove_from(parts_.files); });
    }
    failed(std::move(group), done.error());
  }

  void succeeded(LandingGroup group, const StagedFiles& staged, ports::Committed done) {
    fault_point("land.after_commit");
    const auto changes = staged.changes().size();
    const std::span all(done.sequences);
    parts_.manifest.committed(staged.changes(), all.last(changes));
    metrics_.landed(staged.changes());
    auto next = all.begin();
    for (auto& landing : group) {
      const auto count = static_cast<std::ptrdiff_t>(landing.outcome.appends.size());
      landing.on_durable(
          ports::Committed{.version = done.version, .sequences = {next, next + count}});
      next += count;
    }
  }

  // One delivery that cannot land must not harm those that came with it: each half tries by itself.
  // After Unavailable nobody may try again, for it may have happened.
  void failed(LandingGroup group, const Error& error) {
    const bool own_fault = error.code == Code::Conflict || error.code == Code::Invalid;
    if (group.size() == 1 || !own_fault) {
      for (auto& landing : group) landing.on_durable(std::unexpected(error));
      return;
    }
    metrics_.retries.add();
    const auto middle = group.begin() + static_cast<std::ptrdiff_t>(group.size() / 2);
    LandingGroup half(std::make_move_iterator(middle), std::make_move_iterator(group.end()));
    group.erase(middle, group.end());
    queue_.push_group(std::move(group));
    queue_.push_group(std::move(half));
  }

  const LanderParts parts_;
  const LanderOptions options_;
  LanderMetrics metrics_;
  InFlight in_flight_;
  LandingQueue queue_;
  std::vector<std::jthread> flushers_;
};

}  // namespace

std::unique_ptr<Lander> make_file_lander(LanderParts parts, LanderOptions options) {
  return std::make_unique<FileLander>(parts, options);
}

}  // namespace sextant::lake

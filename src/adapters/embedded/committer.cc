#include "adapters/embedded/committer.h"

#include <algorithm>

#include "core/fault_point.h"
#include "core/log.h"
#include "core/thread_name.h"

namespace sextant::adapters {
namespace {

// Enough that an fsync costs each batch little, few enough that the last one does not wait long.
constexpr std::size_t kGroupBatchesMax = 1'024;
constexpr std::size_t kGroupBytesMax = 4u << 20;
constexpr std::size_t kTrimsMax = 10'000;
constexpr std::uint64_t kReservePart = 8;  // of the disk, at most
// What opening the database again may take: the log goes into tables.
constexpr std::uint64_t kRecoverBytes = 16u << 20;
constexpr std::uint64_t kRecoverPart = 2;

bool has_room(const Result<DiskRoom>& room, std::uint64_t bytes, std::uint64_t part) {
  return !room || room->free_bytes >= std::min(bytes, room->total_bytes / part);
}

}  // namespace

Result<std::uint64_t> last_commit(const RocksDatabase& database) {
  SX_TRY_AS(const auto stored, database.get(Family::Meta, kLastCommitKey));
  return stored ? decode_number(*stored) : 0;
}

// Its parts, handed over once.
// NOLINTNEXTLINE(readability-function-size)
Committer::Committer(RocksDatabase& database, StreamHeads& heads, const Clock& clock,
                     const Disk& disk, std::filesystem::path folder, Limits limits,
                     std::uint64_t last_version)
    : database_(database),
      heads_(heads),
      clock_(clock),
      disk_(disk),
      folder_(std::move(folder)),
      limits_(limits),
      last_version_(last_version),
      thread_([this] { run(); }) {}

Committer::~Committer() {
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
  }
  ready_.notify_one();
}

void Committer::submit(ports::Batch batch, ports::CommitLog::OnDurable on_durable) {
  if (auto checked = check_limits(batch); !checked) {
    on_durable(std::unexpected(std::move(checked).error()));
    return;
  }
  const std::size_t bytes = batch_bytes(batch);
  const bool queued = [&] {
    std::lock_guard lock(mutex_);
    const bool room = queue_.batches.size() < limits_.queue_batches_max &&
                      (queue_.batches.empty() || queue_bytes_ + bytes <= limits_.queue_bytes_max);
    if (!room) return false;
    queue_.batches.push_back({std::move(batch), std::move(on_durable), bytes});
    queue_bytes_ += bytes;
    return true;
  }();
  if (queued) {
    ready_.notify_one();
  } else {
    on_durable(fail(Code::Exhausted, "the queue of waiting batches is full: try again later"));
  }
}

Result<> Committer::trim(std::string_view stream, std::uint64_t sequence) {
  {
    std::lock_guard lock(mutex_);
    if (queue_.trims.size() >= kTrimsMax)
      return fail(Code::Exhausted, "too many trims wait: try again later");
    queue_.trims.push_back({std::string(stream), sequence});
  }
  ready_.notify_one();
  return {};
}

void Committer::run_soon(std::vector<Wake> wakes) {
  if (wakes.empty()) return;
  {
    std::lock_guard lock(mutex_);
    std::ranges::move(wakes, std::back_inserter(queue_.wakes));
  }
  ready_.notify_one();
}

void Committer::run() {
  name_this_thread("commit");
  for (auto work = take(); !work.empty(); work = take()) commit(work);
}

// Everything that waits, up to a group's size; nothing once closed and empty.
Committer::Work Committer::take() {
  std::unique_lock lock(mutex_);
  ready_.wait(lock, [&] { return closed_ || !queue_.empty(); });
  Work work{.batches = {}, .trims = std::move(queue_.trims), .wakes = std::move(queue_.wakes)};
  queue_.trims.clear();
  queue_.wakes.clear();
  std::size_t bytes = 0;
  while (!queue_.batches.empty() && work.batches.size() < kGroupBatchesMax &&
         bytes < kGroupBytesMax) {
    bytes += queue_.batches.front().bytes;
    work.batches.push_back(std::move(queue_.batches.front()));
    queue_.batches.pop_front();
  }
  queue_bytes_ -= bytes;
  return work;
}

void Committer::look_at_disk() {
  scarce_ = !has_room(disk_.room(folder_), limits_.reserve_bytes, kReservePart);
}

Result<> Committer::recover_if_stopped() {
  if (!database_.stopped()) return {};
  if (scarce_ || !has_room(disk_.room(folder_), kRecoverBytes, kRecoverPart))
    return fail(Code::Exhausted, "the disk is full: " + folder_.string());
  SX_TRY(database_.recover());
  SX_TRY_AS(last_version_, last_commit(database_));
  auto wakes = heads_.reload();
  run_soon(std::move(wakes));
  return {};
}

// What is kept back is for batches that give room back, and for those that must not fail.
Result<> Committer::admit(const Waiting& waiting) const {
  const auto& batch = waiting.batch;
  const bool gives_back = batch.puts.empty() && batch.appends.empty();
  if (!scarce_ || batch.from_reserve || gives_back) return {};
  return fail(Code::Exhausted, "the disk is nearly full: " + folder_.string());
}

void Committer::commit(Work& work) {
  look_at_disk();
  const auto writable = recover_if_stopped();
  CommitGroup group(database_, heads_, clock_.now(), last_version_);
  for (auto& waiting : work.batches) {
    auto admitted = writable ? admit(waiting) : writable;
    waiting.done =
        admitted ? group.add(waiting.batch) : std::unexpected(std::move(admitted).error());
  }
  for (const auto& trim : work.trims) {
    if (auto done = group.trim(trim.stream, trim.sequence); !done)
      log::error("trim failed", {{"stream", trim.stream}, {"error", done.error().message}});
  }
  auto wakes = write(group, work);
  for (auto& waiting : work.batches) waiting.on_durable(std::move(waiting.done));
  for (auto& wake : work.wakes) wake();
  for (auto& wake : wakes) wake();
}

// Returns the waits that the group ended. If the write fails, whoever held learns it, and so does
// whoever had a conflict: it may have been with a batch that now did not happen.
std::vector<Wake> Committer::write(CommitGroup& group, Work& work) {
  if (group.last_version() == last_version_ && group.empty()) return {};
  fault_point("commit.before_write");
  const auto written = database_.write(group.finish());
  fault_point("commit.after_write");
  if (written) {
    last_version_ = group.last_version();
    return heads_.publish(group.heads());
  }
  for (auto& waiting : work.batches)
    if (waiting.done || waiting.done.error().code == Code::Conflict)
      waiting.done = std::unexpected(written.error());
  return {};
}

}  // namespace sextant::adapters

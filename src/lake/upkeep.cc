#include "lake/upkeep.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <future>
#include <map>
#include <utility>

#include "core/fault_point.h"
#include "core/log.h"
#include "core/thread_name.h"
#include "lake/expiry.h"
#include "lake/merge_files.h"
#include "lake/table_schema.h"
#include "ports/in_doubt.h"

namespace sextant::lake {
namespace {

constexpr int kNice = 10;
constexpr Duration kRetryAfter = std::chrono::minutes(1);
constexpr Duration kExpireAfter = std::chrono::hours(1);
constexpr std::size_t kFilesACommit = 1'000;
constexpr Duration kLong = std::chrono::hours(24 * 365);

// By this thread; what it waits for, be it a processor, is no work.
Duration computed_so_far() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::duration_cast<Duration>(std::chrono::seconds(time.tv_sec) +
                                              std::chrono::nanoseconds(time.tv_nsec));
}

// Files whose columns contradict those before them stay as they are.
Result<MergeInputs> inputs_of(const Partition& partition, const ports::LakeTable& table,
                              std::vector<StoredFile>& chosen) {
  std::map<std::string_view, ports::LakeFilePtr> known;
  for (const auto& file : table.files) known.emplace(file->path, file);
  MergeInputs inputs{
      .table = partition.table, .folder = partition.folder, .files = {}, .schema = {}};
  std::erase_if(chosen, [&](const StoredFile& file) {
    const auto found = known.find(file.record.path);
    if (found == known.end()) return true;
    auto schema = unite(inputs.schema, found->second->schema);
    if (!schema) return true;
    inputs.schema = std::move(*schema);
    inputs.files.push_back(found->second);
    return false;
  });
  return inputs;
}

}  // namespace

Upkeep::Upkeep(UpkeepParts parts, const UpkeepOptions& options)
    : parts_(std::move(parts)),
      options_(options),
      merges_(parts_.metrics.counter("sextant_lake_merges_total", "Merges of small lake files")),
      merged_files_(parts_.metrics.counter("sextant_lake_merged_files_total",
                                           "Lake files that were merged into others")),
      merged_bytes_(parts_.metrics.counter("sextant_lake_merged_bytes_total",
                                           "Bytes of the files that merges wrote")),
      expired_rows_(parts_.metrics.counter("sextant_lake_expired_rows_total",
                                           "Rows removed because they were older than kept")),
      failures_(parts_.metrics.counter("sextant_lake_upkeep_failures_total",
                                       "Attempts at merging or removing lake files that failed")),
      waiting_(parts_.metrics.gauge("sextant_lake_partitions_waiting",
                                    "Partitions that got files and will be looked at for merging")),
      removed_({.scope = parts_.scope,
                .clock = parts_.clock,
                .log = parts_.log,
                .files = parts_.files,
                .manifest = parts_.manifest,
                .delta = parts_.delta,
                .metrics = parts_.metrics},
               options.readers_window),
      queue_(options.merge) {}

std::unique_ptr<Upkeep> Upkeep::open(UpkeepParts parts, UpkeepOptions options) {
  std::unique_ptr<Upkeep> upkeep(new Upkeep(std::move(parts), options));
  auto* const self = upkeep.get();
  self->listener_ =
      self->parts_.manifest.on_change([self](const TableChange& change) { self->changed(change); });
  self->open_queue();
  self->expire_at(self->parts_.clock.now());
  self->removed_.open();
  return upkeep;
}

Upkeep::~Upkeep() {
  parts_.manifest.stop_telling(listener_);
  ending_.request_stop();
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
}

// What small files there are from before.
void Upkeep::open_queue() {
  const auto now = parts_.clock.now();
  for (const auto& name : parts_.manifest.names()) {
    const auto table = parts_.manifest.find(name);
    if (!table || !*table) continue;
    std::map<std::string, std::size_t> small;
    for (const auto& file : (*table)->files) {
      if (is_small(file->size, options_.merge)) ++small[folder_of(file->path)];
    }
    std::lock_guard lock(mutex_);
    for (const auto& [folder, files] : small) {
      if (files > 1) queue_.added({name, folder}, files, now);
    }
  }
}

// On the committer's thread.
void Upkeep::changed(const TableChange& change) {
  if (change.reason != store::LakeReason::Landed) return;
  const auto now = parts_.clock.now();
  std::lock_guard lock(mutex_);
  // Rows may come that are too old already.
  bool wakes = !expiry_due_;
  expiry_due_ = std::min(expiry_due_.value_or(now + kExpireAfter), now + kExpireAfter);
  for (const auto& file : change.files) {
    if (!is_small(file->size, options_.merge)) continue;
    wakes |= queue_.added({change.table, folder_of(file->path)}, 1, now);
  }
  if (!wakes) return;
  is_changed_ = true;
  wake_.request_stop();
}

Result<bool> Upkeep::step() {
  const auto now = parts_.clock.now();
  if (const auto due = removed_.next_due(); due && *due <= now) {
    SX_TRY(removed_.step());
    return true;
  }
  if (const auto due = expiry_due(); due && *due <= now) {
    SX_TRY(expire());
    return true;
  }
  const auto partition = [&] {
    std::lock_guard lock(mutex_);
    auto taken = queue_.take(now);
    waiting_.set(static_cast<std::int64_t>(queue_.size()));
    return taken;
  }();
  if (!partition) return false;
  auto looked = look_at(*partition);
  if (looked) return true;
  // A damaged file stays so: it is named once for each time that its partition gets new ones.
  if (looked.error().code != Code::Corrupt) {
    std::lock_guard lock(mutex_);
    queue_.look_at(*partition, now + kRetryAfter);
  }
  return std::unexpected(std::move(looked).error());
}

Result<> Upkeep::look_at(const Partition& partition) {
  const auto now = parts_.clock.now();
  SX_TRY_AS(const auto files, parts_.manifest.stored(partition.table, partition.folder));
  auto chosen = plan_merge(files, now, options_.merge);
  std::optional<Time> again;
  if (!chosen.empty()) {
    SX_TRY_AS(const bool merged, merge(partition, std::move(chosen)));
    if (merged) again = now;
  } else if (const auto rests = rests_from(files, options_.merge); rests > now) {
    again = rests;
  }
  if (!again) return {};
  std::lock_guard lock(mutex_);
  queue_.look_at(partition, *again);
  return {};
}

// False when there is nothing that fits together.
Result<bool> Upkeep::merge(const Partition& partition, std::vector<StoredFile> chosen) {
  SX_TRY_AS(const auto table, parts_.manifest.find(partition.table));
  if (!table) return false;
  SX_TRY_AS(auto inputs, inputs_of(partition, *table, chosen));
  if (chosen.size() < 2) return false;
  inputs.unique = parts_.policies()[partition.table].unique;
  SX_TRY_AS(auto file, within("merge files of " + partition.folder,
                              merge_files(parts_.files, inputs, ending_.get_token())));
  fault_point("upkeep.after_file");
  const auto path = file.path;
  const TableChange change{.table = partition.table,
                           .files = {std::make_shared<const ports::LakeFile>(std::move(file))},
                           .removed = std::move(chosen),
                           .reason = store::LakeReason::Merged};
  if (auto committed = commit(change); !committed) {
    if (!ports::may_have_happened(committed.error())) (void)parts_.files.remove(path);
    return std::unexpected(std::move(committed).error());
  }
  count(change);
  return true;
}

void Upkeep::count(const TableChange& merge) {
  const auto& file = *merge.files.front();
  merges_.add();
  merged_files_.add(merge.removed.size());
  merged_bytes_.add(file.size);
  std::uint64_t duplicates = file.duplicates;
  for (const auto& source : merge.removed) duplicates -= source.record.duplicates;
  if (duplicates == 0) return;
  parts_.metrics
      .counter("sextant_lake_duplicate_rows_total",
               "Rows left out of merges, since another one tells of the same event",
               {{"table", merge.table.text()}})
      .add(duplicates);
}

void Upkeep::policies_changed() {
  expire_at(parts_.clock.now());
  std::lock_guard lock(mutex_);
  is_changed_ = true;
  wake_.request_stop();
}

void Upkeep::expire_at(Time when) {
  std::lock_guard lock(mutex_);
  expiry_due_ = std::min(expiry_due_.value_or(when), when);
}

std::optional<Time> Upkeep::expiry_due() {
  std::lock_guard lock(mutex_);
  return expiry_due_;
}

Result<> Upkeep::expire() {
  {
    std::lock_guard lock(mutex_);
    expiry_due_ = std::nullopt;
  }
  Result<> all;
  for (const auto& [table, policy] : parts_.policies()) {
    if (!policy.kept) continue;
    auto expired = expire(table, *policy.kept);
    if (expired) continue;
    expire_at(parts_.clock.now() + kRetryAfter);
    if (all) all = std::move(expired);
  }
  return all;
}

Result<> Upkeep::expire(const TableName& name, std::chrono::days kept) {
  SX_TRY_AS(const auto table, parts_.manifest.find(name));
  if (!table) return {};
  const auto now = parts_.clock.now();
  const auto expired = find_expired(*table, kept, now);
  SX_TRY(expire(name, expired.folders, Time::max()));
  if (expired.timeless) {
    SX_TRY(expire(name, {*expired.timeless}, now - kept));
    expire_at(now + kExpireAfter);
  }
  // Together with those that follow soon after.
  if (expired.next) expire_at(std::max(*expired.next, now + kRetryAfter));
  return {};
}

// Files of these partitions that came before.
Result<> Upkeep::expire(const TableName& table, const std::vector<std::string>& folders,
                        Time before) {
  TableChange change{.table = table, .files = {}, .reason = store::LakeReason::Expired};
  std::uint64_t rows = 0;
  const auto commit_now = [&]() -> Result<> {
    if (change.removed.empty()) return {};
    SX_TRY(commit(change));
    expired_rows_.add(rows);
    log::info("rows older than their table keeps them are gone",
              {{"table", table.text()},
               {"rows", std::to_string(rows)},
               {"from", folder_of(change.removed.front().record.path)},
               {"to", folder_of(change.removed.back().record.path)}});
    change.removed.clear();
    rows = 0;
    return {};
  };
  for (const auto& folder : folders) {
    SX_TRY_AS(auto files, parts_.manifest.stored(table, folder));
    for (auto& file : files) {
      if (file.record.created > before) continue;
      rows += file.record.rows;
      change.removed.push_back(std::move(file));
    }
    if (change.removed.size() >= kFilesACommit) SX_TRY(commit_now());
  }
  return commit_now();
}

Result<> Upkeep::commit(const TableChange& change) {
  ports::Batch batch;
  const std::span changes(&change, 1);
  SX_TRY(parts_.manifest.add_to(batch, changes, parts_.clock.now()));
  std::promise<Result<>> promise;
  auto done = promise.get_future();
  parts_.log.submit(std::move(batch), [&](Result<ports::Committed> committed) {
    if (committed) {
      fault_point("upkeep.after_commit");
      parts_.manifest.committed(changes, committed->sequences);
      return promise.set_value({});
    }
    if (ports::may_have_happened(committed.error())) parts_.manifest.doubtful(changes);
    promise.set_value(std::unexpected(std::move(committed).error()));
  });
  auto result = done.get();
  if (result || ports::may_have_happened(result.error())) removed_.left(change.table);
  return result;
}

std::optional<Time> Upkeep::next_due() {
  auto next = removed_.next_due();
  std::lock_guard lock(mutex_);
  if (expiry_due_) next = next ? std::min(*next, *expiry_due_) : *expiry_due_;
  if (const auto merge = queue_.next_due()) next = next ? std::min(*next, *merge) : *merge;
  return next;
}

void Upkeep::start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void Upkeep::sleep(const std::stop_token& stop) {
  std::stop_source wake;
  {
    std::lock_guard lock(mutex_);
    if (std::exchange(is_changed_, false)) return;
    wake_ = wake;
  }
  const std::stop_callback on_stop(stop, [&] { wake.request_stop(); });
  const auto now = parts_.clock.now();
  parts_.clock.wait_until(next_due().value_or(now + kLong), wake.get_token());
  std::lock_guard lock(mutex_);
  is_changed_ = false;
}

void Upkeep::run(const std::stop_token& stop) {
  name_this_thread("lake-upkeep");
  // What callers wait for goes first. Of this thread alone, as Linux has it; DuckDB's inherit it.
  static_cast<void>(::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNice));
  while (!stop.stop_requested()) {
    const auto begin = computed_so_far();
    const auto stepped = step();
    if (stepped && !*stepped) {
      sleep(stop);
      continue;
    }
    if (!stepped && !stop.stop_requested()) {
      failures_.add();
      log::warn("the lake's files are not merged this time; it is tried again",
                {{"reason", stepped.error().message}});
    }
    parts_.on_work();
    const auto took = computed_so_far() - begin;
    parts_.clock.wait_until(parts_.clock.now() + took * options_.rest_ratio, stop);
  }
}

}  // namespace sextant::lake

#include "lake/partition_writers.h"

#include <arrow/record_batch.h>
#include <arrow/type.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <thread>
#include <utility>

#include "core/log.h"

namespace sextant::lake {
namespace {

constexpr std::size_t kFilesAThread = 4;
constexpr std::size_t kFinishThreadsMax = 8;

}  // namespace

void StagedFiles::add(const TableName& table, ports::LakeFile file) {
  auto shared = std::make_shared<const ports::LakeFile>(std::move(file));
  const auto found = std::ranges::find(changes_, table, &TableChange::table);
  if (found != changes_.end()) {
    found->files.push_back(std::move(shared));
  } else {
    changes_.push_back({.table = table, .files = {std::move(shared)}});
  }
}

void StagedFiles::remove_from(ports::LakeFiles& files) const {
  for (const auto& change : changes_) {
    for (const auto& file : change.files) {
      const auto removed = files.remove(file->path);
      if (!removed) {
        log::warn("a lake file that no table names stays until the next start",
                  {{"path", file->path}, {"reason", removed.error().message}});
      }
    }
  }
}

PartitionWriters::PartitionWriters(ports::LakeFiles& files, WriterLimits limits)
    : files_(files), limits_(limits) {}

PartitionWriters::~PartitionWriters() { staged_.remove_from(files_); }

// Equal schemas are one, so that writers are found by pointer.
SchemaPtr PartitionWriters::known_schema(const BatchPtr& batch) {
  const auto& schema = batch->schema();
  for (const auto& known : schemas_) {
    if (known == schema || known->Equals(*schema, true)) return known;
  }
  schemas_.push_back(schema);
  return schema;
}

Result<PartitionWriters::Open*> PartitionWriters::writer_for(const Key& key) {
  const auto found = writers_.find(key);
  if (found != writers_.end()) return &found->second;
  hours_.emplace(key.table, key.hour);
  if (hours_.size() > limits_.hours_max) {
    return fail(Code::Invalid, "rows of more than " + std::to_string(limits_.hours_max) +
                                   " different hours in one delivery");
  }
  SX_TRY_AS(auto writer, files_.create(partition_folder(key.table, key.hour)));
  return &writers_.emplace(key, Open{.writer = std::move(writer)}).first->second;
}

// Mostly waiting for the disk to say that it has them, which it says to many as quickly as to one.
Result<> PartitionWriters::finish_all(std::vector<Writers::node_type> nodes) {
  std::vector<Result<ports::LakeFile>> files(nodes.size(), fail(Code::Unavailable, "not tried"));
  std::atomic<std::size_t> next = 0;
  const auto finish_some = [&] {
    for (std::size_t i = next++; i < nodes.size(); i = next++) {
      files[i] = nodes[i].mapped().writer->finish();
      nodes[i].mapped().writer.reset();
    }
  };
  {
    std::vector<std::jthread> others;
    const auto threads = std::min(nodes.size() / kFilesAThread, kFinishThreadsMax);
    for (std::size_t i = 1; i < threads; ++i) others.emplace_back(finish_some);
    finish_some();
  }
  Result<> all;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    buffered_ -= nodes[i].mapped().buffered;
    if (files[i]) {
      staged_.add(nodes[i].key().table, std::move(*files[i]));
    } else if (all) {
      all = std::unexpected(std::move(files[i].error()));
    }
  }
  return all;
}

Result<> PartitionWriters::finish_one(Writers::iterator at) {
  std::vector<Writers::node_type> nodes;
  nodes.push_back(writers_.extract(at));
  return finish_all(std::move(nodes));
}

// Largest first, down to half of what is allowed, so that this is rare.
Result<> PartitionWriters::stay_below_bytes() {
  std::vector<Writers::iterator> by_size;
  for (auto at = writers_.begin(); at != writers_.end(); ++at) by_size.push_back(at);
  std::ranges::sort(by_size, std::greater{}, [](auto at) { return at->second.buffered; });
  std::vector<Writers::node_type> nodes;
  std::uint64_t left = buffered_;
  for (const auto at : by_size) {
    if (left <= limits_.buffered_bytes_max / 2) break;
    left -= at->second.buffered;
    nodes.push_back(writers_.extract(at));
  }
  return finish_all(std::move(nodes));
}

Result<> PartitionWriters::stay_in_bounds() {
  if (buffered_ > limits_.buffered_bytes_max) SX_TRY(stay_below_bytes());
  if (writers_.size() <= limits_.open_files_max) return {};
  const auto written = [](const auto& entry) { return entry.second.writer->written_bytes(); };
  const auto open = std::ranges::count_if(writers_, [&](const auto& e) { return written(e) > 0; });
  if (open <= static_cast<std::ptrdiff_t>(limits_.open_files_max)) return {};
  return finish_one(std::ranges::max_element(writers_, {}, written));
}

Result<> PartitionWriters::write(const TableName& table, const BatchPtr& batch) {
  SX_TRY_AS(const auto parts, split_by_hour(batch));
  const auto schema = known_schema(batch);
  for (const auto& part : parts) {
    const Key key{.table = table, .hour = part.hour, .schema = schema.get()};
    SX_TRY_AS(auto* open, writer_for(key));
    SX_TRY(part.all ? open->writer->write(batch) : open->writer->write(batch, part.rows));
    buffered_ -= open->buffered;
    open->buffered = open->writer->buffered_bytes();
    buffered_ += open->buffered;
    if (open->writer->written_bytes() > limits_.file_bytes_max) {
      SX_TRY(finish_one(writers_.find(key)));
    }
    SX_TRY(stay_in_bounds());
  }
  return {};
}

std::uint64_t PartitionWriters::buffered_bytes() const { return buffered_; }

Result<StagedFiles> PartitionWriters::finish() {
  std::vector<Writers::node_type> nodes;
  while (!writers_.empty()) nodes.push_back(writers_.extract(writers_.begin()));
  SX_TRY(finish_all(std::move(nodes)));
  hours_.clear();
  return std::exchange(staged_, StagedFiles{});
}

}  // namespace sextant::lake

#include "adapters/embedded/commit_group.h"

#include <algorithm>

#include "ports/stream_log.h"

namespace sextant::adapters {

Result<CommitGroup::Version> CommitGroup::version_of(const std::string& key) const {
  if (const auto found = versions_.find(key); found != versions_.end()) return found->second;
  SX_TRY_AS(const auto stored, database_.get(Family::State, key));
  if (!stored) return std::nullopt;
  SX_TRY_AS(const auto value, decode_value(*stored));
  if (value.expired(now_)) return std::nullopt;
  return value.version;
}

Result<bool> CommitGroup::holds(const ports::Batch& batch) const {
  if (batch.fence) {
    SX_TRY_AS(const auto version, version_of(batch.fence->lease_key));
    if (version != batch.fence->epoch) return false;
  }
  for (const auto& condition : batch.conditions) {
    SX_TRY_AS(const auto version, version_of(condition.key));
    if (version != condition.version) return false;
  }
  return true;
}

Result<> CommitGroup::load_heads(const ports::Batch& batch, ChangedHeads& loaded) const {
  for (const auto& append : batch.appends) {
    if (loaded.contains(append.stream)) continue;
    if (const auto found = changed_.find(append.stream); found != changed_.end()) {
      loaded.insert(*found);
      continue;
    }
    SX_TRY_AS(const auto head, heads_.find(append.stream));
    loaded.emplace(append.stream, head);
  }
  return {};
}

// From here on nothing fails, so that a batch is in the group wholly or not at all.
Result<ports::Committed> CommitGroup::add(const ports::Batch& batch) {
  SX_TRY_AS(const bool held, holds(batch));
  if (!held) return fail(Code::Conflict, "somebody else changed a key that this batch depends on");
  ChangedHeads loaded;
  SX_TRY(load_heads(batch, loaded));

  ports::Committed committed{.version = ++last_version_, .sequences = {}};
  apply_keys(batch);
  committed.sequences.reserve(batch.appends.size());
  for (const auto& entry : batch.appends)
    committed.sequences.push_back(append(entry, loaded.find(entry.stream)->second));
  for (auto& [stream, head] : loaded) changed_.insert_or_assign(stream, head);
  return committed;
}

void CommitGroup::apply_keys(const ports::Batch& batch) {
  auto* family = database_.handle(Family::State);
  for (const auto& key : batch.erases) {
    writes_.Delete(family, key);
    versions_.insert_or_assign(key, std::nullopt);
  }
  for (const auto& put : batch.puts) {
    writes_.Put(family, put.key,
                encode_value({last_version_, put.expires_at, std::string_view(put.value)}));
    const bool dead = put.expires_at && *put.expires_at <= now_;
    versions_.insert_or_assign(put.key, dead ? Version() : Version(last_version_));
  }
}

std::uint64_t CommitGroup::append(const ports::Append& append, StreamHead& head) {
  StoredRecord record{.payload = append.payload};
  if (append.chained) record.chain = head.chain = ports::chain_hash(head.chain, append.payload);
  writes_.Put(database_.handle(Family::Streams), record_key(append.stream, head.next),
              encode_record(record));
  return head.next++;
}

Result<> CommitGroup::trim(const std::string& stream, std::uint64_t sequence) {
  SX_TRY_AS(auto head, heads_.find(stream));
  if (const auto found = changed_.find(stream); found != changed_.end()) head = found->second;
  const std::uint64_t first = std::min(sequence, head.next);
  if (first <= head.first) return {};
  writes_.DeleteRange(database_.handle(Family::Streams), record_key(stream, head.first),
                      record_key(stream, first));
  head.first = first;
  changed_.insert_or_assign(stream, head);
  return {};
}

rocksdb::WriteBatch& CommitGroup::finish() {
  auto* meta = database_.handle(Family::Meta);
  for (const auto& [stream, head] : changed_)
    writes_.Put(meta, head_key(stream), encode_head(head));
  writes_.Put(meta, to_slice(kLastCommitKey), encode_number(last_version_));
  return writes_;
}

}  // namespace sextant::adapters

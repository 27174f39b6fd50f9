#include "ports/commit.h"

#include <utility>

#include "core/wait_for.h"

namespace sextant::ports {
namespace {

Result<> check_size(std::string_view what, std::size_t bytes, std::size_t bytes_min,
                    std::size_t bytes_max) {
  if (bytes >= bytes_min && bytes <= bytes_max) return {};
  return fail(Code::Invalid, "a " + std::string(what) + " of " + std::to_string(bytes) +
                                 " bytes; allowed are " + std::to_string(bytes_min) + " to " +
                                 std::to_string(bytes_max));
}

}  // namespace

std::size_t batch_bytes(const Batch& batch) {
  std::size_t bytes = batch.fence ? batch.fence->lease_key.size() : 0;
  for (const auto& condition : batch.conditions) bytes += condition.key.size();
  for (const auto& key : batch.erases) bytes += key.size();
  for (const auto& put : batch.puts) bytes += put.key.size() + put.value.size();
  for (const auto& append : batch.appends) bytes += append.stream.size() + append.payload.size();
  return bytes;
}

Result<> check_limits(const Batch& batch) {
  for (const auto& condition : batch.conditions)
    SX_TRY(check_size("key", condition.key.size(), 1, kKeyBytesMax));
  for (const auto& key : batch.erases) SX_TRY(check_size("key", key.size(), 1, kKeyBytesMax));
  for (const auto& put : batch.puts) {
    SX_TRY(check_size("key", put.key.size(), 1, kKeyBytesMax));
    SX_TRY(check_size("value", put.value.size(), 0, kValueBytesMax));
  }
  for (const auto& append : batch.appends) {
    SX_TRY(check_size("stream name", append.stream.size(), 1, kKeyBytesMax));
    SX_TRY(check_size("record", append.payload.size(), 0, kValueBytesMax));
  }
  if (batch.fence) SX_TRY(check_size("lease key", batch.fence->lease_key.size(), 1, kKeyBytesMax));
  return check_size("batch", batch_bytes(batch), 0, kBatchBytesMax);
}

void append(Batch& into, const Batch& from) {
  const auto all_of = [](auto& to, const auto& items) {
    to.insert(to.end(), items.begin(), items.end());
  };
  all_of(into.conditions, from.conditions);
  all_of(into.puts, from.puts);
  all_of(into.erases, from.erases);
  all_of(into.appends, from.appends);
  if (from.fence) into.fence = from.fence;
}

Result<Committed> commit(CommitLog& log, Batch batch) {
  return wait_for<Result<Committed>>(
      [&](auto on_durable) { log.submit(std::move(batch), std::move(on_durable)); });
}

}  // namespace sextant::ports

#include "runtime/native/search_stage.h"

#include <arrow/record_batch.h>

#include <algorithm>
#include <utility>

#include "core/hash.h"
#include "core/time_text.h"
#include "runtime/native/search.h"

namespace sextant::runtime::native {
namespace {

constexpr std::size_t kGroupBytesMax = 4u << 20;
constexpr std::size_t kGroupDocumentsMax = 5'000;
constexpr int kTriesMax = 4;
constexpr std::chrono::milliseconds kFirstWait{200};  // doubled at each try
// Of those who asked to be left alone; for longer ones the delivery gives its thread back.
constexpr Duration kWaitMax = std::chrono::seconds(30);
constexpr std::size_t kIdDigits = 32;  // 128 bits

// Whatever keeps the domain from taking documents may be over later: the delivery is to be tried as
// long as its event is young enough, not only as often as a function that fails.
std::unexpected<Error> not_now(const Error& why) {
  return fail(Code::Unavailable, why.message, "Search.Unavailable");
}

}  // namespace

std::string search_index_name(const std::string& prefix, const std::string& table, Time time) {
  auto day = iso8601(time).substr(0, 10);
  day[4] = day[7] = '.';
  return prefix + "-" + table + "-" + day;
}

Result<> SearchStage::rows(sdk::Rows rows, const sdk::Emit& emit) {
  if (rows.table == kDeadLetterTable) return emit(std::move(rows));
  if (!parts_.domain) return not_now(parts_.domain.error());
  SX_TRY_AS(const auto documents, Documents::of(rows.batch));
  for (std::int64_t row = 0; row < rows.batch->num_rows(); ++row)
    SX_TRY(add(rows.table, documents, row, emit));
  return parts_.passes_rows ? emit(std::move(rows)) : Result<>();
}

Result<> SearchStage::finish(const sdk::Emit& emit) { return flush(emit); }

Result<> SearchStage::add(const std::string& table, const Documents& documents, std::int64_t row,
                          const sdk::Emit& emit) {
  const auto time = documents.time(row).value_or(source_.received);
  const auto offset = documents.offset(row);
  auto json = documents.json(row);
  bytes_ += json.size();
  ++documents_;
  const auto index = search_index_name(parts_.prefix, table, time);
  const bool is_too_large = json.size() > ports::kDocumentBytesMax;
  auto& group = groups_[index];
  group.documents.push_back({document_id(table, offset), std::move(json)});
  group.times.push_back(time);
  group.offsets.push_back(offset);
  if (is_too_large) {
    bury(index, group, group.documents.size() - 1, "the document is larger than 8 MiB");
    group.documents.pop_back();
    group.times.pop_back();
    group.offsets.pop_back();
  }
  const bool full = bytes_ >= kGroupBytesMax || documents_ >= kGroupDocumentsMax;
  return full ? flush(emit) : Result<>();
}

// Of rows that say the same offset (or none) the order tells them apart: a parser gives the same
// ones in the same order each time.
std::string SearchStage::document_id(const std::string& table, std::optional<std::int64_t> offset) {
  const auto at = offset.value_or(-1);
  auto [last, is_first] = last_.try_emplace(table, at, 0);
  auto& [last_offset, repeated] = last->second;
  if (!is_first) repeated = last_offset == at ? repeated + 1 : 0;
  last_offset = at;
  return sha256_hex(source_.path + '\0' + source_.object_version + '\0' + table + '\0' +
                    std::to_string(at) + '\0' + std::to_string(repeated))
      .substr(0, kIdDigits);
}

Result<> SearchStage::flush(const sdk::Emit& emit) {
  for (auto& [index, group] : std::exchange(groups_, {})) SX_TRY(put(index, std::move(group)));
  bytes_ = documents_ = 0;
  if (letters_.empty()) return {};
  SX_TRY_AS(auto batch, dead_letter_rows(std::exchange(letters_, {})));
  return emit({std::string(kDeadLetterTable), std::move(batch)});
}

Result<> SearchStage::put(const std::string& index, Group group) {
  Error reason;
  Duration wait = kFirstWait;
  for (int attempt = 1;; ++attempt, wait *= 2) {
    SX_TRY(leave_alone());
    SX_TRY_AS(group, put_once(index, std::move(group), reason));
    if (group.documents.empty()) return {};
    if (attempt == kTriesMax || source_.stop.stop_requested()) return not_now(reason);
    parts_.clock.wait_until(parts_.clock.now() + wait, source_.stop);
  }
}

// As long as the domain asked for, whichever delivery it told. A delivery that would wait long is
// to be tried again later, and does not call before that time either.
Result<> SearchStage::leave_alone() {
  const auto until = (*parts_.domain)->left_alone_until->with([](auto time) { return time; });
  const auto now = parts_.clock.now();
  if (until <= now) return {};
  const bool waits = until - now <= kWaitMax && parts_.clock.wait_until(until, source_.stop);
  if (waits) return {};
  return not_now(
      {Code::Exhausted, "the search domain asked to be left alone until " + iso8601(until)});
}

// What is to be put again; `reason` says why.
Result<SearchStage::Group> SearchStage::put_once(const std::string& index, Group group,
                                                 Error& reason) {
  auto& domain = **parts_.domain;
  auto report = domain.sink->put(index, group.documents);
  if (!report) {
    const bool worth_a_try =
        report.error().code == Code::Unavailable || report.error().code == Code::Exhausted;
    if (!worth_a_try) return not_now(report.error());
    reason = std::move(report).error();
    return group;
  }
  if (report->retry_after) {
    const auto until = parts_.clock.now() + *report->retry_after;
    domain.left_alone_until->with([&](auto& time) { time = std::max(time, until); });
  }
  Group again;
  for (auto& refused : report->refused) {
    const auto position = refused.position;
    if (refused.error.code == Code::Invalid) {
      bury(index, group, position, std::move(refused.error.message));
      continue;
    }
    reason = std::move(refused.error);
    again.documents.push_back(std::move(group.documents[position]));
    again.times.push_back(group.times[position]);
    again.offsets.push_back(group.offsets[position]);
  }
  return again;
}

void SearchStage::bury(const std::string& index, Group& group, std::size_t position,
                       std::string reason) {
  auto& document = group.documents[position];
  letters_.push_back({.time = group.times[position],
                      .reason = std::move(reason),
                      .index = index,
                      .id = std::move(document.id),
                      .path = source_.path,
                      .offset = group.offsets[position],
                      .document = std::move(document.json)});
}

}  // namespace sextant::runtime::native

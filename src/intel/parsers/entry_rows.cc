#include "intel/parsers/entry_rows.h"

#include <arrow/record_batch.h>

#include <algorithm>

#include "core/time_text.h"
#include "intel/parsers/text_bytes.h"

namespace sextant::intel {
namespace {

// A time among the first two words, as most kinds of logs begin; nullopt when there is none.
std::optional<Time> first_time(std::string_view text) {
  for (int word = 0; word < 2; ++word) {
    const auto end = text.find(' ');
    if (auto time = parse_iso8601(text.substr(0, std::min<std::size_t>(end, 40)))) return time;
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return std::nullopt;
}

}  // namespace

EntryRows::EntryRows(const Parser& parser, const sdk::Source& source, const ReaderOptions& options)
    : parser_(parser),
      table_(parser.kind),
      facts_(facts_of(source)),
      received_(source.received),
      reader_(parser.make_reader(facts_, options)) {}

void EntryRows::take(const Line& entry, const Line& raw, bool plain) {
  if (plain) {
    group_.push_back(entry);
    raw_.push_back(raw);
    if (group_.size() == kGroupLines) read_group();
    return;
  }
  read_group();
  escape_into(entry.text, escaped_, parser_.json ? "\\\\" : "\\");
  const Line escaped{escaped_, entry.offset};
  read({&escaped, 1}, &raw);
}

void EntryRows::read_group() {
  if (group_.empty()) return;
  read(group_, raw_.data());
  group_.clear();
  raw_.clear();
}

void EntryRows::read(std::span<const Line> entries, const Line* raw) {
  reader_->read(entries, [&](std::size_t entry, const std::string& reason) {
    malformed(raw[entry], 0, reason);
  });
}

void EntryRows::malformed(const Line& raw, std::uint64_t cut_bytes, std::string_view reason) {
  const auto time = parser_.time_of != nullptr ? parser_.time_of : first_time;
  malformed_.add({.time = time(raw.text).value_or(received_),
                  .reason = reason,
                  .path = facts_.path,
                  .offset = raw.offset,
                  .length = raw.text.size() + cut_bytes,
                  .kind = table_,
                  .raw = raw.text});
}

Result<> EntryRows::heading(std::string_view line, const sdk::Emit& emit) {
  read_group();
  if (reader_->heading(line)) return {};
  SX_TRY(emit_rows(emit));
  reader_->heading(line);
  return {};
}

Result<> EntryRows::emit_many(const sdk::Emit& emit) {
  if (reader_->rows() >= kBatchRows) SX_TRY(emit_rows(emit));
  if (malformed_.rows() >= kBatchRows) SX_TRY(emit_malformed(emit));
  return {};
}

Result<> EntryRows::emit_large(const sdk::Emit& emit) {
  SX_TRY(emit_many(emit));
  if (reader_->bytes() >= kBatchBytes) SX_TRY(emit_rows(emit));
  if (malformed_.bytes() >= kBatchBytes) SX_TRY(emit_malformed(emit));
  return {};
}

Result<> EntryRows::emit_all(const sdk::Emit& emit) {
  SX_TRY(emit_rows(emit));
  return emit_malformed(emit);
}

Result<> EntryRows::emit_rows(const sdk::Emit& emit) {
  if (reader_->rows() == 0) return {};
  return emit({table_, reader_->finish()});
}

Result<> EntryRows::emit_malformed(const sdk::Emit& emit) {
  if (malformed_.rows() == 0) return {};
  return emit({"malformed", malformed_.finish()});
}

}  // namespace sextant::intel

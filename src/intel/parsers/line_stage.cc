#include "intel/parsers/line_stage.h"

#include <arrow/record_batch.h>

#include <algorithm>

#include "core/time_text.h"
#include "intel/parsers/text_bytes.h"

namespace sextant::intel {
namespace {

// A time among the first two words, as most kinds of logs begin; nullopt when there is none.
std::optional<Time> time_of(std::string_view text) {
  for (int word = 0; word < 2; ++word) {
    const auto end = text.find(' ');
    if (auto time = parse_iso8601(text.substr(0, std::min<std::size_t>(end, 40)))) return time;
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return std::nullopt;
}

}  // namespace

LineStage::LineStage(const Parser& parser, const sdk::Source& source, const ReaderOptions& options)
    : table_(parser.kind),
      facts_(facts_of(source)),
      received_(source.received),
      reader_(parser.make_reader(facts_, options)) {}

Result<> LineStage::text(const sdk::TextBlock& block, const sdk::Emit& emit) {
  if (block.cut_bytes > 0) {
    malformed({block.text, block.offset}, block.cut_bytes, "the line is longer than 1 MiB");
  } else {
    const bool plain = is_plain(block.text);
    const char* const begin = block.text.data();
    const char* const end = begin + block.text.size();
    for (const char* at = begin; at < end;) {
      const auto* newline =
          static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
      const char* const stop = newline != nullptr ? newline : end;
      const bool returned = stop > at && stop[-1] == '\r';
      const std::string_view text(at, static_cast<std::size_t>(stop - at) - (returned ? 1 : 0));
      const auto offset = block.offset + static_cast<std::uint64_t>(at - begin);
      if (!text.empty()) SX_TRY(line({text, offset}, plain, emit));
      at = stop + 1;
    }
  }
  if (reader_->bytes() >= kBatchBytes) SX_TRY(emit_rows(emit));
  if (malformed_.bytes() >= kBatchBytes) SX_TRY(emit_malformed(emit));
  return {};
}

Result<> LineStage::line(const Line& line, bool plain, const sdk::Emit& emit) {
  Line entry = line;
  if (!plain && !is_plain(line.text)) {
    escape_into(line.text, escaped_);
    entry.text = escaped_;
  }
  if (const auto reason = reader_->read(entry)) malformed(line, 0, *reason);
  if (reader_->rows() == kBatchRows) SX_TRY(emit_rows(emit));
  if (malformed_.rows() == kBatchRows) SX_TRY(emit_malformed(emit));
  return {};
}

void LineStage::malformed(const Line& line, std::uint64_t cut_bytes, std::string_view reason) {
  malformed_.add({.time = time_of(line.text).value_or(received_),
                  .reason = reason,
                  .path = facts_.path,
                  .offset = line.offset,
                  .length = line.text.size() + cut_bytes,
                  .kind = table_,
                  .raw = line.text});
}

Result<> LineStage::damaged(std::uint64_t offset, std::string_view reason, const sdk::Emit&) {
  malformed({{}, offset}, 0, "the object is damaged from here on: " + std::string(reason));
  return {};
}

Result<> LineStage::finish(const sdk::Emit& emit) {
  SX_TRY(emit_rows(emit));
  return emit_malformed(emit);
}

Result<> LineStage::emit_rows(const sdk::Emit& emit) {
  if (reader_->rows() == 0) return {};
  return emit({table_, reader_->finish()});
}

Result<> LineStage::emit_malformed(const sdk::Emit& emit) {
  if (malformed_.rows() == 0) return {};
  return emit({"malformed", malformed_.finish()});
}

}  // namespace sextant::intel

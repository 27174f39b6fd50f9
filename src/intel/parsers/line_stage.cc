#include "intel/parsers/line_stage.h"

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

LineStage::LineStage(const Parser& parser, const sdk::Source& source, const ReaderOptions& options)
    : parser_(parser),
      table_(parser.kind),
      facts_(facts_of(source)),
      received_(source.received),
      reader_(parser.make_reader(facts_, options)) {}

Result<> LineStage::text(const sdk::TextBlock& block, const sdk::Emit& emit) {
  if (block.cut_bytes > 0) {
    malformed({block.text, block.offset}, block.cut_bytes, "the line is longer than 1 MiB");
  } else {
    const auto whole = block.text.rfind('\n') + 1;  // npos + 1 is 0
    unfinished_ = block.text.substr(whole);
    unfinished_offset_ = block.offset + whole;
    SX_TRY(lines(block.text.substr(0, whole), block.offset, emit));
  }
  if (reader_->bytes() >= kBatchBytes) SX_TRY(emit_rows(emit));
  if (malformed_.bytes() >= kBatchBytes) SX_TRY(emit_malformed(emit));
  return {};
}

Result<> LineStage::lines(std::string_view text, std::uint64_t offset, const sdk::Emit& emit) {
  for (auto rest = text; !rest.empty();) {
    const auto [length, plain] = first_line(rest);
    auto line = rest.substr(0, length);
    if (line.ends_with('\r')) line.remove_suffix(1);
    const auto at = static_cast<std::uint64_t>(rest.data() - text.data());
    if (parser_.heading != nullptr && parser_.heading(line)) {
      SX_TRY(heading(line, emit));
    } else if (!line.empty()) {
      take({line, offset + at}, plain);
    }
    rest.remove_prefix(std::min(length + 1, rest.size()));
    if (reader_->rows() >= kBatchRows) SX_TRY(emit_rows(emit));
    if (malformed_.rows() >= kBatchRows) SX_TRY(emit_malformed(emit));
  }
  read_group();  // the text is gone after this call
  return {};
}

Result<> LineStage::heading(std::string_view line, const sdk::Emit& emit) {
  read_group();
  if (reader_->heading(line)) return {};
  SX_TRY(emit_rows(emit));
  reader_->heading(line);
  return {};
}

void LineStage::take(const Line& line, bool plain) {
  if (plain) {
    group_.push_back(line);
    if (group_.size() == kGroupLines) read_group();
    return;
  }
  read_group();
  escape_into(line.text, escaped_, parser_.json ? "\\\\" : "\\");
  const Line entry{escaped_, line.offset};
  reader_->read({&entry, 1},
                [&](std::size_t, const std::string& reason) { malformed(line, 0, reason); });
}

void LineStage::read_group() {
  if (group_.empty()) return;
  reader_->read(group_, [this](std::size_t line, const std::string& reason) {
    malformed(group_[line], 0, reason);
  });
  group_.clear();
}

void LineStage::malformed(const Line& line, std::uint64_t cut_bytes, std::string_view reason) {
  const auto time = parser_.time_of != nullptr ? parser_.time_of : first_time;
  malformed_.add({.time = time(line.text).value_or(received_),
                  .reason = reason,
                  .path = facts_.path,
                  .offset = line.offset,
                  .length = line.text.size() + cut_bytes,
                  .kind = table_,
                  .raw = line.text});
}

Result<> LineStage::damaged(std::uint64_t offset, std::string_view reason, const sdk::Emit&) {
  const auto at = unfinished_.empty() ? offset : unfinished_offset_;
  malformed({unfinished_, at}, 0, "the object is damaged from here on: " + std::string(reason));
  unfinished_.clear();
  return {};
}

Result<> LineStage::finish(const sdk::Emit& emit) {
  SX_TRY(lines(unfinished_, unfinished_offset_, emit));
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

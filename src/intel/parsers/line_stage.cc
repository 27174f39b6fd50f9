#include "intel/parsers/line_stage.h"

#include <algorithm>

#include "intel/parsers/text_bytes.h"

namespace sextant::intel {

LineStage::LineStage(const Parser& parser, const sdk::Source& source, const ReaderOptions& options)
    : parser_(parser), rows_(parser, source, options) {}

Result<> LineStage::text(const sdk::TextBlock& block, const sdk::Emit& emit) {
  if (block.cut_bytes > 0) {
    rows_.malformed({block.text, block.offset}, block.cut_bytes, "the line is longer than 1 MiB");
  } else {
    const auto whole = block.text.rfind('\n') + 1;  // npos + 1 is 0
    unfinished_ = block.text.substr(whole);
    unfinished_offset_ = block.offset + whole;
    SX_TRY(lines(block.text.substr(0, whole), block.offset, emit));
  }
  return rows_.emit_large(emit);
}

Result<> LineStage::lines(std::string_view text, std::uint64_t offset, const sdk::Emit& emit) {
  for (auto rest = text; !rest.empty();) {
    const auto [length, plain] = first_line(rest);
    auto line = rest.substr(0, length);
    if (line.ends_with('\r')) line.remove_suffix(1);
    const auto at = static_cast<std::uint64_t>(rest.data() - text.data());
    if (parser_.heading != nullptr && parser_.heading(line)) {
      SX_TRY(rows_.heading(line, emit));
    } else if (!line.empty()) {
      const Line entry{line, offset + at};
      rows_.take(entry, entry, plain);
    }
    rest.remove_prefix(std::min(length + 1, rest.size()));
    SX_TRY(rows_.emit_many(emit));
  }
  rows_.read_group();  // the text is gone after this call
  return {};
}

Result<> LineStage::damaged(std::uint64_t offset, std::string_view reason, const sdk::Emit&) {
  const auto at = unfinished_.empty() ? offset : unfinished_offset_;
  rows_.malformed({unfinished_, at}, 0,
                  "the object is damaged from here on: " + std::string(reason));
  unfinished_.clear();
  return {};
}

Result<> LineStage::finish(const sdk::Emit& emit) {
  SX_TRY(lines(unfinished_, unfinished_offset_, emit));
  return rows_.emit_all(emit);
}

}  // namespace sextant::intel

#pragma once
// What holds for every parser of logs, whatever the bytes: no crash, every line that is not empty
// (nor a heading) becomes exactly one row, the rows are sound, and the way the bytes are cut into
// pieces makes no difference. Of logs that are records: rows come in the order of their offsets,
// each offset once, and no text passes without a row.
#include <arrow/array.h>
#include <arrow/record_batch.h>

#include <map>
#include <string>
#include <vector>

#include "intel/parsers/line_reader.h"
#include "sdk/batch_text.h"
#include "sdk/text_blocks.h"
#include "tests/fuzz/fuzz_input.h"

namespace sextant::fuzz {

inline std::vector<sdk::Rows> parse_in_pieces(const sdk::Function& function, std::string_view text,
                                              std::size_t piece_bytes) {
  std::vector<sdk::Rows> out;
  const auto emit = [&out](sdk::Rows rows) -> Result<> {
    out.push_back(std::move(rows));
    return {};
  };
  const auto prepared =
      function.prepare({.variables = {{"KEEP_ORIGINAL", "true"}}, .data_folder = {}});
  SX_CHECK(prepared.has_value());
  const auto stage = (*prepared)->start({});
  sdk::TextBlocks blocks(function.takes);
  const auto take = [&](const sdk::TextBlock& block) { return stage->text(block, emit); };
  for (std::size_t at = 0; at < text.size(); at += piece_bytes) {
    SX_CHECK(blocks.add(text.substr(at, piece_bytes), take).has_value());
  }
  SX_CHECK(blocks.finish(take).has_value());
  SX_CHECK(stage->finish(emit).has_value());
  return out;
}

inline std::size_t entries_of(const intel::Parser& parser, std::string_view text) {
  std::size_t lines = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    auto line = text.substr(at, end - at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    const bool heading = parser.heading != nullptr && parser.heading(line);
    lines += line.empty() || heading ? 0 : 1;
    at = end + 1;
  }
  return lines;
}

// All rows as text, in the order of their tables.
inline std::string rows_text(const std::vector<sdk::Rows>& all, std::size_t& rows) {
  std::string text;
  for (const auto& each : all) {
    SX_CHECK(each.batch->ValidateFull().ok());
    rows += static_cast<std::size_t>(each.batch->num_rows());
    for (std::int64_t row = 0; row < each.batch->num_rows(); ++row) {
      text += each.table + sdk::row_json(each.batch, row) + '\n';
    }
  }
  return text;
}

inline void check_offsets(const std::vector<sdk::Rows>& all) {
  std::map<std::string, std::int64_t> last;
  for (const auto& each : all) {
    for (std::int64_t row = 0; row < each.batch->num_rows(); ++row) {
      const auto offset = std::stoll(*sdk::cell_text(each.batch, "log.offset", row));
      const auto [before, first] = last.try_emplace(each.table, -1);
      SX_CHECK(offset > before->second);
      before->second = offset;
    }
  }
}

inline int run_parser(const intel::Parser& parser, const std::uint8_t* data, std::size_t size) {
  const auto text = as_text(data, size);
  const auto function = intel::parser_function(parser);
  std::size_t rows = 0;
  const auto all = parse_in_pieces(function, text, text.size() + 1);
  const auto whole = rows_text(all, rows);
  if (parser.records) {
    check_offsets(all);
    const bool blank = text.find_first_not_of(" \t\r\n,{}[]") == std::string_view::npos;
    const bool envelope = text.find("s\"") != std::string_view::npos;  // which is no record itself
    SX_CHECK(rows > 0 || blank || envelope || text == "\xEF\xBB\xBF");
  } else {
    SX_CHECK(rows == entries_of(parser, text));
  }
  std::size_t again = 0;
  SX_CHECK(rows_text(parse_in_pieces(function, text, 37), again) == whole);
  return 0;
}

}  // namespace sextant::fuzz

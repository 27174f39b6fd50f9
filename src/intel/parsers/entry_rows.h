#pragma once
// Rows in the making for one delivery, of a kind's table and of "malformed": what the stages that
// cut text into entries (line_stage.h, record_stage.h) have in common.
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "intel/parsers/line_reader.h"
#include "intel/parsers/malformed_rows.h"

namespace sextant::intel {

// Rows are held back until there are this many, or this many bytes of text in them.
inline constexpr std::size_t kBatchRows = 32 * 1024;
inline constexpr std::size_t kBatchBytes = std::size_t{32} << 20;

class EntryRows {
 public:
  EntryRows(const Parser& parser, const sdk::Source& source, const ReaderOptions& options);
  // An entry, and what of the object it stands for: that is what a malformed row keeps. Both texts
  // must stay until read_group(). Text that is not plain (all ASCII and no NUL) is read at once.
  void take(const Line& entry, const Line& raw, bool plain);
  void read_group();
  // An entry of which `cut_bytes` more are not kept.
  void malformed(const Line& raw, std::uint64_t cut_bytes, std::string_view reason);
  Result<> heading(std::string_view line, const sdk::Emit& emit);

  Result<> emit_many(const sdk::Emit& emit);   // batches that have kBatchRows
  Result<> emit_large(const sdk::Emit& emit);  // or kBatchBytes
  Result<> emit_all(const sdk::Emit& emit);    // after read_group()

 private:
  void read(std::span<const Line> entries, const Line* raw);
  Result<> emit_rows(const sdk::Emit& emit);
  Result<> emit_malformed(const sdk::Emit& emit);

  Parser parser_;
  std::string table_;
  ObjectFacts facts_;
  Time received_;
  std::unique_ptr<LineReader> reader_;
  MalformedRows malformed_;
  std::vector<Line> group_;
  std::vector<Line> raw_;  // of each of the group
  std::string escaped_;
};

}  // namespace sextant::intel

#pragma once
// The parsing stage that all kinds of line logs share: every line that is not empty becomes exactly
// one row, of the kind's table or of "malformed" (but those that only name the columns of others).
#include <memory>
#include <string>
#include <vector>

#include "intel/parsers/line_reader.h"
#include "intel/parsers/malformed_rows.h"

namespace sextant::intel {

// Rows are held back until there are this many, or this many bytes of text in them.
inline constexpr std::size_t kBatchRows = 32 * 1024;
inline constexpr std::size_t kBatchBytes = std::size_t{32} << 20;

class LineStage final : public sdk::Stage {
 public:
  LineStage(const Parser& parser, const sdk::Source& source, const ReaderOptions& options);
  // Lines end in \n or \r\n. Bytes that are not UTF-8, and NUL, are read as \xHH, the way the logs
  // themselves write such bytes; in "malformed" they stay as they are.
  Result<> text(const sdk::TextBlock& block, const sdk::Emit& emit) override;
  Result<> damaged(std::uint64_t offset, std::string_view reason, const sdk::Emit& emit) override;
  Result<> finish(const sdk::Emit& emit) override;

 private:
  Result<> lines(std::string_view text, std::uint64_t offset, const sdk::Emit& emit);
  void take(const Line& line, bool plain);
  Result<> heading(std::string_view line, const sdk::Emit& emit);
  void read_group();
  void malformed(const Line& line, std::uint64_t cut_bytes, std::string_view reason);
  Result<> emit_rows(const sdk::Emit& emit);
  Result<> emit_malformed(const sdk::Emit& emit);

  Parser parser_;
  std::string table_;
  ObjectFacts facts_;
  Time received_;
  std::unique_ptr<LineReader> reader_;
  MalformedRows malformed_;
  std::vector<Line> group_;
  std::string escaped_;
  // A last line without newline is whole only if the object is: what it becomes is known later.
  std::string unfinished_;
  std::uint64_t unfinished_offset_ = 0;
};

}  // namespace sextant::intel

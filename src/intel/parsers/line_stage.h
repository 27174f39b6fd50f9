#pragma once
// The parsing stage that all kinds of line logs share: every line that is not empty becomes exactly
// one row, of the kind's table or of "malformed" (but those that only name the columns of others).
#include <string>

#include "intel/parsers/entry_rows.h"

namespace sextant::intel {

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

  Parser parser_;
  EntryRows rows_;
  // A last line without newline is whole only if the object is: what it becomes is known later.
  std::string unfinished_;
  std::uint64_t unfinished_offset_ = 0;
};

}  // namespace sextant::intel

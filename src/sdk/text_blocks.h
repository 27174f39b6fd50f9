#pragma once
// Cuts decompressed bytes, as they come, into the TextBlocks that parsers take: whole lines, never
// more than kLineBytesMax of one line. Bytes are handed on where they lie; only a line that two
// pieces share is copied. Used by whatever feeds a parser: the native runtime, tests, the command
// line.
#include <functional>
#include <string>
#include <string_view>

#include "sdk/function.h"

namespace sextant::sdk {

class TextBlocks {
 public:
  using Take = std::function<Result<>(const TextBlock&)>;

  // For a function that takes bytes, nothing is cut: they are handed on as they come.
  explicit TextBlocks(Takes takes = Takes::Text) : takes_(takes) {}

  // The next bytes of the object. Calls `take` zero or more times; its first error comes back and
  // ends the object. Memory held between calls: at most kLineBytesMax.
  Result<> add(std::string_view bytes, const Take& take);
  // The object has ended: hands over what is left as the block with last = true, which is empty
  // when the object was or ended in a newline.
  Result<> finish(const Take& take);

 private:
  Result<> hand_over_line(const Take& take, bool last);

  Takes takes_;
  std::string line_;          // the beginning of a line whose end has not come yet
  std::uint64_t cut_ = 0;     // bytes of that line that were left out
  std::uint64_t offset_ = 0;  // of line_, or of the next byte
};

}  // namespace sextant::sdk

#include "sdk/text_blocks.h"

#include <algorithm>

namespace sextant::sdk {

Result<> TextBlocks::add(std::string_view bytes, const Take& take) {
  if (takes_ == Takes::Bytes) {
    const TextBlock block{.text = bytes, .offset = offset_};
    offset_ += bytes.size();
    return bytes.empty() ? Result<>() : take(block);
  }
  while (!bytes.empty()) {
    if (line_.empty()) {
      const auto window = bytes.substr(0, kLineBytesMax);
      const auto end = window.rfind('\n');
      if (end != std::string_view::npos) {
        const TextBlock block{.text = window.substr(0, end + 1), .offset = offset_};
        offset_ += end + 1;
        bytes.remove_prefix(end + 1);
        SX_TRY(take(block));
        continue;
      }
    }
    const auto end = bytes.find('\n');
    const auto part = bytes.substr(0, end);
    const auto kept = std::min(part.size(), kLineBytesMax - line_.size());
    line_.append(part.substr(0, kept));
    cut_ += part.size() - kept;
    if (end == std::string_view::npos) return {};
    bytes.remove_prefix(end + 1);
    if (cut_ == 0) line_.push_back('\n');
    SX_TRY(hand_over_line(take, false));
  }
  return {};
}

Result<> TextBlocks::finish(const Take& take) { return hand_over_line(take, true); }

Result<> TextBlocks::hand_over_line(const Take& take, bool last) {
  const TextBlock block{.text = line_, .offset = offset_, .last = last, .cut_bytes = cut_};
  const auto newline_left_out = cut_ > 0 && !last ? 1U : 0U;
  SX_TRY(take(block));
  offset_ += line_.size() + cut_ + newline_left_out;
  line_.clear();
  cut_ = 0;
  return {};
}

}  // namespace sextant::sdk

#include "guard/iam/pattern.h"

#include <cstring>

#include "core/strings.h"

namespace sextant::guard::iam {
namespace {

constexpr auto kNone = std::string_view::npos;

// The end of the UTF-8 character that begins at `at`; a stray byte counts as one.
std::size_t character_end(std::string_view text, std::size_t at) {
  const bool leads_more = static_cast<unsigned char>(text[at]) >= 0xC0;
  ++at;
  while (leads_more && at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) {
    ++at;
  }
  return at;
}

// Where the piece, which is no run, ends if it stands at `at`; kNone when it does not.
std::size_t piece_end(const PatternPiece& piece, std::string_view text, std::size_t at,
                      bool fold_case) {
  if (piece.kind == PatternPiece::Kind::AnyCharacter) {
    return at < text.size() ? character_end(text, at) : kNone;
  }
  const auto part = text.substr(at, piece.text.size());
  const bool equal = fold_case ? iequals(part, piece.text) : part == piece.text;
  return equal ? at + piece.text.size() : kNone;
}

}  // namespace

Pattern& Pattern::add_text(std::string_view text) {
  auto& segment = segments_.back();
  segment.bytes.append(text);
  if (!segment.any.empty()) segment.any.resize(segment.bytes.size(), false);
  return *this;
}

Pattern& Pattern::add_any_character() {
  auto& segment = segments_.back();
  segment.any.resize(segment.bytes.size(), false);
  segment.bytes.push_back('?');
  segment.any.push_back(true);
  return *this;
}

Pattern& Pattern::add_any_run() {
  // Two runs in a row are one.
  if (segments_.size() == 1 || !segments_.back().bytes.empty()) segments_.emplace_back();
  return *this;
}

bool Pattern::matches_everything() const {
  return segments_.size() == 2 && segments_.front().bytes.empty() && segments_.back().bytes.empty();
}

bool Pattern::has_wildcard() const {
  return segments_.size() > 1 || !segments_.front().any.empty();
}

std::string_view Pattern::literal_start() const {
  const auto& first = segments_.front();
  std::size_t count = 0;
  while (count < first.bytes.size() && (first.any.empty() || !first.any[count])) ++count;
  return std::string_view(first.bytes).substr(0, count);
}

// Where a match of the segment at that position ends, or kNone.
std::size_t Pattern::match_at(const Segment& segment, std::string_view text, std::size_t at) {
  if (segment.any.empty()) {
    return text.substr(at).starts_with(segment.bytes) ? at + segment.bytes.size() : kNone;
  }
  for (std::size_t i = 0; i < segment.bytes.size(); ++i) {
    if (at >= text.size()) return kNone;
    if (segment.any[i]) {
      at = character_end(text, at);
    } else if (text[at++] != segment.bytes[i]) {
      return kNone;
    }
  }
  return at;
}

std::size_t Pattern::find_from(const Segment& segment, std::string_view text, std::size_t at) {
  if (segment.any.empty()) {
    // memmem is linear in the worst case, string_view::find is not.
    const auto* found = static_cast<const char*>(
        memmem(text.data() + at, text.size() - at, segment.bytes.data(), segment.bytes.size()));
    return found == nullptr ? kNone
                            : static_cast<std::size_t>(found - text.data()) + segment.bytes.size();
  }
  for (; at + segment.bytes.size() <= text.size(); ++at) {
    const auto end = match_at(segment, text, at);
    if (end != kNone) return end;
  }
  return kNone;
}

bool Pattern::ends_with(const Segment& segment, std::string_view text, std::size_t from) {
  if (segment.any.empty()) return text.substr(from).ends_with(segment.bytes);
  for (auto at = from; at + segment.bytes.size() <= text.size(); ++at) {
    if (match_at(segment, text, at) == text.size()) return true;
  }
  return false;
}

bool Pattern::matches(std::string_view text) const {
  auto at = match_at(segments_.front(), text, 0);
  if (segments_.size() == 1) return at == text.size();
  for (std::size_t i = 1; at != kNone && i + 1 < segments_.size(); ++i) {
    at = find_from(segments_[i], text, at);
  }
  return at != kNone && ends_with(segments_.back(), text, at);
}

bool matches(std::span<const PatternPiece> pattern, std::string_view text, bool fold_case) {
  std::size_t piece = 0;
  std::size_t at = 0;
  std::size_t after_run = kNone;  // the piece behind the last run
  std::size_t run_end = 0;        // where that run ends for now
  while (piece < pattern.size() || at < text.size()) {
    if (piece < pattern.size() && pattern[piece].kind == PatternPiece::Kind::AnyRun) {
      after_run = ++piece;
      run_end = at;
      continue;
    }
    const auto end =
        piece < pattern.size() ? piece_end(pattern[piece], text, at, fold_case) : kNone;
    if (end != kNone) {
      ++piece;
      at = end;
      continue;
    }
    if (after_run == kNone || run_end >= text.size()) return false;
    piece = after_run;
    at = ++run_end;
  }
  return true;
}

Pattern make_pattern(std::string_view text) {
  Pattern pattern;
  for (const char& c : text) {
    if (c == '*') {
      pattern.add_any_run();
    } else if (c == '?') {
      pattern.add_any_character();
    } else {
      pattern.add_text({&c, 1});
    }
  }
  return pattern;
}

}  // namespace sextant::guard::iam

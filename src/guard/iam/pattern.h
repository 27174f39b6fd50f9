#pragma once
// IAM's wildcards: '*' is any run of characters (none too), '?' exactly one. A pattern is built
// once and matches without backtracking over earlier runs: pieces between runs are found leftmost,
// one after the other, so the cost is that of a substring search, never exponential.
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sextant::guard::iam {

class Pattern {
 public:
  // Pieces in their order; the text is taken literally, whatever it holds.
  Pattern& add_text(std::string_view text);
  Pattern& add_any_character();
  Pattern& add_any_run();

  // An empty pattern matches the empty text only.
  bool matches(std::string_view text) const;
  bool matches_everything() const;
  bool has_wildcard() const;
  // What every match begins with.
  std::string_view literal_start() const;

 private:
  struct Segment {
    std::string bytes;
    std::vector<bool> any;  // where a '?' stands; empty when there is none
  };
  static std::size_t match_at(const Segment& segment, std::string_view text, std::size_t at);
  static std::size_t find_from(const Segment& segment, std::string_view text, std::size_t at);
  static bool ends_with(const Segment& segment, std::string_view text, std::size_t from);

  // Between runs: the first is anchored at the start, the last at the end.
  std::vector<Segment> segments_{1};
};

// A pattern put together for one match only: its texts lie elsewhere.
struct PatternPiece {
  enum class Kind { Text, AnyCharacter, AnyRun } kind = Kind::Text;
  std::string_view text = {};
};
// Goes back to the last run only; time at most the product of both lengths. With fold_case A-Z are
// a-z.
bool matches(std::span<const PatternPiece> pattern, std::string_view text, bool fold_case);

// Plain text with '*' and '?' as wildcards.
Pattern make_pattern(std::string_view text);

}  // namespace sextant::guard::iam

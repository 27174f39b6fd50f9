#pragma once
// How records of CloudTrail, and the envelopes around them, begin and are named: by that a reader
// finds its way in broken text.
#include <cstddef>
#include <string_view>

namespace sextant::intel {

// What a decision about a place needs to see before and behind it.
inline constexpr std::size_t kMarkBefore = 32;
inline constexpr std::size_t kMarkBehind = 96;

enum class Mark { None, Record, Envelope };

// Whether a record, or an envelope with a list of them, begins at text[at]. In text that is valid
// no record stands inside another; but a line may begin with any object, which counts as the
// beginning of a record when `lines`.
Mark mark_at(std::string_view text, std::size_t at, bool lines);
// The first such place from `from` on, before `to`; npos when there is none.
std::size_t find_mark(std::string_view text, std::size_t from, std::size_t to, bool lines);
// Whether a record that begins with the text is followed by another one in it: brackets alone do
// not tell, and a reader that only looks for some members passes over the rest.
bool holds_another(std::string_view text);
// Whether the list that begins at text[at] is a member that holds records.
bool is_list_of_records(std::string_view text, std::size_t at);

}  // namespace sextant::intel

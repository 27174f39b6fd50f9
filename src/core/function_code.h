#pragma once
// What a function brings along besides its variables, and where it stands among them: under names
// that no variable of a template can have, so that it is stored, compared and pinned to a revision
// as they are.
#include <string_view>

namespace sextant {

// The text of InlineCode: a log type.
inline constexpr std::string_view kCodeVariable = "code:";
// Which stage of the handler a function is that serves many ("parsers.nginx_access"); only while it
// is prepared.
inline constexpr std::string_view kStageVariable = "stage:";
// The last line of code that was packaged from a file names it, for messages.
inline constexpr std::string_view kCodeFileComment = "# file: ";

}  // namespace sextant

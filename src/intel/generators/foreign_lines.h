#pragma once
// What lies among logs of any kind and is of none: generators put these in as malformed lines.
#include <string_view>

namespace sextant::intel {

inline constexpr std::string_view kOtherProgramsLine =
    R"({"message": "this is another program's log", "level": "info"})";
inline constexpr std::string_view kNoise{"\x00\xFF\xFE\x80 noise \xC0\xAF", 13};

}  // namespace sextant::intel

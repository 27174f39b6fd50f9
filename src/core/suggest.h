#pragma once
// "did you mean …": the nearest known word, when one is near.
#include <string>
#include <string_view>
#include <vector>

namespace sextant {

// "did you mean 'Handler'?", or "" when nothing is near enough (a third of the letters). Case
// counts least.
std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& known);

// "a, b, c", each once
std::string listed(const std::vector<std::string_view>& words);

// "a, b or c"
std::string one_of(const std::vector<std::string_view>& words);

}  // namespace sextant

#pragma once
// JSON of no fixed shape as text to search in: a line for each value, with the names of the members
// on the way to it, "ipPermissions.items.cidrIp=0.0.0.0/0". Members of lists have their list's
// name, null is no value, a newline in a value is a blank. So a table needs no column for each name
// that some service once used.
#include <span>
#include <string>
#include <string_view>

namespace sextant::intel {

// Longer the text does not become: it ends before the value that would not fit. (As long as a
// keyword of a search engine may be.)
inline constexpr std::size_t kFlatBytesMax = 32'766;

// A value that is wanted by itself, and where it goes; the first of its name counts.
struct Wanted {
  std::string_view path;
  std::string* value = nullptr;
};

// Overwrites `flat` and what is wanted; empty where `json` is neither object nor list, or broken.
void flatten_json(std::string_view json, std::string& flat, std::span<const Wanted> wanted = {});

}  // namespace sextant::intel

#pragma once
// What `sam package` does for code in buckets, for code that is a text: a function's CodeUri that
// names a YAML or JSON file beside the template becomes its InlineCode, with the file's text.
#include <filesystem>
#include <string>
#include <string_view>

#include "core/result.h"

namespace sextant::cli {

// The template with those files in it. Every line stays the line that it was, so that findings have
// the places of the template's file; the last line of each code says which file it was
// (core/function_code.h). A text that is no template comes back as it is. Errors: as read_file;
// Invalid, a CodeUri that is not written in its line as it reads; each with its place.
Result<std::string> package_code(std::string_view text, const std::filesystem::path& file);

}  // namespace sextant::cli

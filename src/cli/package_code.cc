#include "cli/package_code.h"

#include <algorithm>
#include <boost/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "core/file.h"
#include "core/function_code.h"
#include "core/yaml.h"
#include "template/yaml_reader.h"

namespace sextant::cli {
namespace {

using yaml::Node;

constexpr std::string_view kCodeUri = "CodeUri";
constexpr std::uint64_t kCodeBytesMax = 1 << 20;

// A CodeUri: where its name and its value stand.
struct Place {
  yaml::Where name;
  yaml::Where value;
  std::string file;
};

bool is_text_file(std::string_view path) {
  return !path.contains("://") &&
         (path.ends_with(".yaml") || path.ends_with(".yml") || path.ends_with(".json"));
}

std::optional<Place> place_in(const Node& resource) {
  const auto* type = resource.find("Type");
  const auto* properties = resource.find("Properties");
  if (type == nullptr || type->text != "AWS::Serverless::Function" || properties == nullptr)
    return std::nullopt;
  const auto found = std::ranges::find(properties->members, kCodeUri, &yaml::Member::name);
  if (found == properties->members.end() || !is_text_file(found->value.text)) return std::nullopt;
  return Place{found->at, found->value.at, found->value.text};
}

// In the order of the text.
std::vector<Place> places_in(std::string_view text) {
  std::vector<Place> places;
  templates::Diagnostics ignored("");  // the node, or the check of the form, says what is wrong
  const auto tree = templates::read_yaml(text, ignored);
  const auto* resources = tree ? tree->find("Resources") : nullptr;
  if (resources == nullptr) return places;
  for (const auto& member : resources->members) {
    if (auto place = place_in(member.value)) places.push_back(std::move(*place));
  }
  std::ranges::sort(places, {}, &Place::value);
  return places;
}

// The byte at which a place's line begins.
std::size_t line_start(std::string_view text, int line) {
  std::size_t at = 0;
  for (int i = 1; i < line; ++i) {
    const auto end = text.find('\n', at);
    if (end == std::string_view::npos) return text.size();
    at = end + 1;
  }
  return at;
}

// Where `word` stands at the place or behind its quote, in the same line; npos: it does not, as
// texts with escapes or over several lines.
std::size_t find_at(std::string_view text, yaml::Where at, std::string_view word) {
  const auto start = line_start(text, at.line);
  const auto line = text.substr(0, text.find('\n', start));
  return line.find(word, std::min(start + static_cast<std::size_t>(at.column) - 1, line.size()));
}

std::string told_at(const std::filesystem::path& file, const Place& place) {
  return file.string() + ":" + std::to_string(place.value.line) + ":" +
         std::to_string(place.value.column) + ": CodeUri: ";
}

Result<std::string> code_of(const Place& place, const std::filesystem::path& file) {
  auto code = read_file(file.parent_path() / place.file, kCodeBytesMax);
  if (!code) return fail(code.error().code, told_at(file, place) + code.error().message);
  if (!code->ends_with('\n')) *code += '\n';
  *code += std::string(kCodeFileComment) + place.file + "\n";
  return boost::json::serialize(boost::json::string_view(*code));
}

// Takes the quotes around a value along.
void replace_value(std::string& text, std::size_t at, std::size_t length, const std::string& by) {
  const bool quoted = at > 0 && (text[at - 1] == '"' || text[at - 1] == '\'') &&
                      at + length < text.size() && text[at + length] == text[at - 1];
  text.replace(at - (quoted ? 1 : 0), length + (quoted ? 2 : 0), by);
}

}  // namespace

Result<std::string> package_code(std::string_view text, const std::filesystem::path& file) {
  std::string packaged(text);
  auto places = places_in(text);
  std::ranges::reverse(places);  // from the end on: places before it stay what they are
  for (const auto& place : places) {
    SX_TRY_AS(const auto code, code_of(place, file));
    const auto name = find_at(packaged, place.name, kCodeUri);
    const auto value = find_at(packaged, place.value, place.file);
    if (name == std::string::npos || value == std::string::npos || name > value) {
      return fail(Code::Invalid, told_at(file, place) +
                                     "the file's name must stand there as it is: write it without "
                                     "escapes, in the line of its value");
    }
    replace_value(packaged, value, place.file.size(), code);
    packaged.replace(name, kCodeUri.size(), "InlineCode");
  }
  return packaged;
}

}  // namespace sextant::cli

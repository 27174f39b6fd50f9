#include "services/iam/parameters.h"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

#include "core/json.h"
#include "core/strings.h"

namespace sextant::services::iam {
namespace {

using boost::json::object;

constexpr std::size_t kPathMax = 512;
constexpr std::size_t kDescriptionMax = 1'000;
constexpr std::size_t kTagKeyMax = 128;
constexpr std::size_t kTagValueMax = 256;

// "userName", as AWS's messages name parameters.
std::string in_messages(std::string_view name) {
  std::string text(name);
  if (!text.empty()) text[0] = to_lower(text[0]);
  return text;
}

std::unexpected<Error> constraint(std::string_view value, std::string_view name,
                                  std::string_view rule) {
  return validation_error("1 validation error detected: Value '" +
                          std::string(value.substr(0, 200)) + "' at '" + in_messages(name) +
                          "' failed to satisfy constraint: " + std::string(rule));
}

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_name(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return is_letter_or_digit(c) || std::string_view("_+=,.@-").contains(c);
  });
}

bool is_path_text(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

// Characters, not bytes.
std::size_t length_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

bool is_tag_text(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return is_letter_or_digit(c) || static_cast<unsigned char>(c) >= 0x80 ||
           std::string_view(" _.:/=+-@").contains(c);
  });
}

Result<> check_tag(const std::string& key, const std::string& value) {
  if (key.empty() || length_of(key) > kTagKeyMax || !is_tag_text(key))
    return constraint(key, "tags.member.key",
                      "Member must satisfy regular expression pattern: "
                      "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]{1,128}");
  if (length_of(value) > kTagValueMax || !is_tag_text(value))
    return constraint(value, "tags.member.value",
                      "Member must satisfy regular expression pattern: "
                      "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]{0,256}");
  if (to_lower(key).starts_with("aws:"))
    return fail(Code::Invalid, "System tags cannot be added/updated by requester", "InvalidInput");
  return {};
}

}  // namespace

std::unexpected<Error> validation_error(std::string message) {
  return fail(Code::Invalid, std::move(message), "ValidationError");
}

Result<std::string> required(const object& parameters, std::string_view name) {
  auto text = optional_text(parameters, name);
  if (text && !text->empty()) return std::move(*text);
  return validation_error("1 validation error detected: Value null at '" + in_messages(name) +
                          "' failed to satisfy constraint: Member must not be null");
}

std::optional<std::string> optional_text(const object& parameters, std::string_view name) {
  const auto* value = json::find(parameters, name);
  if (value == nullptr || value->is_object() || value->is_array() || value->is_null())
    return std::nullopt;
  if (value->is_string()) return std::string(value->get_string());
  return json::to_text(*value);
}

Result<std::string> required_name(const object& parameters, std::string_view name,
                                  std::size_t length_max) {
  SX_TRY_AS(auto text, required(parameters, name));
  if (text.size() > length_max)
    return constraint(
        text, name, "Member must have length less than or equal to " + std::to_string(length_max));
  if (!is_name(text))
    return validation_error("The specified value for " + in_messages(name) +
                            " is invalid. It must contain only alphanumeric characters and/or the "
                            "following: +=,.@_-");
  return text;
}

Result<std::string> path_of(const object& parameters, std::string_view name) {
  auto path = optional_text(parameters, name).value_or("/");
  if (path.size() > kPathMax || !path.starts_with('/') || !path.ends_with('/') ||
      path.contains("//") || !is_path_text(path)) {
    return validation_error("The specified value for " + in_messages(name) +
                            " is invalid. It must begin and end with / and contain only "
                            "alphanumeric characters and/or / characters.");
  }
  // The evaluator trusts roles of this path with more than their boundary: no caller makes one.
  if (to_lower(path).starts_with("/aws-service-role/")) {
    return validation_error("The specified value for " + in_messages(name) +
                            " is invalid. The path /aws-service-role/ is reserved for "
                            "service-linked roles.");
  }
  return path;
}

Result<std::string> path_prefix_of(const object& parameters) {
  auto prefix = optional_text(parameters, "PathPrefix").value_or("/");
  if (prefix.size() > kPathMax || !prefix.starts_with('/') || !is_path_text(prefix)) {
    return validation_error(
        "The specified value for pathPrefix is invalid. It must begin with / and contain only "
        "alphanumeric characters and/or / characters.");
  }
  return prefix;
}

Result<std::string> description_of(const object& parameters) {
  auto text = optional_text(parameters, "Description").value_or("");
  if (length_of(text) <= kDescriptionMax) return text;
  return constraint(text, "description", "Member must have length less than or equal to 1000");
}

Result<int> number_of(const object& parameters, std::string_view name, int least, int most,
                      int otherwise) {
  const auto text = optional_text(parameters, name);
  if (!text) return otherwise;
  int number = 0;
  const auto* end = text->data() + text->size();
  const auto read = std::from_chars(text->data(), end, number);
  if (read.ec != std::errc{} || read.ptr != end)
    return constraint(*text, name, "Member must be a number");
  if (number < least)
    return constraint(*text, name,
                      "Member must have value greater than or equal to " + std::to_string(least));
  if (number > most)
    return constraint(*text, name,
                      "Member must have value less than or equal to " + std::to_string(most));
  return number;
}

Result<Tags> tags_of(const object& parameters) {
  Tags tags;
  const auto* list = json::find(parameters, "Tags");
  if (list == nullptr || !list->is_array()) return tags;
  for (const auto& item : list->get_array()) {
    if (!item.is_object()) return validation_error("Tags is a list of keys and values");
    const auto key = json::text_or(item.get_object(), "Key");
    auto value = json::text_or(item.get_object(), "Value");
    SX_TRY(check_tag(key, value));
    if (std::ranges::any_of(tags, [&](const auto& tag) { return iequals(tag.first, key); })) {
      return fail(Code::Invalid,
                  "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
                  "InvalidInput");
    }
    tags.emplace(key, std::move(value));
  }
  return tags;
}

void merge(const Tags& added, Tags& tags) {
  for (const auto& [key, value] : added) {
    std::erase_if(tags, [&key = key](const auto& tag) { return iequals(tag.first, key); });
    tags.emplace(key, value);
  }
}

}  // namespace sextant::services::iam

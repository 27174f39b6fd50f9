#include "intel/parsers/json_flatten.h"

#include <algorithm>

#include "intel/parsers/padded_json.h"

namespace sextant::intel {
namespace {

namespace ondemand = simdjson::ondemand;

class Flattening {
 public:
  Flattening(std::string& flat, std::span<const Wanted> wanted) : flat_(flat), wanted_(wanted) {}

  // As deep as simdjson goes, 1,024.
  // NOLINTNEXTLINE(misc-no-recursion)
  simdjson::error_code walk(ondemand::value value) {
    ondemand::json_type type{};
    if (auto error = value.type().get(type)) return error;
    if (type == ondemand::json_type::object) {
      ondemand::object object;
      if (auto error = value.get_object().get(object)) return error;
      return walk(object);
    }
    if (type == ondemand::json_type::array) {
      ondemand::array list;
      if (auto error = value.get_array().get(list)) return error;
      return walk(list);
    }
    return leaf(value, type);
  }

  // NOLINTNEXTLINE(misc-no-recursion)
  simdjson::error_code walk(ondemand::object& object) {
    const auto above = path_.size();
    for (auto member : object) {
      ondemand::field field;
      std::string_view key;
      if (auto error = std::move(member).get(field)) return error;
      if (auto error = field.unescaped_key().get(key)) return error;
      if (above > 0) path_ += '.';
      path_ += key;
      if (auto error = walk(field.value())) return error;
      path_.resize(above);
    }
    return simdjson::SUCCESS;
  }

  // NOLINTNEXTLINE(misc-no-recursion)
  simdjson::error_code walk(ondemand::array& list) {
    for (auto member : list) {
      ondemand::value value;
      if (auto error = std::move(member).get(value)) return error;
      if (auto error = walk(value)) return error;
    }
    return simdjson::SUCCESS;
  }

 private:
  simdjson::error_code leaf(ondemand::value& value, ondemand::json_type type) {
    std::string_view text;
    if (type == ondemand::json_type::string) {
      if (auto error = value.get_string().get(text)) return error;
    } else {
      text = value.raw_json_token();
      text = text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
      if (text == "null") return simdjson::SUCCESS;
    }
    add(text);
    return simdjson::SUCCESS;
  }

  void add(std::string_view text) {
    if (text.contains('\0') || path_.contains('\0')) return;  // no column of text holds that
    for (const auto& wanted : wanted_) {
      if (wanted.path == path_ && wanted.value->empty()) *wanted.value = text;
    }
    full_ = full_ || flat_.size() + path_.size() + text.size() + 2 > kFlatBytesMax;
    if (full_) return;
    if (!flat_.empty()) flat_ += '\n';
    const auto begin = flat_.size();
    flat_.append(path_).append("=").append(text);
    std::replace(flat_.begin() + static_cast<std::ptrdiff_t>(begin), flat_.end(), '\n', ' ');
  }

  std::string& flat_;
  std::span<const Wanted> wanted_;
  std::string path_;
  bool full_ = false;
};

}  // namespace

void flatten_json(std::string_view json, std::string& flat, std::span<const Wanted> wanted) {
  thread_local PaddedJson padded;
  flat.clear();
  for (const auto& each : wanted) each.value->clear();
  if (!json.starts_with('{') && !json.starts_with('[')) return;
  auto& document = padded.read(json);
  auto error = padded.error();
  Flattening flattening(flat, wanted);
  if (error == simdjson::SUCCESS && json[0] == '{') {
    ondemand::object object;
    error = document.get_object().get(object);
    if (error == simdjson::SUCCESS) error = flattening.walk(object);
  } else if (error == simdjson::SUCCESS) {
    ondemand::array list;
    error = document.get_array().get(list);
    if (error == simdjson::SUCCESS) error = flattening.walk(list);
  }
  if (error == simdjson::SUCCESS) return;
  flat.clear();
  for (const auto& each : wanted) each.value->clear();
}

}  // namespace sextant::intel

#include "intel/parsers/record_envelope.h"

#include <simdjson.h>

#include "intel/parsers/padded_json.h"

namespace sextant::intel {
namespace {

namespace ondemand = simdjson::ondemand;

// CloudWatch Logs looks in this way whether it still reaches the one who subscribed.
constexpr std::string_view kOfTheServiceItself = "CWL CONTROL MESSAGE";

// What one member of the envelope tells.
simdjson::error_code look_at(std::string_view key, ondemand::value value, Unwrapped& into,
                             bool& of_bridge) {
  ondemand::json_type type{};
  if (auto error = value.type().get(type)) return error;
  std::string_view text;
  if (key == "detail-type") of_bridge = true;
  if (key == "detail" && type == ondemand::json_type::object) {
    ondemand::object detail;
    if (auto error = value.get_object().get(detail)) return error;
    if (auto error = detail.raw_json().get(text)) return error;
    into.text = text;
  }
  if ((key == "message" || key == "CloudTrailEvent") && type == ondemand::json_type::string) {
    if (auto error = value.get_string().get(text)) return error;
    into.wrapped = !text.empty();
    into.text = text.starts_with(kOfTheServiceItself) ? std::string_view() : text;
  }
  return simdjson::SUCCESS;
}

}  // namespace

bool is_bare_record(std::string_view text) { return text.starts_with("{\"eventVersion\""); }

Unwrapped unwrap(std::string_view text) {
  thread_local PaddedJson json;
  Unwrapped unwrapped;
  bool of_bridge = false;
  ondemand::object object;
  auto& document = json.read(text);
  if (json.error() != simdjson::SUCCESS) return {};
  if (document.get_object().get(object) != simdjson::SUCCESS) return {};
  for (auto member : object) {
    ondemand::field field;
    std::string_view key;
    if (std::move(member).get(field) != simdjson::SUCCESS) return {};
    if (field.unescaped_key().get(key) != simdjson::SUCCESS) return {};
    if (look_at(key, field.value(), unwrapped, of_bridge) != simdjson::SUCCESS) return {};
  }
  if (!unwrapped.wrapped) unwrapped.wrapped = of_bridge && !unwrapped.text.empty();
  return unwrapped;
}

}  // namespace sextant::intel

#include "intel/parsers/record_envelope.h"

#include <simdjson.h>

#include "intel/parsers/padded_json.h"

namespace sextant::intel {
namespace {

namespace ondemand = simdjson::ondemand;

// CloudWatch Logs looks in this way whether it still reaches the one who subscribed.
constexpr std::string_view kOfTheServiceItself = "CWL CONTROL MESSAGE";

// {"awslogs":{"data":"…"}}.
simdjson::error_code look_into_subscription(ondemand::value value, Unwrapped& into) {
  ondemand::object object;
  if (auto error = value.get_object().get(object)) return error;
  std::string_view data;
  const auto error = object.find_field("data").get_string().get(data);
  if (error == simdjson::NO_SUCH_FIELD || error == simdjson::INCORRECT_TYPE)
    return simdjson::SUCCESS;
  if (error) return error;
  into.text = data;
  into.packed = true;
  return simdjson::SUCCESS;
}

simdjson::error_code look_into_detail(ondemand::value value, Unwrapped& into) {
  ondemand::object detail;
  if (auto error = value.get_object().get(detail)) return error;
  std::string_view text;
  if (auto error = detail.raw_json().get(text)) return error;
  into.text = text;
  return simdjson::SUCCESS;
}

simdjson::error_code look_into_message(ondemand::value value, Unwrapped& into) {
  std::string_view text;
  if (auto error = value.get_string().get(text)) return error;
  into.wrapped = !text.empty();
  into.text = text.starts_with(kOfTheServiceItself) ? std::string_view() : text;
  return simdjson::SUCCESS;
}

// What one member of the envelope tells.
simdjson::error_code look_at(std::string_view key, ondemand::value value, Unwrapped& into,
                             bool& of_bridge) {
  ondemand::json_type type{};
  if (auto error = value.type().get(type)) return error;
  if (key == "detail-type") of_bridge = true;
  if (type == ondemand::json_type::object) {
    if (key == "detail") return look_into_detail(value, into);
    if (key == "awslogs") return look_into_subscription(value, into);
  }
  const bool message = key == "message" || key == "CloudTrailEvent";
  return message && type == ondemand::json_type::string ? look_into_message(value, into)
                                                        : simdjson::SUCCESS;
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
  if (unwrapped.packed) return unwrapped;
  if (!unwrapped.wrapped) unwrapped.wrapped = of_bridge && !unwrapped.text.empty();
  return unwrapped;
}

}  // namespace sextant::intel

#include "guard/audit/shown_names.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace sextant::guard {
namespace {

using boost::json::object;
using boost::json::value;

constexpr const char* kHidden = "HIDDEN_DUE_TO_SECURITY_REASONS";
// Their members are named by the caller.
constexpr std::string_view kFreelyNamed = "Metadata";
constexpr std::array<std::string_view, 3> kSecretAnswers{"SecretAccessKey", "SessionToken",
                                                         "Token"};

constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kS3Names{
    {{"Bucket", "bucketName"},
     {"MaxKeys", "max-keys"},
     {"ContinuationToken", "continuation-token"},
     {"StartAfter", "start-after"},
     {"EncodingType", "encoding-type"},
     {"ChecksumAlgorithm", "x-amz-checksum-algorithm"},
     {"ChecksumType", "x-amz-checksum-type"},
     {"ChecksumMode", "x-amz-checksum-mode"},
     {"MpuObjectSize", "x-amz-mp-object-size"}}};

std::string small_first(std::string_view name) {
  std::string small(name);
  if (!small.empty() && small[0] >= 'A' && small[0] <= 'Z')
    small[0] = static_cast<char>(small[0] - 'A' + 'a');
  return small;
}

std::string shown_name(std::string_view service, std::string_view name) {
  if (service == "s3") {
    const auto* found =
        std::ranges::find(kS3Names, name, [](const auto& row) { return row.first; });
    if (found != kS3Names.end()) return std::string(found->second);
  }
  return small_first(name);
}

bool is_secret_answer(std::string_view name) {
  return std::ranges::find(kSecretAnswers, name) != kSecretAnswers.end();
}

object shown_object(const object& given);

// Depth is that of the API's own documents.
value shown_value(const value& given) {  // NOLINT(misc-no-recursion)
  if (const auto* members = given.if_object()) return shown_object(*members);
  const auto* items = given.if_array();
  if (items == nullptr) return given;
  boost::json::array shown;
  shown.reserve(items->size());
  for (const auto& item : *items) shown.push_back(shown_value(item));
  return shown;
}

object shown_object(const object& given) {  // NOLINT(misc-no-recursion)
  object shown;
  shown.reserve(given.size());
  for (const auto& [name, member] : given) {
    if (is_secret_answer(name)) continue;
    shown[small_first(name)] =
        std::string_view(name) == kFreelyNamed ? member : shown_value(member);
  }
  return shown;
}

}  // namespace

object shown_parameters(std::string_view service, const object& parameters,
                        std::span<const std::string_view> secret) {
  object shown;
  shown.reserve(parameters.size());
  for (const auto& [name, given] : parameters) {
    auto& member = shown[shown_name(service, name)];
    if (std::ranges::find(secret, std::string_view(name)) != secret.end()) {
      member = kHidden;
    } else {
      member = std::string_view(name) == kFreelyNamed ? given : shown_value(given);
    }
  }
  return shown;
}

object shown_answer(const object& result) { return shown_object(result); }

}  // namespace sextant::guard

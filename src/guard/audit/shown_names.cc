#include "guard/audit/shown_names.h"

#include <algorithm>
#include <array>
#include <optional>
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

// Members by the names they are shown by. What is called otherwise in the API comes first: who
// sends "userName" beside "UserName" is not shown for it.
template <typename ShownName, typename Show>
object renamed(const object& given, const ShownName& shown_name_of, const Show& show) {
  object shown;
  shown.reserve(given.size());
  for (const bool has_other_name : {true, false}) {
    for (const auto& [name, member] : given) {
      const std::string shown_as = shown_name_of(name);
      if ((shown_as != name) != has_other_name) continue;
      if (auto how = show(name, member)) shown.emplace(shown_as, *std::move(how));  // once
    }
  }
  return shown;
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

value shown_member(std::string_view name, const value& member) {  // NOLINT(misc-no-recursion)
  return name == kFreelyNamed ? member : shown_value(member);
}

object shown_object(const object& given) {  // NOLINT(misc-no-recursion)
  return renamed(given, small_first,
                 [](std::string_view name, const value& member) -> std::optional<value> {
                   if (is_secret_answer(name)) return std::nullopt;
                   return shown_member(name, member);
                 });
}

}  // namespace

object shown_parameters(std::string_view service, const object& parameters,
                        std::span<const std::string_view> secret) {
  return renamed(
      parameters, [&](std::string_view name) { return shown_name(service, name); },
      [&](std::string_view name, const value& member) -> std::optional<value> {
        if (std::ranges::find(secret, name) != secret.end()) return value(kHidden);
        return shown_member(name, member);
      });
}

object shown_answer(const object& result) { return shown_object(result); }

}  // namespace sextant::guard

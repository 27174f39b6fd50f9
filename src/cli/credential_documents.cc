#include "cli/credential_documents.h"

#include <algorithm>
#include <boost/json.hpp>
#include <utility>

#include "core/json.h"
#include "core/time_text.h"
#include "core/xml.h"

namespace sextant::cli {
namespace {

// They go into headers.
bool is_token(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7F; });
}

Result<TemporaryCredentials> checked(sigv4::Credentials keys, std::string_view expires) {
  if (keys.access_key_id.empty() || keys.secret_access_key.empty())
    return fail(Code::Invalid, "there are no keys in the answer");
  for (const auto& each : {keys.access_key_id, keys.secret_access_key, keys.session_token}) {
    if (!is_token(each)) return fail(Code::Invalid, "the keys in the answer are damaged");
  }
  TemporaryCredentials found{.keys = std::move(keys)};
  if (expires.empty()) return found;
  found.expires = parse_iso8601(expires);
  if (!found.expires) return fail(Code::Invalid, "the keys expire at a time that is none");
  return found;
}

}  // namespace

Result<TemporaryCredentials> parse_credentials_json(std::string_view text) {
  SX_TRY_AS(const auto value, json::parse(text));
  if (!value.is_object()) return fail(Code::Invalid, "the answer is no JSON object");
  const auto& object = value.get_object();
  return checked({.access_key_id = json::text_or(object, "AccessKeyId"),
                  .secret_access_key = json::text_or(object, "SecretAccessKey"),
                  .session_token = json::text_or(object, "Token")},
                 json::text_or(object, "Expiration"));
}

Result<TemporaryCredentials> parse_assumed_role(std::string_view text) {
  SX_TRY_AS(const auto root, xml::parse(text));
  for (const auto& result : root.children) {
    const auto* found = result.child("Credentials");
    if (found == nullptr) continue;
    return checked({.access_key_id = found->text_of("AccessKeyId"),
                    .secret_access_key = found->text_of("SecretAccessKey"),
                    .session_token = found->text_of("SessionToken")},
                   found->text_of("Expiration"));
  }
  return fail(Code::Invalid, "there are no keys in the answer");
}

}  // namespace sextant::cli

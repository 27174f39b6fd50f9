#include "cli/bucket_listing.h"

#include <algorithm>
#include <string_view>

#include "core/encoding.h"
#include "core/xml.h"

namespace sextant::cli {
namespace {

constexpr int kPageKeys = 500;  // of up to 1,024 bytes: less than what one XML text may have

std::string common_prefix(const std::string& first, const std::string& last) {
  return {first.begin(), std::ranges::mismatch(first, last).in1};
}

std::string page_query(const std::string& prefix, const std::string& token) {
  std::string query;
  if (!token.empty()) query += "continuation-token=" + uri_encode(token) + "&";
  query += "list-type=2&max-keys=" + std::to_string(kPageKeys);
  if (!prefix.empty()) query += "&prefix=" + uri_encode(prefix);
  return query;
}

Result<xml::Element> page(NodeClient& client, const std::string& bucket, std::string query) {
  SX_TRY_AS(const auto response, client.call({.service = "s3",
                                              .path = "/" + uri_encode(bucket),
                                              .query = std::move(query)}));
  return xml::parse(response.body);
}

}  // namespace

Result<std::optional<std::unordered_set<std::string>>> keys_there(
    NodeClient& client, const std::string& bucket, const std::vector<PlannedFile>& plan) {
  std::unordered_set<std::string> there;
  if (plan.empty()) return there;
  const auto prefix = common_prefix(plan.front().key, plan.back().key);
  for (std::string token;;) {
    const auto listed = page(client, bucket, page_query(prefix, token));
    if (!listed && listed.error().code == Code::Denied) return std::nullopt;
    if (!listed) return std::unexpected(listed.error());
    for (const auto& each : listed->children) {
      if (each.name != "Contents") continue;
      auto key = each.text_of("Key");
      if (key > plan.back().key) return there;
      if (std::ranges::binary_search(plan, key, {}, &PlannedFile::key)) there.insert(std::move(key));
    }
    token = listed->text_of("NextContinuationToken");
    if (token.empty()) return there;
  }
}

}  // namespace sextant::cli

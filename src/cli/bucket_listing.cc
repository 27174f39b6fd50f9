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

// A text from which on listing meets `key`: S3 lists what is behind it.
std::string just_before(std::string key) {
  const auto is_inside = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; };
  while (!key.empty() && is_inside(key.back())) key.pop_back();  // whole characters of UTF-8
  if (!key.empty()) key.pop_back();
  return key;
}

std::string page_query(const std::string& prefix, const std::string& start,
                       const std::string& token) {
  std::string query;
  if (!token.empty()) query += "continuation-token=" + uri_encode(token) + "&";
  query += "list-type=2&max-keys=" + std::to_string(kPageKeys);
  if (!prefix.empty()) query += "&prefix=" + uri_encode(prefix);
  if (token.empty() && !start.empty()) query += "&start-after=" + uri_encode(start);
  return query;
}

struct Page {
  std::vector<std::string> keys;
  std::string next;  // the token of the page behind it; empty when it is the last
};

Result<Page> read_page(NodeClient& client, const std::string& bucket, std::string query) {
  SX_TRY_AS(
      const auto response,
      client.call({.service = "s3", .path = "/" + uri_encode(bucket), .query = std::move(query)}));
  SX_TRY_AS(const auto listed, xml::parse(response.body));
  Page page{.keys = {}, .next = listed.text_of("NextContinuationToken")};
  for (const auto& each : listed.children) {
    if (each.name == "Contents") page.keys.push_back(each.text_of("Key"));
  }
  return page;
}

}  // namespace

Result<std::optional<std::unordered_set<std::string>>> keys_there(
    NodeClient& client, const std::string& bucket, const std::vector<PlannedFile>& plan) {
  std::unordered_set<std::string> there;
  if (plan.empty()) return there;
  const auto prefix = common_prefix(plan.front().key, plan.back().key);
  const auto start = just_before(plan.front().key);
  Page page;
  do {
    auto read = read_page(client, bucket, page_query(prefix, start, page.next));
    if (!read && read.error().code == Code::Denied) return std::nullopt;
    if (!read) return std::unexpected(std::move(read).error());
    page = std::move(*read);
    for (const auto& key : page.keys) {
      if (std::ranges::binary_search(plan, key, {}, &PlannedFile::key)) there.insert(key);
    }
  } while (!page.next.empty() && !page.keys.empty() && page.keys.back() <= plan.back().key);
  return there;
}

}  // namespace sextant::cli

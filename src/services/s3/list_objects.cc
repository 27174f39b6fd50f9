#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <utility>

#include "core/encoding.h"
#include "core/json.h"
#include "core/time_text.h"
#include "services/s3/handlers.h"
#include "services/s3/names.h"
#include "services/s3/records.h"
#include "store/keys.h"

namespace sextant::services::s3 {
namespace {

constexpr int kListedMax = 1'000;

struct Listing {
  std::string prefix;
  std::string delimiter;
  bool encode_url = false;
  int keys_max = kListedMax;
  boost::json::array contents;
  boost::json::array common_prefixes;
  std::string last;  // key or common prefix that was listed last
  bool truncated = false;

  int count() const { return static_cast<int>(contents.size() + common_prefixes.size()); }
  std::string shown(const std::string& name) const {
    return encode_url ? uri_encode(name, Slash::Keep) : name;
  }
};

Result<int> keys_max_of(const boost::json::object& parameters) {
  const auto text = json::text_or(parameters, "MaxKeys");
  if (text.empty()) return kListedMax;
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 0) {
    return invalid_argument("Provided max-keys not an integer or within integer range");
  }
  return std::min(value, kListedMax);
}

// The token is the last listed name, so that listing goes on after it whatever happened in between.
Result<std::string> start_of(const boost::json::object& parameters) {
  const auto token = json::text_or(parameters, "ContinuationToken");
  if (token.empty()) return json::text_or(parameters, "StartAfter");
  auto start = from_base64(token);
  if (!start) return invalid_argument("The continuation token provided is incorrect");
  return *start;
}

// Everything with the same beginning up to the delimiter is one common prefix; "" when `key` stands
// alone.
std::string common_prefix(const Listing& listing, const std::string& key) {
  if (listing.delimiter.empty()) return {};
  const auto at = key.find(listing.delimiter, listing.prefix.size());
  return at == std::string::npos ? std::string() : key.substr(0, at + listing.delimiter.size());
}

// The smallest string after everything that begins with `prefix`.
std::string after_prefix(const std::string& prefix) { return prefix + std::string(8, '\xFF'); }

Result<> add_object(const std::string& key, std::string_view value, Listing& listing) {
  SX_TRY_AS(const auto record, store::decode_object(value));
  listing.contents.push_back(boost::json::object{{"Key", listing.shown(key)},
                                                 {"LastModified", iso8601_millis(record.modified)},
                                                 {"ETag", quoted(record.etag)},
                                                 {"Size", record.size},
                                                 {"StorageClass", "STANDARD"}});
  return {};
}

// Takes one page of keys, `base` long prefixes cut off; the common prefix that the page ended in,
// or "".
Result<std::string> add_page(const std::vector<ports::Entry>& page, std::size_t base,
                             Listing& listing) {
  std::string common;
  for (const auto& entry : page) {
    const auto key = entry.key.substr(base);
    if (!common.empty() && key.starts_with(common)) continue;
    listing.truncated = listing.count() == listing.keys_max;
    if (listing.truncated) break;
    common = common_prefix(listing, key);
    listing.last = common.empty() ? key : common;
    if (common.empty()) {
      SX_TRY(add_object(key, entry.value, listing));
    } else {
      listing.common_prefixes.push_back(boost::json::object{{"Prefix", listing.shown(common)}});
    }
  }
  return common;
}

Result<> list(const S3Context& s3, const std::string& bucket, std::string start, Listing& listing) {
  constexpr std::size_t kPage = 1'000;
  const auto base = store::keys::objects(s3.parts.scope, BucketName(bucket));
  if (!start.empty() && !common_prefix(listing, start).empty() &&
      start.ends_with(listing.delimiter)) {
    start = after_prefix(start);  // the token was a common prefix: go on behind it
  }
  for (;;) {
    SX_TRY_AS(const auto page,
              s3.parts.state.scan(base + listing.prefix, start.empty() ? "" : base + start, kPage));
    SX_TRY_AS(const auto common, add_page(page, base.size(), listing));
    if (listing.truncated || page.size() < kPage) return {};
    start = common.empty() ? page.back().key.substr(base.size()) : after_prefix(common);
  }
}

sdk::Output to_output(const std::string& bucket, const boost::json::object& parameters,
                      Listing listing) {
  sdk::Output output;
  auto& result = output.result;
  result["Name"] = bucket;
  result["Prefix"] = listing.shown(listing.prefix);
  result["KeyCount"] = listing.count();
  result["MaxKeys"] = listing.keys_max;
  result["IsTruncated"] = listing.truncated;
  if (!listing.delimiter.empty()) result["Delimiter"] = listing.shown(listing.delimiter);
  if (listing.encode_url) result["EncodingType"] = "url";
  if (const auto token = json::text_or(parameters, "ContinuationToken"); !token.empty())
    result["ContinuationToken"] = token;
  if (const auto start = json::text_or(parameters, "StartAfter"); !start.empty())
    result["StartAfter"] = listing.shown(start);
  if (listing.truncated) result["NextContinuationToken"] = base64(listing.last);
  result["Contents"] = std::move(listing.contents);
  result["CommonPrefixes"] = std::move(listing.common_prefixes);
  return output;
}

Result<sdk::Output> list_v2(const S3Context& s3, const boost::json::object& parameters) {
  const auto bucket = json::text_or(parameters, "Bucket");
  SX_TRY(find_bucket(s3, bucket));
  Listing listing;
  listing.prefix = json::text_or(parameters, "Prefix");
  listing.delimiter = json::text_or(parameters, "Delimiter");
  listing.encode_url = json::text_or(parameters, "EncodingType") == "url";
  SX_TRY_AS(listing.keys_max, keys_max_of(parameters));
  SX_TRY_AS(auto start, start_of(parameters));
  if (listing.keys_max > 0) SX_TRY(list(s3, bucket, std::move(start), listing));
  return to_output(bucket, parameters, std::move(listing));
}

}  // namespace

void list_objects_v2(const S3Ptr& s3, PermitPtr, sdk::Input input, sdk::Reply reply) {
  auto output = list_v2(*s3, input.parameters);
  if (!output) return reply(std::unexpected(as_s3_error(std::move(output).error())));
  reply(std::move(*output));
}

}  // namespace sextant::services::s3

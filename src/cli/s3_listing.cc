#include "cli/s3_listing.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/encoding.h"
#include "core/strings.h"
#include "core/xml.h"

namespace sextant::cli {
namespace {

constexpr std::size_t kEtagBytesMax = 128;

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// encoding-type=url writes a blank as '+'.
std::optional<std::string> decode_key(std::string text, bool encoded) {
  if (!encoded) return text;
  std::ranges::replace(text, '+', ' ');
  return uri_decode(text);
}

Result<ListedObject> read_object(const xml::Element& contents, bool encoded) {
  auto key = decode_key(contents.text_of("Key"), encoded);
  const auto size = parse_u64(contents.text_of("Size"));
  if (!key || key->empty() || !size)
    return fail(Code::Invalid, "the listing has an object without a key or size");
  return ListedObject{
      .key = std::move(*key), .etag = plain_etag(contents.text_of("ETag")), .size = *size};
}

}  // namespace

Result<S3Location> parse_s3_url(std::string_view url) {
  const auto rest = is_s3_url(url) ? url.substr(std::string_view("s3://").size()) : "";
  const auto slash = rest.find('/');
  S3Location found{.bucket = std::string(rest.substr(0, slash))};
  if (slash != std::string_view::npos) found.prefix = rest.substr(slash + 1);
  if (!is_bucket_name(found.bucket))
    return fail(Code::Invalid, "'" + std::string(url) + "' names no bucket: s3://BUCKET/PREFIX");
  return found;
}

bool is_bucket_name(std::string_view text) {
  return text.size() >= 3 && text.size() <= 63 && is_alphanumeric(text.front()) &&
         !text.contains("..") && std::ranges::all_of(text, [](char c) {
           return is_alphanumeric(c) || c == '-' || c == '.' || c == '_';
         });
}

std::string plain_etag(std::string_view text) {
  if (text.size() >= 2 && text.starts_with('"') && text.ends_with('"'))
    text = text.substr(1, text.size() - 2);
  const bool fits = text.size() <= kEtagBytesMax && std::ranges::all_of(text, [](char c) {
                      return is_alphanumeric(c) || c == '-' || c == '.' || c == '_';
                    });
  return fits ? std::string(text) : std::string();
}

Result<ListedPage> parse_listing(std::string_view text) {
  SX_TRY_AS(const auto root, xml::parse(text));
  if (root.name != "ListBucketResult") return fail(Code::Invalid, "the answer is no listing");
  ListedPage page{.objects = {}, .next = root.text_of("NextContinuationToken")};
  const bool encoded = root.text_of("EncodingType") == "url";
  for (const auto& each : root.children) {
    if (each.name != "Contents") continue;
    SX_TRY_AS(auto object, read_object(each, encoded));
    const bool is_folder = object.size == 0 && object.key.ends_with('/');
    if (!is_folder) page.objects.push_back(std::move(object));
  }
  return page;
}

}  // namespace sextant::cli

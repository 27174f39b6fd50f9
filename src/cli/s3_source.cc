#include "cli/s3_source.h"

#include <utility>

#include "core/encoding.h"
#include "core/strings.h"

namespace sextant::cli {
namespace {

constexpr int kPageKeys = 1'000;
constexpr int kPageKeysSmall = 250;  // of the longest keys: less than what one XML text may have
constexpr std::size_t kErrorBytesMax = 64 * 1024;

// The region that S3 says the bucket is in, when it is not where it was asked for.
std::string other_region(const net::ClientResponse& response, const std::string& region) {
  if (response.status < 300) return {};
  const auto told = net::find_header(response.headers, "x-amz-bucket-region");
  return told && *told != region && is_region_name(*told) ? std::string(*told) : std::string();
}

}  // namespace

S3Source::S3Source(SourceOptions options, std::string bucket, AwsClient::Credentials credentials)
    : options_(std::move(options)),
      bucket_(std::move(bucket)),
      credentials_(std::move(credentials)) {}

Result<S3Source> S3Source::open(const SourceOptions& options, std::string bucket,
                                AwsClient::Credentials credentials) {
  S3Source source(options, std::move(bucket), std::move(credentials));
  SX_TRY(source.connect());
  return source;
}

Result<> S3Source::connect() {
  // A certificate of AWS covers one label before "s3", so names with dots go into the path.
  const bool is_in_host = options_.endpoint_url.empty() && !bucket_.contains('.') &&
                          !bucket_.contains('_') && bucket_ == to_lower(bucket_);
  base_ = is_in_host ? "" : "/" + uri_encode(bucket_);
  const auto url = options_.endpoint_url.empty()
                       ? aws_url(is_in_host ? bucket_ + ".s3" : "s3", options_.region)
                       : options_.endpoint_url;
  SX_TRY_AS(auto client,
            AwsClient::open({.url = url, .region = options_.region, .ca_file = options_.ca_file},
                            credentials_));
  client_.emplace(std::move(client));
  return {};
}

Result<net::ClientResponse> S3Source::send(const std::function<AwsClient::Call()>& make) {
  SX_TRY_AS(auto response, client_->send(make()));
  auto region = other_region(response, options_.region);
  if (region.empty()) return response;
  options_.region = std::move(region);
  SX_TRY(connect());
  return client_->send(make());
}

Result<ListedPage> S3Source::list_at_most(int keys, const std::string& prefix,
                                          const std::string& token) {
  std::string query;
  if (!token.empty()) query += "continuation-token=" + uri_encode(token) + "&";
  query += "encoding-type=url&list-type=2&max-keys=" + std::to_string(keys);
  if (!prefix.empty()) query += "&prefix=" + uri_encode(prefix);
  SX_TRY_AS(const auto response, send([&] {
              return AwsClient::Call{
                  .service = "s3", .path = base_.empty() ? "/" : base_, .query = query};
            }));
  if (response.status != 200) return std::unexpected(error_of(response));
  return parse_listing(response.body);
}

Result<ListedPage> S3Source::list(const std::string& prefix, const std::string& token) {
  auto page = list_at_most(kPageKeys, prefix, token);
  if (!page && page.error().code == Code::Invalid && page.error().name.empty())
    return list_at_most(kPageKeysSmall, prefix, token);
  return page;
}

Result<std::string> S3Source::fetch(const std::string& key, const std::string& version,
                                    std::uint64_t size, SpoolFile& into) {
  SX_TRY_AS(const auto response, send([&] {
              into.clear();
              AwsClient::Call call{.service = "s3"};
              call.path = base_ + "/" + uri_encode(key, Slash::Keep);
              if (!version.empty()) call.query = "versionId=" + uri_encode(version);
              call.on_body = [&into](std::string_view bytes) { into.write(bytes); };
              call.time_max = transfer_time_max(size);
              return call;
            }));
  if (response.status != 200) {
    return std::unexpected(error_of({.status = response.status,
                                     .headers = response.headers,
                                     .body = into.beginning(kErrorBytesMax)}));
  }
  SX_TRY(into.size());
  return plain_etag(net::find_header(response.headers, "ETag").value_or(""));
}

}  // namespace sextant::cli

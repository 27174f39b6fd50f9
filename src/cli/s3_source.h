#pragma once
// One bucket of AWS's S3, or of any other: its pages and its objects. Finds the bucket's region by
// itself.
#include <functional>
#include <optional>
#include <string>

#include "cli/aws_client.h"
#include "cli/s3_listing.h"
#include "cli/source_options.h"
#include "cli/spool_file.h"
#include "core/result.h"

namespace sextant::cli {

// One thread at a time.
class S3Source {
 public:
  // `options` as resolved() gives them. Nothing is sent. Errors: of the endpoint or the CA file.
  static Result<S3Source> open(const SourceOptions& options, std::string bucket,
                               AwsClient::Credentials credentials);

  // One page, in the order of keys; "" begins. Errors: as AwsClient::call.
  Result<ListedPage> list(const std::string& prefix, const std::string& token);

  // The object's bytes into `into`, which is cleared first; its plain ETag. `version` "" is the
  // current one; `size` is about what it has. Errors: as AwsClient::call, SpoolFile::size.
  Result<std::string> fetch(const std::string& key, const std::string& version, std::uint64_t size,
                            SpoolFile& into);

 private:
  S3Source(SourceOptions options, std::string bucket, AwsClient::Credentials credentials);
  Result<> connect();
  // make() is asked once more when the bucket turns out to be in another region.
  Result<net::ClientResponse> send(const std::function<AwsClient::Call()>& make);
  Result<ListedPage> list_at_most(int keys, const std::string& prefix, const std::string& token);

  SourceOptions options_;
  std::string bucket_;
  AwsClient::Credentials credentials_;
  std::string base_;  // of paths: "" where the host names the bucket, else "/bucket"
  std::optional<AwsClient> client_;
};

}  // namespace sextant::cli

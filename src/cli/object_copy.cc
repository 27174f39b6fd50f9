#include "cli/object_copy.h"

#include <utility>

#include "cli/retry.h"

namespace sextant::cli {
namespace {

constexpr std::size_t kSourcesMax = 64;  // that are kept open

}  // namespace

ObjectCopier::ObjectCopier(const IngestOptions& options, NodeClient node,
                           AwsClient::Credentials credentials)
    : options_(&options), node_(std::move(node)), credentials_(std::move(credentials)) {}

Result<ObjectCopier> ObjectCopier::open(const IngestOptions& options,
                                        AwsClient::Credentials credentials) {
  SX_TRY_AS(auto node, NodeClient::open(options.node));
  return ObjectCopier(options, std::move(node), std::move(credentials));
}

Result<S3Source*> ObjectCopier::source_of(const SourceObject& object) {
  const auto found = sources_.find(object.bucket);
  if (found != sources_.end()) return &found->second;
  if (sources_.size() == kSourcesMax) sources_.clear();
  auto options = options_->source;
  if (!object.region.empty()) options.region = object.region;
  SX_TRY_AS(auto source, S3Source::open(options, object.bucket, credentials_));
  return &sources_.emplace(object.bucket, std::move(source)).first->second;
}

Result<Copied> ObjectCopier::copy_unless_known(const SourceObject& object, Known known,
                                               const std::function<void(std::uint64_t)>& on_bytes,
                                               std::stop_token stop) {
  const auto key = options_->prefix + object.key;
  const Origin told{.bucket = object.bucket, .etag = object.etag};
  if (known == Known::Nothing) {
    SX_TRY_AS(const auto has, with_retries(stop, [&](int) {
                return has_copy(node_, options_->bucket, key, told);
              }));
    if (has) return Copied{.what = Uploaded::AlreadyThere, .bytes = object.size};
  }
  SX_TRY_AS(auto* const source, source_of(object));
  SX_TRY_AS(auto spool, SpoolFile::open());
  SX_TRY_AS(auto etag, with_retries(stop, [&](int) {
              return source->fetch(object.key, object.version, object.size, spool);
            }));
  SX_TRY_AS(const auto size, spool.size());
  const PlannedFile file{.path = spool.path(),
                         .key = key,
                         .size = size,
                         .origin = Origin{.bucket = object.bucket, .etag = std::move(etag)}};
  SX_TRY_AS(const auto what,
            upload(node_, options_->bucket, file, known, on_bytes, std::move(stop)));
  return Copied{.what = what, .bytes = size};
}

Result<Copied> ObjectCopier::copy(const SourceObject& object, Known known,
                                  const std::function<void(std::uint64_t)>& on_bytes,
                                  std::stop_token stop) {
  return within("s3://" + object.bucket + "/" + object.key,
                copy_unless_known(object, known, on_bytes, std::move(stop)));
}

}  // namespace sextant::cli

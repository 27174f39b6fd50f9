#pragma once
// One object of another S3 into the node, unless the node has it.
#include <functional>
#include <map>
#include <stop_token>
#include <string>

#include "cli/ingest_run.h"
#include "cli/s3_source.h"

namespace sextant::cli {

struct SourceObject {
  std::string bucket;
  std::string key;
  std::string version = {};  // "": the current one
  std::string etag = {};     // plain; "": not known yet
  std::string region = {};   // "": the options'
  std::uint64_t size = 0;    // about
};

struct Copied {
  Uploaded what = Uploaded::Sent;
  std::uint64_t bytes = 0;  // of the object
};

// One thread at a time.
class ObjectCopier {
 public:
  // `options` and `totals` outlive it. Errors: as NodeClient::open.
  static Result<ObjectCopier> open(const IngestOptions& options,
                                   AwsClient::Credentials credentials);

  // Under --prefix and its own key, with where it came from as metadata; the node has it durably on
  // return. Each side is asked again while it is busy or does not answer, for about half a minute
  // or until `stop`. Errors: as S3Source::fetch and upload(); they name the object.
  Result<Copied> copy(const SourceObject& object, Known known,
                      const std::function<void(std::uint64_t)>& on_bytes, std::stop_token stop);

 private:
  ObjectCopier(const IngestOptions& options, NodeClient node, AwsClient::Credentials credentials);
  Result<S3Source*> source_of(const SourceObject& object);
  Result<Copied> copy_unless_known(const SourceObject& object, Known known,
                                   const std::function<void(std::uint64_t)>& on_bytes,
                                   std::stop_token stop);

  const IngestOptions* options_;
  NodeClient node_;
  AwsClient::Credentials credentials_;
  std::map<std::string, S3Source> sources_;  // by bucket
};

}  // namespace sextant::cli

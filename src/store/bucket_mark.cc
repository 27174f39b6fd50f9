#include "store/bucket_mark.h"

#include <memory>
#include <utility>

#include "core/log.h"
#include "ports/in_doubt.h"
#include "store/keys.h"

namespace sextant::store {
namespace {

constexpr int kUnmarkAttemptsMax = 5;

ports::Batch replace(const Scope& scope, const BucketRecord& record, std::uint64_t version) {
  const auto key = keys::bucket(scope, BucketName(record.name));
  ports::Batch batch;
  batch.from_reserve = true;  // on a full disk, buckets still go
  batch.conditions.push_back({key, version});
  batch.puts.push_back({key, encode(record)});
  return batch;
}

// Puts the record without its mark on the condition of the last version that is known. Where a
// commit is in doubt, the next one on the same condition decides it: either it puts the record, and
// the one in doubt can no longer happen, or it is refused, and what happened can be read.
class Unmarking : public std::enable_shared_from_this<Unmarking> {
 public:
  Unmarking(const BucketStore& buckets, MarkedBucket bucket,
            std::move_only_function<void()> on_done)
      : buckets_(buckets), bucket_(std::move(bucket)), on_done_(std::move(on_done)) {}

  void attempt() {
    ++attempts_;
    buckets_.log.submit(
        replace(buckets_.scope, bucket_.record, bucket_.version),
        [self = shared_from_this()](const Result<ports::Committed>& done) { self->take(done); });
  }

 private:
  void take(const Result<ports::Committed>& done) {
    if (done) return on_done_();
    if (done.error().code == Code::Conflict) return look();
    again(done.error());
  }
  void look() {
    const auto entry =
        buckets_.state.get(keys::bucket(buckets_.scope, BucketName(bucket_.record.name)));
    if (!entry) return again(entry.error());
    if (!*entry) return on_done_();
    auto record = decode_bucket((*entry)->value);
    if (!record) return again(record.error());
    if (!record->deleting) return on_done_();
    record->deleting = false;
    bucket_ = {std::move(*record), (*entry)->version};
    again({.code = Code::Conflict, .message = "the bucket keeps changing", .name = {}});
  }
  void again(const Error& error) {
    if (attempts_ < kUnmarkAttemptsMax) return attempt();
    log::warn("a bucket stays closed until the next start",
              {{"bucket", bucket_.record.name}, {"error", error.message}});
    on_done_();
  }

  const BucketStore buckets_;
  MarkedBucket bucket_;
  std::move_only_function<void()> on_done_;
  int attempts_ = 0;
};

}  // namespace

void mark_bucket(const BucketStore& buckets, BucketRecord record, std::uint64_t version,
                 OnMarked on_marked) {
  record.deleting = true;
  auto batch = replace(buckets.scope, record, version);
  record.deleting = false;
  buckets.log.submit(std::move(batch), [buckets, bucket = MarkedBucket{std::move(record), version},
                                        on_marked = std::move(on_marked)](
                                           Result<ports::Committed> done) mutable {
    if (done) {
      bucket.version = done->version;
      return on_marked(std::move(bucket));
    }
    if (!ports::may_have_happened(done.error()))
      return on_marked(std::unexpected(std::move(done).error()));
    unmark_bucket(buckets, std::move(bucket),
                  [on_marked = std::move(on_marked), error = std::move(done).error()]() mutable {
                    on_marked(std::unexpected(std::move(error)));
                  });
  });
}

void unmark_bucket(const BucketStore& buckets, MarkedBucket bucket,
                   std::move_only_function<void()> on_done) {
  std::make_shared<Unmarking>(buckets, std::move(bucket), std::move(on_done))->attempt();
}

Result<bool> is_empty(const BucketStore& buckets, const BucketName& name) {
  SX_TRY_AS(const auto objects, buckets.state.scan(keys::objects(buckets.scope, name), "", 1));
  SX_TRY_AS(const auto uploads, buckets.state.scan(keys::uploads(buckets.scope, name), "", 1));
  return objects.empty() && uploads.empty();
}

void add_erase(const Scope& scope, const MarkedBucket& bucket, ports::Batch& batch) {
  const auto key = keys::bucket(scope, BucketName(bucket.record.name));
  batch.conditions.push_back({key, bucket.version});
  batch.erases.push_back(key);
}

}  // namespace sextant::store

#include <utility>

#include "core/log.h"
#include "services/s3/handlers.h"
#include "services/s3/records.h"
#include "store/keys.h"

namespace sextant::services::s3 {
namespace {

using Handle = void (*)(const S3Ptr&, PermitPtr, sdk::Input, sdk::Reply);

struct Row {
  std::string_view name;
  std::string_view action;
  sdk::Access access;
  sdk::EventCategory category;
  Result<guard::Target> (*target)(const Scope&, const sdk::Input&);
  Handle handle;
};

Result<guard::Target> no_target(const Scope&, const sdk::Input&) { return guard::Target{}; }

constexpr auto kRead = sdk::Access::Read;
constexpr auto kWrite = sdk::Access::Write;
constexpr auto kManagement = sdk::EventCategory::Management;
constexpr auto kData = sdk::EventCategory::Data;

constexpr std::array kRows{
    Row{"CreateBucket", "s3:CreateBucket", kWrite, kManagement, bucket_target, create_bucket},
    Row{"HeadBucket", "s3:ListBucket", kRead, kManagement, bucket_target, head_bucket},
    Row{"DeleteBucket", "s3:DeleteBucket", kWrite, kManagement, bucket_target, delete_bucket},
    Row{"ListBuckets", "s3:ListAllMyBuckets", kRead, kManagement, no_target, list_buckets},
    Row{"PutObject", "s3:PutObject", kWrite, kData, object_target, put_object},
    Row{"GetObject", "s3:GetObject", kRead, kData, object_target, get_object},
    Row{"HeadObject", "s3:GetObject", kRead, kData, object_target, head_object},
    Row{"DeleteObject", "s3:DeleteObject", kWrite, kData, object_target, delete_object},
    Row{"ListObjectsV2", "s3:ListBucket", kRead, kData, bucket_target, list_objects_v2},
    Row{"CreateMultipartUpload", "s3:PutObject", kWrite, kData, object_target,
        create_multipart_upload},
    Row{"UploadPart", "s3:PutObject", kWrite, kData, object_target, upload_part},
    Row{"CompleteMultipartUpload", "s3:PutObject", kWrite, kData, object_target,
        complete_multipart_upload},
    Row{"AbortMultipartUpload", "s3:AbortMultipartUpload", kWrite, kData, object_target,
        abort_multipart_upload},
    Row{"ListParts", "s3:ListMultipartUploadParts", kRead, kData, object_target, list_parts},
    Row{"ListMultipartUploads", "s3:ListBucketMultipartUploads", kRead, kData, bucket_target,
        list_multipart_uploads},
};

Result<> restore_marked_buckets(const S3Parts& parts) {
  return ports::for_each(parts.state, store::keys::buckets(parts.scope),
                         [&](const ports::Entry& entry) -> Result<> {
                           SX_TRY_AS(auto record, store::decode_bucket(entry.value));
                           if (!record.deleting) return {};
                           record.deleting = false;
                           log::info("the deletion of a bucket had not ended: it is whole again",
                                     {{"bucket", record.name}});
                           ports::Batch batch;
                           batch.conditions.push_back({entry.key, entry.version});
                           batch.puts.push_back({entry.key, store::encode(record)});
                           SX_TRY(ports::commit(parts.log, std::move(batch)));
                           return {};
                         });
}

}  // namespace

std::string Sequencer::next(Time now) {
  const auto wanted = static_cast<std::uint64_t>(now.time_since_epoch().count());
  auto last = last_.load();
  while (!last_.compare_exchange_weak(last, std::max(wanted, last + 1))) {
  }
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  auto number = std::max(wanted, last + 1);
  std::string text(16, '0');
  for (auto digit = text.rbegin(); digit != text.rend(); ++digit, number >>= 4)
    *digit = kDigits[number & 15];
  return text;
}

Result<std::shared_ptr<S3Context>> open(S3Parts parts) {
  SX_TRY(restore_marked_buckets(parts));
  return std::make_shared<S3Context>(std::move(parts));
}

Result<guard::OperationTable> operations(S3Parts parts) {
  SX_TRY_AS(const auto s3, open(std::move(parts)));
  return operations(s3);
}

guard::OperationTable operations(const std::shared_ptr<S3Context>& s3) {
  guard::OperationTable table;
  for (const auto& row : kRows) {
    table.push_back(
        {.service = "s3",
         .name = row.name,
         .action = row.action,
         .access = row.access,
         .category = row.category,
         .target = row.target,
         .handle = [s3, handle = row.handle](PermitPtr permit, sdk::Input input, sdk::Reply reply) {
           handle(s3, std::move(permit), std::move(input), std::move(reply));
         }});
  }
  return table;
}

}  // namespace sextant::services::s3

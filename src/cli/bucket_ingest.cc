#include "cli/bucket_ingest.h"

#include <algorithm>
#include <thread>
#include <utility>
#include <vector>

#include "cli/bucket_listing.h"
#include "cli/object_copy.h"
#include "cli/progress.h"
#include "cli/retry.h"
#include "core/bounded_queue.h"

namespace sextant::cli {
namespace {

constexpr std::size_t kJobsMax = 2'000;

struct CopyJob {
  SourceObject object;
  Known known = Known::Nothing;
};
using CopyJobs = BoundedQueue<CopyJob>;

// What the threads of one run share.
struct BucketRun {
  const IngestOptions& options;
  const S3Location& location;
  const AwsClient::Credentials& credentials;
  IngestTotals& totals;
  std::stop_token stop;
  CopyJobs jobs{kJobsMax};
  Progress progress{0};
};

void copy_one(ObjectCopier& copier, const CopyJob& job, BucketRun& run) {
  auto done = copier.copy(
      job.object, job.known, [&](std::uint64_t bytes) { run.progress.add(bytes); }, run.stop);
  if (!done) return run.totals.failed(std::move(done).error());
  if (done->what == Uploaded::AlreadyThere) run.progress.add(done->bytes);
  run.totals.done(done->what, done->bytes);
}

// One of several threads: takes objects until the listing ends.
void copy_bucket_jobs(BucketRun& run) {
  auto copier = ObjectCopier::open(run.options, run.credentials);
  while (const auto job = run.jobs.pop(run.stop)) {
    if (run.stop.stop_requested()) return;
    if (copier) {
      copy_one(*copier, *job, run);
    } else {
      run.totals.failed(copier.error());
    }
  }
}

Result<> push_page(const ListedPage& page, NodeClient& node, BucketRun& run) {
  std::vector<PlannedFile> plan;
  for (const auto& each : page.objects)
    plan.push_back({.path = {}, .key = run.options.prefix + each.key, .size = each.size});
  std::ranges::sort(plan, {}, &PlannedFile::key);  // not every S3 lists in order
  SX_TRY_AS(const auto there, with_retries(run.stop, [&](int) {
              return keys_there(node, run.options.bucket, plan);
            }));
  for (const auto& each : page.objects) {
    const bool absent = there && !there->contains(run.options.prefix + each.key);
    CopyJob job{.object = {.bucket = run.location.bucket,
                           .key = each.key,
                           .etag = each.etag,
                           .size = each.size},
                .known = absent ? Known::IsAbsent : Known::Nothing};
    run.progress.expect(each.size);
    if (!run.jobs.push(std::move(job), run.stop)) return {};
  }
  return {};
}

Result<> list_bucket(BucketRun& run) {
  SX_TRY_AS(auto node, NodeClient::open(run.options.node));
  SX_TRY_AS(auto source, S3Source::open(run.options.source, run.location.bucket, run.credentials));
  std::string token;
  do {
    SX_TRY_AS(auto page,
              with_retries(run.stop, [&](int) { return source.list(run.location.prefix, token); }));
    SX_TRY(push_page(page, node, run));
    token = std::move(page.next);
  } while (!token.empty() && !run.stop.stop_requested());
  return {};
}

}  // namespace

Result<> ingest_bucket(const IngestOptions& options, const S3Location& location,
                       const AwsClient::Credentials& credentials, IngestTotals& totals,
                       std::stop_token stop) {
  BucketRun run{.options = options,
                .location = location,
                .credentials = credentials,
                .totals = totals,
                .stop = std::move(stop)};
  std::vector<std::jthread> threads;
  for (int i = 0; i < options.parallel; ++i)
    threads.emplace_back([&run] { copy_bucket_jobs(run); });
  auto listed = within("s3://" + location.bucket, list_bucket(run));
  run.jobs.close();
  return listed;
}

}  // namespace sextant::cli

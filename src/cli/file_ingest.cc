#include "cli/file_ingest.h"

#include <atomic>
#include <optional>
#include <string>
#include <thread>
#include <unordered_set>
#include <utility>

#include "cli/bucket_listing.h"
#include "cli/progress.h"

namespace sextant::cli {
namespace {

struct Job {
  std::vector<PlannedFile> files;
  // nullopt: nobody knows, so each file is asked for.
  std::optional<std::unordered_set<std::string>> keys_there;
  std::stop_token stop;
  std::atomic<std::size_t> next = 0;

  Known known(const PlannedFile& file) const {
    return keys_there && !keys_there->contains(file.key) ? Known::IsAbsent : Known::Nothing;
  }
};

// One of several threads: takes files until there are no more.
void work(const IngestOptions& options, Job& job, IngestTotals& totals, Progress& progress) {
  auto client = NodeClient::open(options.node);
  while (!job.stop.stop_requested()) {
    const auto index = job.next.fetch_add(1);
    if (index >= job.files.size()) return;
    const auto& file = job.files[index];
    auto done = client ? upload(
                             *client, options.bucket, file, job.known(file),
                             [&](std::uint64_t bytes) { progress.add(bytes); }, job.stop)
                       : Result<Uploaded>(std::unexpected(client.error()));
    if (!done) {
      totals.failed(std::move(done).error().within(file.path.string()));
      continue;
    }
    if (*done == Uploaded::AlreadyThere) progress.add(file.size);
    totals.done(*done, file.size);
  }
}

}  // namespace

Result<> ingest_files(const IngestOptions& options, std::vector<PlannedFile> plan,
                      IngestTotals& totals, std::stop_token stop) {
  SX_TRY_AS(auto client, NodeClient::open(options.node));
  SX_TRY_AS(auto there, keys_there(client, options.bucket, plan));
  Job job{.files = std::move(plan), .keys_there = std::move(there), .stop = std::move(stop)};
  std::uint64_t bytes = 0;
  for (const auto& file : job.files) bytes += file.size;
  Progress progress(bytes);
  std::vector<std::jthread> threads;
  for (int i = 0; i < options.parallel; ++i)
    threads.emplace_back([&] { work(options, job, totals, progress); });
  return {};
}

}  // namespace sextant::cli

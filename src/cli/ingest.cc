#include <CLI/CLI.hpp>
#include <atomic>
#include <boost/json.hpp>
#include <chrono>
#include <cstdio>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_set>
#include <utility>
#include <vector>

#include "cli/bucket_listing.h"
#include "cli/commands.h"
#include "cli/ingest_plan.h"
#include "cli/node_client.h"
#include "cli/progress.h"
#include "cli/upload.h"
#include "core/json.h"

namespace sextant::cli {
namespace {

struct IngestOptions {
  NodeOptions node;
  std::vector<std::string> sources;
  std::string bucket;
  std::string prefix;
  int parallel = 8;
};

struct Job {
  std::vector<PlannedFile> files;
  // nullopt: nobody knows, so each file is asked for.
  std::optional<std::unordered_set<std::string>> keys_there;
  std::atomic<std::size_t> next = 0;

  Known known(const PlannedFile& file) const {
    return keys_there && !keys_there->contains(file.key) ? Known::IsAbsent : Known::Nothing;
  }
};

struct Totals {
  std::atomic<std::uint64_t> sent = 0;
  std::atomic<std::uint64_t> skipped = 0;
  std::atomic<std::uint64_t> failed = 0;
  std::atomic<std::uint64_t> bytes = 0;
  std::mutex errors_mutex;
  std::vector<Error> errors;
};

// One of several threads: takes files until there are no more.
void work(const IngestOptions& options, Job& job, Totals& totals, Progress& progress) {
  auto client = NodeClient::open(options.node);
  for (;;) {
    const auto index = job.next.fetch_add(1);
    if (index >= job.files.size()) return;
    const auto& file = job.files[index];
    auto done = client ? upload(*client, options.bucket, file, job.known(file),
                                [&](std::uint64_t bytes) { progress.add(bytes); })
                       : Result<Uploaded>(std::unexpected(client.error()));
    if (!done) {
      ++totals.failed;
      std::lock_guard lock(totals.errors_mutex);
      totals.errors.push_back(std::move(done).error().within(file.path.string()));
      continue;
    }
    if (*done == Uploaded::AlreadyThere) {
      ++totals.skipped;
      progress.add(file.size);
    } else {
      ++totals.sent;
      totals.bytes += file.size;
    }
  }
}

ExitCode print(const IngestOptions& options, const Totals& totals, double seconds) {
  for (const auto& error : totals.errors) report(error);
  if (options.node.json()) {
    const boost::json::object result{{"Sent", totals.sent.load()},
                                     {"Unchanged", totals.skipped.load()},
                                     {"Failed", totals.failed.load()},
                                     {"Bytes", totals.bytes.load()},
                                     {"Seconds", seconds}};
    std::printf("%s\n", json::to_text(result).c_str());
  } else {
    std::printf("%llu files sent, %llu unchanged, %llu failed\n",
                static_cast<unsigned long long>(totals.sent),
                static_cast<unsigned long long>(totals.skipped),
                static_cast<unsigned long long>(totals.failed));
  }
  return totals.failed == 0 ? ExitCode::Ok : ExitCode::Failed;
}

ExitCode run(const IngestOptions& options) {
  auto plan = plan_ingest(options.sources, options.prefix);
  if (!plan) return report_usage(plan.error());
  auto client = NodeClient::open(options.node);
  if (!client) return report_usage(client.error());
  auto there = keys_there(*client, options.bucket, *plan);
  if (!there) return report(there.error());
  Job job{.files = std::move(*plan), .keys_there = std::move(*there)};
  std::uint64_t bytes = 0;
  for (const auto& file : job.files) bytes += file.size;
  const auto started = std::chrono::steady_clock::now();
  Totals totals;
  {
    Progress progress(bytes);
    std::vector<std::jthread> threads;
    for (int i = 0; i < options.parallel; ++i) {
      threads.emplace_back([&] { work(options, job, totals, progress); });
    }
  }
  return print(options, totals,
               std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count());
}

}  // namespace

void add_ingest(CLI::App& program, ExitCode& exit) {
  auto options = std::make_shared<IngestOptions>();
  auto* command = program.add_subcommand("ingest",
                                         "Put files into a bucket; run it again to go on: files "
                                         "that are there unchanged are left out");
  command->add_option("sources", options->sources, "Files, or folders whose files are all taken")
      ->required();
  command->add_option("--bucket", options->bucket, "The bucket to put them into")->required();
  command->add_option("--prefix", options->prefix, "Put before each key");
  command->add_option("--parallel", options->parallel, "Uploads at the same time")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  add_node_options(*command, options->node);
  command->callback([options, &exit] { exit = run(*options); });
}

}  // namespace sextant::cli

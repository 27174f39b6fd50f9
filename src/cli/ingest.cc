#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/bucket_ingest.h"
#include "cli/commands.h"
#include "cli/credential_chain.h"
#include "cli/file_ingest.h"
#include "cli/ingest_plan.h"
#include "cli/ingest_run.h"
#include "cli/queue_ingest.h"
#include "cli/sqs_queue.h"
#include "cli/stop_on_signal.h"
#include "core/json.h"

namespace sextant::cli {
namespace {

// What is to be taken from where, known before anything is sent.
struct Plan {
  std::vector<PlannedFile> files;
  std::vector<S3Location> locations;
  bool is_elsewhere = false;  // some of it
};

Result<Plan> make_plan(const IngestOptions& options) {
  if (options.sources.empty() && options.queue_url.empty())
    return fail(Code::Invalid, "nothing to ingest: name files, folders, s3:// or --queue");
  Plan plan;
  std::vector<std::string> paths;
  for (const auto& source : options.sources) {
    if (!is_s3_url(source)) {
      paths.push_back(source);
      continue;
    }
    SX_TRY_AS(auto location, parse_s3_url(source));
    plan.locations.push_back(std::move(location));
  }
  SX_TRY_AS(plan.files, plan_ingest(paths, options.prefix));
  plan.is_elsewhere = !plan.locations.empty() || !options.queue_url.empty();
  return plan;
}

ExitCode print(const IngestOptions& options, IngestTotals& totals, double seconds) {
  totals.tell_failures();
  if (options.node.json()) {
    const boost::json::object result{{"Sent", totals.sent()},
                                     {"Unchanged", totals.unchanged()},
                                     {"Failed", totals.failures()},
                                     {"Bytes", totals.bytes()},
                                     {"Seconds", seconds}};
    std::printf("%s\n", json::to_text(result).c_str());
  } else {
    std::printf("%llu files sent, %llu unchanged, %llu failed\n",
                static_cast<unsigned long long>(totals.sent()),
                static_cast<unsigned long long>(totals.unchanged()),
                static_cast<unsigned long long>(totals.failures()));
  }
  return totals.failures() == 0 ? ExitCode::Ok : ExitCode::Failed;
}

// All parts after one another; the first that cannot go on ends it.
Result<> ingest_all(const IngestOptions& options, Plan plan,
                    const AwsClient::Credentials& credentials, IngestTotals& totals,
                    const std::stop_token& stop) {
  if (!plan.files.empty()) SX_TRY(ingest_files(options, std::move(plan.files), totals, stop));
  for (const auto& location : plan.locations) {
    if (stop.stop_requested()) return {};
    SX_TRY(ingest_bucket(options, location, credentials, totals, stop));
  }
  if (options.queue_url.empty() || stop.stop_requested()) return {};
  return follow_queue(options, credentials, totals, stop);
}

// What is wrong with the command line or the credentials, before anything is sent to the node.
Result<> check(const IngestOptions& options, const Plan& plan, CredentialChain& chain) {
  SX_TRY(NodeClient::open(options.node));
  if (!plan.is_elsewhere) return {};
  SX_TRY(chain.keys());
  if (options.queue_url.empty()) return {};
  SX_TRY(SqsQueue::open(options.source, options.queue_url, [&chain] { return chain.keys(); }));
  return {};
}

ExitCode run(IngestOptions options) {
  options.source = resolved(std::move(options.source), environment);
  auto plan = make_plan(options);
  if (!plan) return report_usage(plan.error());
  SystemClock clock;
  CredentialChain chain(options.source, environment, clock);
  if (const auto fine = check(options, *plan, chain); !fine) return report_usage(fine.error());
  const bool follows = !options.queue_url.empty();
  std::optional<StopOnSignal> stop;
  if (follows) stop.emplace();
  const auto started = std::chrono::steady_clock::now();
  IngestTotals totals(follows ? IngestTotals::Tell::AtOnce : IngestTotals::Tell::AtTheEnd);
  const auto done = ingest_all(
      options, std::move(*plan), [&chain] { return chain.keys(); }, totals,
      stop ? stop->token() : std::stop_token());
  const auto exit =
      print(options, totals,
            std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count());
  return done ? exit : report(done.error());
}

}  // namespace

void add_ingest(CLI::App& program, ExitCode& exit) {
  auto options = std::make_shared<IngestOptions>();
  auto* command = program.add_subcommand(
      "ingest",
      "Put files, or objects of another S3, into a bucket; run it again to go on: what is there "
      "unchanged is left out");
  command->add_option("sources", options->sources,
                      "Files, folders whose files are all taken, s3://BUCKET/PREFIX");
  command->add_option("--bucket", options->bucket, "The bucket to put them into")->required();
  command->add_option("--prefix", options->prefix, "Put before each key");
  command->add_option("--parallel", options->parallel, "Uploads at the same time")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  auto* queue = command->add_option(
      "--queue", options->queue_url,
      "URL of an SQS queue with a bucket's notifications: take each object they name, until "
      "SIGTERM or SIGINT; after the sources");
  command->add_flag("--until-empty", options->until_empty, "End when the queue has nothing more")
      ->needs(queue);
  add_source_options(*command, options->source);
  add_node_options(*command, options->node);
  command->callback([options, &exit] { exit = run(*options); });
}

}  // namespace sextant::cli

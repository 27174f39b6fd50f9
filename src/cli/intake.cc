// sextant intake: who may push logs over HTTP, each with a token of its own.
#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <cstdint>
#include <memory>

#include "cli/commands.h"
#include "cli/show.h"
#include "cli/text_table.h"
#include "core/encoding.h"
#include "core/json.h"

namespace sextant::cli {
namespace {

struct IntakeOptions {
  NodeOptions node;
  std::string name;
  std::string kind;
  std::string bucket;
  std::uint64_t requests_per_s = 0;  // 0: the node's own
  std::uint64_t bytes_per_s = 0;
};

ExitCode ask(const IntakeOptions& options, AwsClient::Call call, const AsText& as_text) {
  auto client = NodeClient::open(options.node);
  if (!client) return report_usage(client.error());
  const auto response = client->call(std::move(call));
  if (!response) return report(response.error());
  const auto answer = json::parse(response->body);
  if (!answer || !answer->is_object())
    return report({Code::Corrupt, "the node's answer is not a JSON object"});
  print(options.node, answer->get_object(), as_text);
  return ExitCode::Ok;
}

ExitCode create(const IntakeOptions& options) {
  boost::json::object wanted{{"name", options.name}, {"kind", options.kind}};
  if (!options.bucket.empty()) wanted["bucket"] = options.bucket;
  if (options.requests_per_s > 0) wanted["requests_per_second"] = options.requests_per_s;
  if (options.bytes_per_s > 0) wanted["bytes_per_second"] = options.bytes_per_s;
  return ask(options,
             {.service = "sextant",
              .method = "POST",
              .path = "/_sextant/intake-sources",
              .headers = {{"content-type", "application/json"}},
              .body = json::to_text(wanted)},
             [&](const boost::json::object& answer) {
               return "source " + cell(answer, "Name") + " pushes to " + options.node.endpoint +
                      cell(answer, "Path") + "\nits batches go to s3://" + cell(answer, "Bucket") +
                      "/" + cell(answer, "Prefix") +
                      "\nits token, which is shown this once:\n\n  " + cell(answer, "Token") + "\n";
             });
}

ExitCode list(const IntakeOptions& options) {
  return ask(options, {.service = "sextant", .path = "/_sextant/intake-sources"},
             [](const boost::json::object& answer) {
               TextTable table(
                   {"source", "kind", "bucket", "token id", "requests/s", "bytes/s", "created"});
               for (const auto& item : answer.at("Sources").as_array()) {
                 const auto& row = item.as_object();
                 table.add({cell(row, "Name"), cell(row, "Kind"), cell(row, "Bucket"),
                            cell(row, "TokenId"), cell(row, "RequestsPerSecond"),
                            cell(row, "BytesPerSecond"), cell(row, "Created")});
               }
               return table.empty()
                          ? std::string("no sources: make one with sextant intake create\n")
                          : table.text();
             });
}

ExitCode revoke(const IntakeOptions& options) {
  return ask(options,
             {.service = "sextant",
              .method = "DELETE",
              .path = "/_sextant/intake-sources/" + uri_encode(options.name)},
             [](const boost::json::object& answer) {
               return "source " + cell(answer, "Name") + " is revoked: its token is refused\n";
             });
}

}  // namespace

void add_intake(CLI::App& program, ExitCode& exit) {
  auto options = std::make_shared<IntakeOptions>();
  auto* intake = program.add_subcommand("intake", "Who may push logs over HTTP");
  intake->require_subcommand(1);

  auto* making = intake->add_subcommand("create", "Make a source and its token");
  making->add_option("name", options->name, "Its name: letters, digits and . _ -")->required();
  making->add_option("--kind", options->kind, "What it sends: alb, waf, …; auto finds out")
      ->required();
  making->add_option("--bucket", options->bucket,
                     "Where its batches go (default: the bucket whose function has the stage "
                     "parsers.KIND)");
  making->add_option("--requests-per-second", options->requests_per_s, "More are refused with 429")
      ->check(CLI::PositiveNumber);
  making->add_option("--bytes-per-second", options->bytes_per_s, "More are refused with 429")
      ->check(CLI::PositiveNumber);
  add_node_options(*making, options->node);
  making->callback([options, &exit] { exit = create(*options); });

  auto* listing = intake->add_subcommand("list", "List the sources");
  add_node_options(*listing, options->node);
  listing->callback([options, &exit] { exit = list(*options); });

  auto* revoking = intake->add_subcommand("revoke", "Refuse a source's token from now on");
  revoking->add_option("name", options->name, "The source")->required();
  add_node_options(*revoking, options->node);
  revoking->callback([options, &exit] { exit = revoke(*options); });
}

}  // namespace sextant::cli

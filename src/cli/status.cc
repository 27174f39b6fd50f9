#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/json.hpp>
#include <chrono>
#include <cstdint>
#include <memory>

#include "cli/commands.h"
#include "cli/show.h"
#include "cli/text_table.h"
#include "core/clock.h"
#include "core/encoding.h"
#include "core/json.h"

namespace sextant::cli {
namespace {

// Where to look when something failed.
std::string failures_text(const boost::json::object& answer) {
  std::uint64_t failed = 0;
  for (const auto& item : answer.at("Functions").as_array())
    failed += item.as_object().at("Failed").to_number<std::uint64_t>();
  if (failed == 0) return {};
  return std::to_string(failed) +
         " deliveries failed: see `sextant deliveries --outcome sent_to_failure_destination` and "
         "`--outcome dropped`\n";
}

std::string status_text(const boost::json::object& answer) {
  TextTable table({"function", "pending", "in flight", "succeeded", "failed", "retried", "rows",
                   "malformed", "lag s", "rows/s", "revision"});
  for (const auto& item : answer.at("Functions").as_array()) {
    const auto& row = item.as_object();
    table.add({cell(row, "Function"), cell(row, "Pending"), cell(row, "InFlight"),
               cell(row, "Succeeded"), cell(row, "Failed"), cell(row, "Retried"),
               cell(row, "RowsLanded"), cell(row, "RowsMalformed"), cell(row, "LagSeconds"),
               cell(row, "RowsPerSecond"), cell(row, "Revision")});
  }
  const auto head = "account " + cell(answer, "Account") + ", region " + cell(answer, "Region") +
                    ", " + cell(answer, "Pending") +
                    " deliveries pending; counts are since the node started\n";
  return head + (table.empty() ? "nothing has been delivered\n" : table.text()) +
         failures_text(answer);
}

struct StatusOptions {
  NodeOptions node;
  bool wait = false;
  int timeout_s = 300;
};

bool is_pending(const boost::json::object& answer) {
  const auto* pending = json::find(answer, "Pending");
  return pending != nullptr && pending->to_number<std::uint64_t>() > 0;
}

// The last answer: of a node without pending deliveries, unless the time is over.
Result<boost::json::object> get_status(NodeClient& client, const StatusOptions& options) {
  constexpr std::chrono::milliseconds kPauseMax{500};
  std::chrono::milliseconds pause{10};
  SystemClock clock;
  const auto ends = clock.now() + std::chrono::seconds(options.timeout_s);
  for (;;) {
    auto answer = get_json(client, "status");
    if (!answer || !options.wait || !is_pending(*answer) || clock.now() >= ends) return answer;
    clock.wait_until(std::min(ends, clock.now() + pause), {});
    pause = std::min(pause * 2, kPauseMax);
  }
}

ExitCode show_status(const StatusOptions& options) {
  auto client = NodeClient::open(options.node);
  if (!client) return report_usage(client.error());
  const auto answer = get_status(*client, options);
  if (!answer) return report(answer.error());
  print(options.node, *answer, status_text);
  if (!options.wait || !is_pending(*answer)) return ExitCode::Ok;
  return report({Code::Exhausted, cell(*answer, "Pending") +
                                      " deliveries are still pending after " +
                                      std::to_string(options.timeout_s) + " s"});
}

std::string deliveries_text(const boost::json::object& answer) {
  TextTable table(
      {"delivery", "function", "outcome", "attempts", "rows", "malformed", "object", "cause"});
  for (const auto& item : answer.at("Deliveries").as_array()) {
    const auto& row = item.as_object();
    const auto* cause = row.if_contains("Cause");
    table.add({cell(row, "DeliveryId"), cell(row, "Function"), cell(row, "Outcome"),
               cell(row, "Attempts"), cell(row, "RowsLanded"), cell(row, "RowsMalformed"),
               cell(row, "Bucket") + "/" + cell(row, "Key"),
               cause == nullptr ? ""
                                : cell(cause->as_object(), "Code") + ": " +
                                      cell(cause->as_object(), "Message")});
  }
  if (table.empty()) return "no deliveries\n";
  const bool all = json::find(answer, "NextToken") == nullptr;
  return table.text() + (all ? "" : "and more: --max-items shows more of them\n");
}

struct DeliveriesOptions {
  NodeOptions node;
  std::string outcome;
  int items_max = 100;
  bool summary = false;
};

// Page by page, until there are as many as were asked for.
Result<boost::json::object> get_deliveries(NodeClient& client, const DeliveriesOptions& options) {
  boost::json::array all;
  std::string token;
  do {
    const auto left = static_cast<std::size_t>(options.items_max) - all.size();
    auto query = "max_items=" + std::to_string(left);
    if (!options.outcome.empty()) query += "&outcome=" + options.outcome;
    if (!token.empty()) query += "&next_token=" + uri_encode(token);
    SX_TRY_AS(auto page, get_json(client, "deliveries", query));
    for (auto& row : page.at("Deliveries").as_array()) all.push_back(std::move(row));
    token = json::text_or(page, "NextToken");
  } while (!token.empty() && all.size() < static_cast<std::size_t>(options.items_max));
  boost::json::object answer{{"Deliveries", std::move(all)}};
  if (!token.empty()) answer["NextToken"] = token;
  return answer;
}

ExitCode show_deliveries(const DeliveriesOptions& options) {
  auto client = NodeClient::open(options.node);
  if (!client) return report_usage(client.error());
  const auto answer = get_deliveries(*client, options);
  if (!answer) return report(answer.error());
  print(options.node, *answer, deliveries_text);
  return ExitCode::Ok;
}

std::string summary_text(const boost::json::object& answer) {
  TextTable table({"outcome", "deliveries"});
  for (const auto& outcome : answer.at("Outcomes").as_object()) {
    table.add({std::string(outcome.key()), cell(answer.at("Outcomes").as_object(), outcome.key())});
  }
  return table.text() + cell(answer, "Attempts") + " attempts, " + cell(answer, "RowsLanded") +
         " rows landed, " + cell(answer, "RowsMalformed") + " malformed\n";
}

}  // namespace

void add_status(CLI::App& program, ExitCode& exit) {
  auto options = std::make_shared<StatusOptions>();
  auto* command =
      program.add_subcommand("status", "Show queues, rates, lag and errors of each function");
  auto* wait = command->add_flag("--wait", options->wait, "First wait until nothing is pending");
  command->add_option("--timeout", options->timeout_s, "Seconds to wait at most")
      ->check(CLI::Range(0, 86'400))
      ->needs(wait)
      ->capture_default_str();
  add_node_options(*command, options->node);
  command->callback([options, &exit] { exit = show_status(*options); });
}

void add_deliveries(CLI::App& program, ExitCode& exit) {
  auto options = std::make_shared<DeliveriesOptions>();
  auto* command = program.add_subcommand("deliveries", "List deliveries with their outcome");
  command->add_option("--outcome", options->outcome, "Only these")
      ->check(CLI::IsMember({"pending", "succeeded", "sent_to_failure_destination", "dropped"}));
  command->add_flag("--summary", options->summary, "Only how many there are of each outcome");
  command->add_option("--max-items", options->items_max, "At most so many")
      ->check(CLI::Range(1, 100'000'000))
      ->capture_default_str();
  add_node_options(*command, options->node);
  command->callback([options, &exit] {
    if (options->summary) {
      exit = show(options->node, "deliveries/summary", "", summary_text);
      return;
    }
    exit = show_deliveries(*options);
  });
}

}  // namespace sextant::cli

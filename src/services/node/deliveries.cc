#include <algorithm>
#include <boost/json.hpp>
#include <map>

#include "core/encoding.h"
#include "core/json.h"
#include "core/strings.h"
#include "core/time_text.h"
#include "services/node/handlers.h"
#include "store/delivery.h"
#include "store/keys.h"

namespace sextant::services::node {
namespace {

constexpr std::size_t kItemsMax = 1'000;

boost::json::object to_json(const store::Delivery& delivery) {
  boost::json::object row{{"DeliveryId", delivery.id.text()},
                          {"Function", delivery.function.text()},
                          {"Outcome", store::to_string(delivery.outcome)},
                          {"Event", delivery.event.name},
                          {"Bucket", delivery.event.bucket},
                          {"Key", delivery.event.key},
                          {"ETag", delivery.event.etag},
                          {"Sequencer", delivery.event.sequencer},
                          {"Size", delivery.event.size},
                          {"Created", iso8601(delivery.created)},
                          {"Attempts", delivery.attempts},
                          {"Revision", delivery.revision},
                          {"RowsLanded", delivery.rows_landed},
                          {"RowsMalformed", delivery.rows_malformed},
                          {"TraceId", delivery.trace.trace_id}};
  if (delivery.started) row["Started"] = iso8601(*delivery.started);
  if (delivery.ended) row["Ended"] = iso8601(*delivery.ended);
  if (delivery.cause) {
    row["Cause"] = boost::json::object{{"Code", delivery.cause->code},
                                       {"Message", delivery.cause->message},
                                       {"Stage", delivery.cause->stage}};
  }
  boost::json::array stages;
  for (const auto& stage : delivery.stages) {
    stages.push_back(boost::json::object{{"Stage", stage.stage},
                                         {"RowsIn", stage.rows_in},
                                         {"RowsOut", stage.rows_out},
                                         {"CpuMicros", stage.micros}});
  }
  row["Stages"] = std::move(stages);
  return row;
}

// What a listing keeps: "" keeps all.
struct Wanted {
  std::string outcome;
  std::string function;
  std::size_t items_max = 0;

  bool matches(const store::Delivery& delivery) const {
    return (outcome.empty() || outcome == store::to_string(delivery.outcome)) &&
           (function.empty() || function == delivery.function.text());
  }
};

// Adds what matches of one page; `last` is the key of the entry looked at last.
Result<> add_matching(const std::vector<ports::Entry>& page, const Wanted& wanted,
                      boost::json::array& rows, std::string& last) {
  for (const auto& entry : page) {
    if (rows.size() == wanted.items_max) return {};
    last = entry.key;
    SX_TRY_AS(const auto delivery, store::decode_delivery(entry.value));
    if (wanted.matches(delivery)) rows.push_back(to_json(delivery));
  }
  return {};
}

}  // namespace

Result<sdk::Output> list_deliveries(const NodeParts& parts, const sdk::Input& input) {
  const auto asked = parse_u64(json::text_or(input.parameters, "MaxItems", "100"));
  const auto token = from_hex(json::text_or(input.parameters, "NextToken"));
  if (!asked || *asked == 0 || !token) {
    return fail(Code::Invalid, "MaxItems is a number from 1 on, NextToken what the last page gave",
                "ValidationException");
  }
  const Wanted wanted{.outcome = json::text_or(input.parameters, "Outcome"),
                      .function = json::text_or(input.parameters, "Function"),
                      .items_max = std::min<std::size_t>(*asked, kItemsMax)};
  const auto prefix = store::keys::deliveries(parts.scope);
  boost::json::array rows;
  auto after = token->empty() ? std::string() : prefix + *token;
  sdk::Output output;
  for (bool more = true; more && rows.size() < wanted.items_max;) {
    SX_TRY_AS(const auto page, parts.state.scan(prefix, after, kItemsMax));
    more = page.size() == kItemsMax;
    SX_TRY(add_matching(page, wanted, rows, after));
  }
  if (rows.size() == wanted.items_max)
    output.result["NextToken"] = hex(after.substr(prefix.size()));
  output.result["Deliveries"] = std::move(rows);
  return output;
}

Result<sdk::Output> summarize_deliveries(const NodeParts& parts, const sdk::Input&) {
  std::map<store::OutcomeKind, std::uint64_t> count;
  std::uint64_t landed = 0;
  std::uint64_t malformed = 0;
  std::uint64_t attempts = 0;
  SX_TRY(ports::for_each(parts.state, store::keys::deliveries(parts.scope),
                         [&](const ports::Entry& entry) -> Result<> {
                           SX_TRY_AS(const auto delivery, store::decode_delivery(entry.value));
                           ++count[delivery.outcome];
                           landed += delivery.rows_landed;
                           malformed += delivery.rows_malformed;
                           attempts += delivery.attempts;
                           return {};
                         }));
  sdk::Output output;
  boost::json::object outcomes;
  for (const auto kind :
       {store::OutcomeKind::Pending, store::OutcomeKind::Succeeded,
        store::OutcomeKind::SentToFailureDestination, store::OutcomeKind::Dropped}) {
    outcomes[store::to_string(kind)] = count[kind];
  }
  output.result = {{"RowsLanded", landed}, {"RowsMalformed", malformed}, {"Attempts", attempts}};
  output.result["Outcomes"] = std::move(outcomes);
  return output;
}

}  // namespace sextant::services::node

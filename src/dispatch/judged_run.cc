#include "dispatch/judged_run.h"

#include <exception>
#include <set>
#include <utility>

namespace sextant::dispatch {
namespace {

using runtime::native::Failure;
using runtime::native::Report;

sdk::Source source_of(const store::Event& event, const std::stop_token& stop) {
  return {.path = "s3://" + event.bucket + "/" + event.key,
          .object_version = event.sequencer,
          .size = event.size,
          .received = event.time,
          .stop = stop};
}

Result<const model::Table*> find_table(const store::Configuration& configuration,
                                       const TableName& name) {
  const auto table = configuration.tables.find(name);
  if (table != configuration.tables.end()) return &table->second;
  return fail(Code::NotFound,
              "table '" + name.text() +
                  "' is not declared: add an AWS::Glue::Table of that name to the template",
              "EntityNotFoundException");
}

// The inventory is the table of that name, joined as of a time: who may read the one reads both.
Result<std::shared_ptr<const sdk::Inventory>> read_inventory(const DispatcherParts& parts,
                                                             AttemptJudge& judge) {
  const auto configuration = parts.configuration.current();
  SX_TRY_AS(const auto* table,
            find_table(*configuration, TableName(std::string(sdk::kInventoryTable))));
  SX_TRY(judge.read_table(*table));
  if (parts.inventory == nullptr) return fail(Code::Invalid, "this node keeps no inventory");
  return parts.inventory->current();
}

// Rows go to declared tables only, each of which the role must be allowed to land in.
class Landings {
 public:
  Landings(const DispatcherParts& parts, AttemptJudge& judge, lake::Landing& landing)
      : configuration_(parts.configuration.current()), judge_(judge), landing_(landing) {}

  Result<> take(const sdk::Rows& rows) {
    const TableName name(rows.table);
    if (!allowed_.contains(name)) {
      SX_TRY_AS(const auto* table, find_table(*configuration_, name));
      SX_TRY(judge_.land_in(*table));
      allowed_.insert(name);
    }
    return landing_.add(name, rows.batch);
  }

  bool landed_in(const TableName& name) const { return allowed_.contains(name); }

 private:
  std::shared_ptr<const store::Configuration> configuration_;
  AttemptJudge& judge_;
  lake::Landing& landing_;
  std::set<TableName> allowed_;
};

std::unexpected<Failure> failed(Error error) {
  return std::unexpected(Failure{std::move(error), ""});
}

std::expected<Report, Failure> run(const DispatcherParts& parts, const store::Delivery& delivery,
                                   const Revision& revision, AttemptJudge& judge,
                                   lake::Landing& landing, const std::stop_token& stop) {
  if (auto allowed = judge.invoke(); !allowed) return failed(std::move(allowed).error());
  if (auto allowed = judge.read_object(); !allowed) return failed(std::move(allowed).error());
  for (const auto& outside : revision.pipeline->outside_calls()) {
    if (auto allowed = judge.call_outside(outside); !allowed)
      return failed(std::move(allowed).error());
  }
  auto source = source_of(delivery.event, stop);
  if (revision.pipeline->reads_inventory()) {
    auto inventory = read_inventory(parts, judge);
    if (!inventory) return failed(std::move(inventory).error());
    source.inventory = std::move(*inventory);
  }
  auto reader = parts.bodies.open(delivery.event.body);
  if (!reader) return failed(std::move(reader).error());
  std::uint64_t offset = 0;
  const auto read = [&](std::span<char> into) -> Result<std::size_t> {
    SX_TRY_AS(const auto count, (*reader)->read_at(offset, into));
    offset += count;
    return count;
  };
  Landings landings(parts, judge, landing);
  const auto timeout = std::chrono::seconds(revision.function->timeout_s);
  auto report = revision.pipeline->run(
      source, read, [&](const sdk::Rows& rows) { return landings.take(rows); },
      {.clock = parts.clock, .deadline = parts.clock.now() + timeout});
  const TableName inventory{std::string(sdk::kInventoryTable)};
  if (report && !report->snapshots.empty() && !landings.landed_in(inventory))
    return failed({Code::Invalid, "a snapshot of the inventory without rows in its table"});
  return report;
}

}  // namespace

RunResult judged_run(const DispatcherParts& parts, const store::Delivery& delivery,
                     const Revision& revision, AttemptJudge& judge, const std::stop_token& stop) {
  RunResult result{.landing = parts.lander.open(), .report = Report{}};
  try {
    result.report = run(parts, delivery, revision, judge, *result.landing, stop);
  } catch (const std::exception& thrown) {  // a library's, out of a stage: memory, above all
    result.report = failed({Code::Exhausted, thrown.what(), "Runtime.Unhandled"});
  }
  return result;
}

}  // namespace sextant::dispatch

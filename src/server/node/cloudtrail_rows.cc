#include "server/node/cloudtrail_rows.h"

#include <arrow/array/util.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include <algorithm>

#include "core/arrow_result.h"
#include "core/log.h"
#include "core/strings.h"
#include "intel/enrichers/address_class.h"
#include "intel/enrichers/geoip.h"
#include "intel/parsers/cloudtrail.h"
#include "store/keys.h"

namespace sextant::server {
namespace {

// A collector of CloudTrail's logs that tells where addresses are: of several, the first by name.
const model::Function* find_collector(const store::Configuration& configuration) {
  for (const auto& [name, function] : configuration.functions) {
    const auto stages = split(function.handler, '|');
    if (stages.front() != intel::kCloudTrail.id) continue;
    if (std::ranges::find(stages, intel::kGeoipEnricher.id) != stages.end()) return &function;
  }
  return nullptr;
}

Result<BatchPtr> through(const sdk::Prepared& enricher, BatchPtr batch) {
  BatchPtr out;
  const auto stage = enricher.start({});
  SX_TRY(stage->rows({.table = "cloudtrail", .batch = std::move(batch)},
                     [&out](sdk::Rows rows) -> Result<> {
                       out = std::move(rows.batch);
                       return {};
                     }));
  return out;
}

Result<BatchPtr> with_nulls(const BatchPtr& batch, const arrow::FieldVector& wanted) {
  auto fields = batch->schema()->fields();
  auto arrays = batch->columns();
  for (const auto& field : wanted) {
    if (batch->schema()->GetFieldByName(field->name()) != nullptr) continue;
    SX_TRY_AS(auto nulls, from_arrow(arrow::MakeArrayOfNull(field->type(), batch->num_rows())));
    fields.push_back(field);
    arrays.push_back(std::move(nulls));
  }
  return arrow::RecordBatch::Make(arrow::schema(std::move(fields)), batch->num_rows(),
                                  std::move(arrays));
}

void tell(const Error& error) {
  log::error("rows of the audit log do not tell where addresses are", {{"error", error.message}});
}

class ParsedRows final : public services::audit::CloudTrailRows {
 public:
  ParsedRows(const Scope& scope, std::shared_ptr<const sdk::Prepared> geoip)
      : geoip_(std::move(geoip)),
        reader_(intel::kCloudTrail.make_reader({.path = store::keys::audit_stream(scope),
                                                .account = scope.account.text(),
                                                .region = scope.region.text(),
                                                .received = {}},
                                               {})) {}

  bool add(std::uint64_t sequence, std::string_view record) override {
    bool is_row = true;
    const intel::Line line{.text = record, .offset = sequence};
    reader_->read({&line, 1}, [&](std::size_t, const std::string&) { is_row = false; });
    return is_row;
  }

  Result<BatchPtr> finish() override {
    auto batch = with_places(reader_->finish());
    SX_TRY_AS(const auto address_class, intel::kAddressClassEnricher.prepare({}));
    SX_TRY_AS(batch, through(*address_class, std::move(batch)));
    return with_nulls(batch, intel::geoip_columns());
  }

 private:
  // A damaged database keeps no record from landing.
  BatchPtr with_places(BatchPtr batch) const {
    if (!geoip_) return batch;
    auto placed = through(*geoip_, batch);
    if (placed) return std::move(*placed);
    tell(placed.error());
    return batch;
  }

  const std::shared_ptr<const sdk::Prepared> geoip_;  // may be null
  const std::unique_ptr<intel::LineReader> reader_;
};

}  // namespace

std::shared_ptr<const sdk::Prepared> AuditRowMaker::load(const Variables& variables) const {
  auto prepared = intel::kGeoipEnricher.prepare({.variables = variables, .data_folder = files_});
  if (prepared) return std::move(*prepared);
  tell(prepared.error());
  return nullptr;
}

std::shared_ptr<const sdk::Prepared> AuditRowMaker::geoip() {
  const auto configuration = configuration_.current();
  const auto* collector = find_collector(*configuration);
  if (collector == nullptr) return nullptr;
  const bool same = variables_ == collector->environment;
  if (geoip_ && same && !geoip_->stale()) return geoip_;
  // What cannot be read may be just being copied: that of before serves meanwhile, and the next
  // call tries anew.
  auto loaded = load(collector->environment);
  if (loaded || !same) geoip_ = std::move(loaded);
  variables_ = collector->environment;
  return geoip_;
}

std::unique_ptr<services::audit::CloudTrailRows> AuditRowMaker::make() {
  return std::make_unique<ParsedRows>(scope_, geoip());
}

}  // namespace sextant::server

#include "server/node/cloudtrail_rows.h"

#include <arrow/array/util.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "core/arrow_result.h"
#include "intel/enrichers/address_class.h"
#include "intel/enrichers/geoip.h"
#include "intel/parsers/cloudtrail.h"
#include "store/keys.h"

namespace sextant::server {
namespace {

Result<BatchPtr> through(const sdk::Function& enricher, BatchPtr batch) {
  SX_TRY_AS(const auto prepared, enricher.prepare({}));
  BatchPtr out;
  const auto stage = prepared->start({});
  SX_TRY(stage->rows({.table = "cloudtrail", .batch = std::move(batch)},
                     [&out](sdk::Rows rows) -> Result<> {
                       out = std::move(rows.batch);
                       return {};
                     }));
  return out;
}

Result<BatchPtr> with_nulls(BatchPtr batch, const arrow::FieldVector& added) {
  auto fields = batch->schema()->fields();
  auto arrays = batch->columns();
  for (const auto& field : added) {
    SX_TRY_AS(auto nulls, from_arrow(arrow::MakeArrayOfNull(field->type(), batch->num_rows())));
    fields.push_back(field);
    arrays.push_back(std::move(nulls));
  }
  return arrow::RecordBatch::Make(arrow::schema(std::move(fields)), batch->num_rows(),
                                  std::move(arrays));
}

class ParsedRows final : public services::audit::CloudTrailRows {
 public:
  explicit ParsedRows(const Scope& scope)
      : reader_(intel::kCloudTrail.make_reader({.path = store::keys::audit_stream(scope),
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
    SX_TRY_AS(auto batch, through(intel::kAddressClassEnricher, reader_->finish()));
    return with_nulls(std::move(batch), intel::geoip_columns());
  }

 private:
  const std::unique_ptr<intel::LineReader> reader_;
};

}  // namespace

std::unique_ptr<services::audit::CloudTrailRows> make_cloudtrail_rows(const Scope& scope) {
  return std::make_unique<ParsedRows>(scope);
}

}  // namespace sextant::server

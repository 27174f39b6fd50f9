#include "intel/parsers/malformed_rows.h"

#include <arrow/record_batch.h>
#include <arrow/type.h>

namespace sextant::intel {
const SchemaPtr& malformed_schema() {
  static const auto kText = arrow::dictionary(arrow::int32(), arrow::utf8());
  static const SchemaPtr kSchema = arrow::schema({
      arrow::field("ts", arrow::timestamp(arrow::TimeUnit::MICRO, "UTC")),
      arrow::field("reason", kText),
      arrow::field("log.file.path", kText),
      arrow::field("log.offset", arrow::int64()),
      arrow::field("log.length", arrow::int64()),
      arrow::field("kind", kText),
      arrow::field("raw", arrow::binary()),
  });
  return kSchema;
}

void MalformedRows::add(const MalformedLine& line) {
  time_.set(rows_, line.time.time_since_epoch().count());
  reason_.set(rows_, line.reason);
  path_.set(rows_, line.path);
  offset_.set(rows_, static_cast<std::int64_t>(line.offset));
  length_.set(rows_, static_cast<std::int64_t>(line.length));
  kind_.set(rows_, line.kind);
  raw_.set(rows_, line.raw.substr(0, kRawBytesMax));
  ++rows_;
}

BatchPtr MalformedRows::finish() {
  const auto rows = std::exchange(rows_, 0);
  const auto& schema = malformed_schema();
  return arrow::RecordBatch::Make(
      schema, static_cast<std::int64_t>(rows),
      {time_.finish(rows, schema->field(0)->type()), reason_.finish(rows), path_.finish(rows),
       offset_.finish(rows, arrow::int64()), length_.finish(rows, arrow::int64()),
       kind_.finish(rows), raw_.finish_binary(rows)});
}

}  // namespace sextant::intel

#include "runtime/native/dead_letters.h"

#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "core/arrow_result.h"

namespace sextant::runtime::native {
namespace {

template <typename Text>
Result<ArrayPtr> text_column(const std::vector<DeadLetter>& letters, Text text) {
  arrow::StringBuilder builder;
  for (const auto& letter : letters) SX_TRY(from_arrow(builder.Append(text(letter))));
  return from_arrow(builder.Finish());
}

Result<ArrayPtr> time_column(const std::vector<DeadLetter>& letters, const TypePtr& type) {
  arrow::TimestampBuilder builder(type, arrow::default_memory_pool());
  for (const auto& letter : letters)
    SX_TRY(from_arrow(builder.Append(letter.time.time_since_epoch().count())));
  return from_arrow(builder.Finish());
}

Result<ArrayPtr> offset_column(const std::vector<DeadLetter>& letters) {
  arrow::Int64Builder builder;
  for (const auto& letter : letters) SX_TRY(from_arrow(builder.AppendOrNull(letter.offset)));
  return from_arrow(builder.Finish());
}

}  // namespace

Result<BatchPtr> dead_letter_rows(const std::vector<DeadLetter>& letters) {
  static const SchemaPtr kSchema = arrow::schema({
      arrow::field("ts", arrow::timestamp(arrow::TimeUnit::MICRO, "UTC")),
      arrow::field("reason", arrow::utf8()),
      arrow::field("search.index", arrow::utf8()),
      arrow::field("search.document_id", arrow::utf8()),
      arrow::field("log.file.path", arrow::utf8()),
      arrow::field("log.offset", arrow::int64()),
      arrow::field("document", arrow::utf8()),
  });
  SX_TRY_AS(auto time, time_column(letters, kSchema->field(0)->type()));
  SX_TRY_AS(auto reason, text_column(letters, [](const auto& letter) { return letter.reason; }));
  SX_TRY_AS(auto index, text_column(letters, [](const auto& letter) { return letter.index; }));
  SX_TRY_AS(auto id, text_column(letters, [](const auto& letter) { return letter.id; }));
  SX_TRY_AS(auto path, text_column(letters, [](const auto& letter) { return letter.path; }));
  SX_TRY_AS(auto offset, offset_column(letters));
  SX_TRY_AS(auto document,
            text_column(letters, [](const auto& letter) { return letter.document; }));
  return arrow::RecordBatch::Make(
      kSchema, static_cast<std::int64_t>(letters.size()),
      {std::move(time), std::move(reason), std::move(index), std::move(id), std::move(path),
       std::move(offset), std::move(document)});
}

}  // namespace sextant::runtime::native

#include <arrow/api.h>
#include <arrow/io/memory.h>
#include <parquet/arrow/writer.h>

#include "core/arrow_result.h"
#include "lake/delta_actions.h"
#include "lake/delta_parts.h"
#include "lake/partitions.h"

namespace sextant::lake {
namespace {

using arrow::field;
using arrow::int32;
using arrow::int64;
using arrow::utf8;

std::shared_ptr<arrow::DataType> text_map() { return arrow::map(utf8(), utf8()); }

// One column for each kind of action; a row fills one of them.
SchemaPtr checkpoint_schema() {
  return arrow::schema(
      {field("txn", arrow::struct_({field("appId", utf8()), field("version", int64()),
                                    field("lastUpdated", int64())})),
       field("add",
             arrow::struct_({field("path", utf8()), field("partitionValues", text_map()),
                             field("size", int64()), field("modificationTime", int64()),
                             field("dataChange", arrow::boolean()), field("stats", utf8())})),
       field("remove",
             arrow::struct_({field("path", utf8()), field("deletionTimestamp", int64()),
                             field("dataChange", arrow::boolean()),
                             field("extendedFileMetadata", arrow::boolean()),
                             field("partitionValues", text_map()), field("size", int64())})),
       field("metaData",
             arrow::struct_(
                 {field("id", utf8()), field("name", utf8()),
                  field("format",
                        arrow::struct_({field("provider", utf8()), field("options", text_map())})),
                  field("schemaString", utf8()), field("partitionColumns", arrow::list(utf8())),
                  field("configuration", text_map())})),
       field("protocol", arrow::struct_({field("minReaderVersion", int32()),
                                         field("minWriterVersion", int32())}))});
}

// Appends to the members of one struct after the other; the first failure is kept.
class StructRow {
 public:
  StructRow(arrow::StructBuilder& builder, arrow::Status& status)
      : builder_(builder), status_(status) {
    keep(builder.Append());
  }
  StructRow& text(std::string_view value) {
    keep(next<arrow::StringBuilder>().Append(value));
    return *this;
  }
  StructRow& number(std::uint64_t value) {
    keep(next<arrow::Int64Builder>().Append(static_cast<std::int64_t>(value)));
    return *this;
  }
  StructRow& small_number(std::int32_t value) {
    keep(next<arrow::Int32Builder>().Append(value));
    return *this;
  }
  StructRow& truth(bool value) {
    keep(next<arrow::BooleanBuilder>().Append(value));
    return *this;
  }
  StructRow& map(
      const std::vector<std::pair<std::string_view, std::optional<std::string>>>& entries) {
    auto& map = next<arrow::MapBuilder>();
    keep(map.Append());
    for (const auto& [name, value] : entries) {
      keep(static_cast<arrow::StringBuilder*>(map.key_builder())->Append(name));
      auto& items = static_cast<arrow::StringBuilder&>(*map.item_builder());
      keep(value ? items.Append(*value) : items.AppendNull());
    }
    return *this;
  }
  StructRow& list(const std::vector<std::string_view>& values) {
    auto& list = next<arrow::ListBuilder>();
    keep(list.Append());
    for (const auto value : values) {
      keep(static_cast<arrow::StringBuilder*>(list.value_builder())->Append(value));
    }
    return *this;
  }
  StructRow inner() { return {next<arrow::StructBuilder>(), status_}; }

 private:
  template <typename Builder>
  Builder& next() {
    return static_cast<Builder&>(*builder_.field_builder(next_++));
  }
  void keep(const arrow::Status& status) { status_ &= status; }

  arrow::StructBuilder& builder_;
  arrow::Status& status_;
  int next_ = 0;
};

enum ActionColumn { kTxn, kAdd, kRemove, kMetaData, kProtocol, kActionColumns };

class CheckpointRows {
 public:
  Result<> open() {
    SX_TRY_AS(builder_, from_arrow(arrow::RecordBatchBuilder::Make(checkpoint_schema(),
                                                                   arrow::default_memory_pool())));
    return {};
  }
  StructRow row(ActionColumn column) {
    for (int i = 0; i < kActionColumns; ++i) {
      if (i != column) status_ &= builder_->GetField(i)->AppendNull();
    }
    return {static_cast<arrow::StructBuilder&>(*builder_->GetField(column)), status_};
  }
  Result<BatchPtr> finish() {
    SX_TRY(from_arrow(status_));
    return from_arrow(builder_->Flush());
  }

 private:
  std::unique_ptr<arrow::RecordBatchBuilder> builder_;
  arrow::Status status_;
};

std::uint64_t millis(Time time) { return static_cast<std::uint64_t>(to_millis(time)); }

void add_files(CheckpointRows& rows, const std::vector<DeltaFile>& files) {
  for (const auto& file : files) {
    const auto values = partition_of(file.path);
    rows.row(kAdd)
        .text(delta_path(file))
        .map({{"date", values.date}, {"hour", values.hour}})
        .number(file.size)
        .number(millis(file.modified))
        .truth(false)
        .text(delta_stats(file));
  }
}

void add_removed(CheckpointRows& rows, const DeltaRemoval& removal) {
  for (const auto& file : removal.files) {
    const auto values = partition_of(file.path);
    rows.row(kRemove)
        .text(delta_path(file))
        .number(millis(removal.at))
        .truth(false)
        .truth(true)
        .map({{"date", values.date}, {"hour", values.hour}})
        .number(file.size);
  }
}

Result<BatchPtr> checkpoint_rows(const DeltaHead& head, const DeltaState& state) {
  CheckpointRows rows;
  SX_TRY(rows.open());
  rows.row(kProtocol).small_number(1).small_number(2);
  auto metadata = rows.row(kMetaData);
  metadata.text(head.table_id).text(head.table);
  metadata.inner().text("parquet").map({});
  metadata.text(head.schema).list({"date", "hour"}).map({{kDeltaWindowName, delta_window(head)}});
  rows.row(kTxn).text(kDeltaAppId).number(head.position).number(millis(head.now));
  add_files(rows, state.files);
  for (const auto& removal : state.removed) add_removed(rows, removal);
  return rows.finish();
}

}  // namespace

std::uint64_t delta_actions(const DeltaState& state) {
  constexpr std::size_t kAlways = 3;  // protocol, description, position
  auto count = kAlways + state.files.size();
  for (const auto& removal : state.removed) count += removal.files.size();
  return count;
}

Result<std::string> delta_checkpoint(const DeltaHead& head, const DeltaState& state) {
  SX_TRY_AS(const auto batch, checkpoint_rows(head, state));
  SX_TRY_AS(const auto table, from_arrow(arrow::Table::FromRecordBatches({batch})));
  SX_TRY_AS(const auto stream, from_arrow(arrow::io::BufferOutputStream::Create()));
  const auto properties =
      parquet::WriterProperties::Builder().compression(parquet::Compression::ZSTD)->build();
  SX_TRY(from_arrow(parquet::arrow::WriteTable(*table, arrow::default_memory_pool(), stream,
                                               parquet::DEFAULT_MAX_ROW_GROUP_LENGTH, properties)));
  SX_TRY_AS(const auto bytes, from_arrow(stream->Finish()));
  return bytes->ToString();
}

}  // namespace sextant::lake

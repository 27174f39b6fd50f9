#include "adapters/embedded/parquet_writer.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <parquet/arrow/writer.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "adapters/embedded/parquet_aliases.h"
#include "adapters/embedded/parquet_columns.h"
#include "adapters/embedded/parquet_output.h"
#include "adapters/embedded/parquet_properties.h"
#include "adapters/embedded/parquet_text.h"
#include "core/arrow_result.h"
#include "core/nest.h"

namespace sextant::adapters {
namespace {

constexpr std::string_view kTimeColumn = "ts";

// What the time column of the rows written so far spans.
struct TimeSpan {
  std::optional<Time> min;
  std::optional<Time> max;

  void take(const arrow::Array& array, const RowChoice& choice) {
    const auto& times = static_cast<const arrow::TimestampArray&>(array);
    const auto count = choice.all ? array.length() : static_cast<std::int64_t>(choice.rows.size());
    for (std::int64_t i = 0; i < count; ++i) {
      const auto row = choice.all ? i : choice.rows[static_cast<std::size_t>(i)];
      if (times.IsNull(row)) continue;
      const Time time{Duration(times.Value(row))};
      min = min ? std::min(*min, time) : time;
      max = max ? std::max(*max, time) : time;
    }
  }
};

bool is_micros(const arrow::DataType& type) {
  return type.id() == arrow::Type::TIMESTAMP &&
         static_cast<const arrow::TimestampType&>(type).unit() == arrow::TimeUnit::MICRO;
}

std::shared_ptr<arrow::DataType> readable_type(const std::shared_ptr<arrow::DataType>& type);

arrow::FieldVector readable_fields(const arrow::FieldVector& fields) {
  arrow::FieldVector readable;
  for (const auto& field : fields)
    readable.push_back(field->WithType(readable_type(field->type())));
  return readable;
}

// Dictionaries are a matter of the file, not of the table.
std::shared_ptr<arrow::DataType> readable_type(const std::shared_ptr<arrow::DataType>& type) {
  if (type->id() == arrow::Type::DICTIONARY) {
    return static_cast<const arrow::DictionaryType&>(*type).value_type();
  }
  if (type->id() == arrow::Type::STRUCT) return arrow::struct_(readable_fields(type->fields()));
  return type;
}

class ParquetWriter final : public ports::LakeWriter {
 public:
  ParquetWriter(ParquetWriterParts parts, RowGroupLimits limits)
      : parts_(std::move(parts)), limits_(limits) {}

  ~ParquetWriter() override {
    if (!output_ || finished_) return;
    file_.reset();
    output_.reset();
    (void)parts_.disk.remove(temporary());  // what stays is swept at the next start
  }

  Result<> write(const BatchPtr& batch) override { return append(batch, {}); }
  Result<> write(const BatchPtr& batch, std::span<const std::int32_t> rows) override {
    return append(batch, {.all = false, .rows = rows});
  }

  std::uint64_t buffered_bytes() const override {
    std::uint64_t sum = 0;
    for (const auto& column : columns_) sum += column->bytes() + kColumnBytes;
    return sum;
  }

  std::uint64_t written_bytes() const override { return output_ ? output_->size() : 0; }

  Result<ports::LakeFile> finish() override {
    if (!schema_) return fail(Code::Invalid, "a lake file without any batch has no schema");
    if (group_rows_ > 0 || !file_) SX_TRY(write_gathered());
    SX_TRY(guarded([&] { return file_->Close(); }));
    ports::LakeFile file{
        .path = parts_.path, .ts_min = span_.min, .ts_max = span_.max, .schema = {}};
    SX_TRY_AS(file.sha256, output_->sync());
    file.size = output_->size();
    file.rows = static_cast<std::uint64_t>(rows_);
    file.schema = parts_.share_schema(readable_);
    const auto name = parts_.root / parts_.path;
    SX_TRY(parts_.disk.rename(temporary(), name));
    finished_ = true;
    SX_TRY(parts_.disk.sync_directory(name.parent_path()));
    parts_.finished(file);
    return file;
  }

 private:
  // What a gatherer and its first allocations weigh before any row; small files are mostly this.
  static constexpr std::uint64_t kColumnBytes = 256;

  std::filesystem::path temporary() const { return parts_.root / (parts_.path + ".tmp"); }

  Result<> append(const BatchPtr& batch, const RowChoice& choice) {
    SX_TRY(take_schema(batch));
    if (time_column_ >= 0) span_.take(*batch->column(time_column_), choice);
    const auto rows =
        choice.all ? batch->num_rows() : static_cast<std::int64_t>(choice.rows.size());
    rows_ += rows;
    // A large batch is a row group, without a copy.
    if (choice.all && group_rows_ == 0 && rows >= limits_.direct_rows_min)
      return write_whole(batch);
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      SX_TRY(columns_[i]->append(*batch->column(static_cast<int>(i)), choice));
    }
    group_rows_ += rows;
    // A row group may exceed its limits by one batch.
    if (group_rows_ < limits_.rows_max && buffered_bytes() < limits_.bytes_max) return {};
    return write_gathered();
  }

  Result<> take_schema(const BatchPtr& batch) {
    if (schema_ == batch->schema()) return {};
    if (schema_) {
      if (schema_->Equals(*batch->schema(), true)) return {};
      return fail(Code::Invalid, "a lake file takes batches of one schema");
    }
    for (const auto& field : batch->schema()->fields()) {
      SX_TRY_AS(auto column, make_gatherer(field->type()));
      columns_.push_back(std::move(column));
    }
    schema_ = batch->schema();
    time_column_ = schema_->GetFieldIndex(std::string(kTimeColumn));
    if (time_column_ >= 0 && !is_micros(*schema_->field(time_column_)->type())) time_column_ = -1;
    return {};
  }

  Result<> write_whole(const BatchPtr& batch) {
    for (std::int64_t at = 0; at < batch->num_rows(); at += limits_.rows_max) {
      const auto part = batch->Slice(at, limits_.rows_max);
      SX_TRY(write_group(part->columns(), part->num_rows()));
    }
    return {};
  }

  Result<> write_gathered() {
    arrow::ArrayVector arrays;
    for (const auto& column : columns_) {
      SX_TRY_AS(auto array, column->finish());
      arrays.push_back(std::move(array));
    }
    return write_group(std::move(arrays), std::exchange(group_rows_, 0));
  }

  Result<> write_group(arrow::ArrayVector arrays, std::int64_t rows) {
    if (plain_.empty()) choose_encodings(arrays);
    arrow::FieldVector fields;
    for (std::size_t i = 0; i < arrays.size(); ++i) {
      const auto& field = schema_->field(static_cast<int>(i));
      SX_TRY_AS(arrays[i],
                within("column '" + field->name() + "'", encodable(arrays[i], plain_[i])));
      fields.push_back(field->WithType(arrays[i]->type()));
    }
    const auto own = arrow::RecordBatch::Make(arrow::schema(std::move(fields), schema_->metadata()),
                                              rows, std::move(arrays));
    const auto flat = with_aliases(own);
    SX_TRY_AS(const auto batch, nest(flat));
    if (!file_) SX_TRY(open(*flat->schema(), batch->schema()));
    SX_TRY(guarded([&] { return file_->NewRowGroup(); }));
    for (int i = 0; i < batch->num_columns(); ++i) {
      SX_TRY(guarded([&] { return file_->WriteColumnChunk(*batch->column(i)); }));
    }
    return {};
  }

  // A column of a file is encoded in one way, and the first row group decides.
  void choose_encodings(const arrow::ArrayVector& arrays) {
    for (const auto& array : arrays) {
      plain_.push_back(is_text_dictionary(*array->type()) && hardly_repeats(*array));
    }
  }

  static Result<std::shared_ptr<arrow::Array>> encodable(const std::shared_ptr<arrow::Array>& array,
                                                         bool plain) {
    SX_TRY(check_utf8(*array));
    if (!is_text_dictionary(*array->type())) return array;
    return plain ? as_plain_text(*array) : with_distinct_values(array);
  }

  Result<> open(const arrow::Schema& flat, const SchemaPtr& nested) {
    SX_TRY(parts_.folders.make(temporary().parent_path()));
    SX_TRY_AS(auto file, parts_.disk.write(temporary(), WriteMode::Create));
    output_ = std::make_shared<ParquetOutput>(std::move(file));
    readable_ = arrow::schema(readable_fields(nested->fields()));
    return guarded([&] {
      return parquet::arrow::FileWriter::Open(*nested, arrow::default_memory_pool(), output_,
                                              parquet_properties(flat), arrow_writer_properties())
          .Value(&file_);
    });
  }

  // Runs one call of parquet-cpp; its exceptions end here, and the disk's own error comes through.
  template <typename Call>
  Result<> guarded(Call&& call) {
    arrow::Status status;
    try {
      status = call();
    } catch (const std::exception& exception) {
      status = arrow::Status::UnknownError(exception.what());
    }
    if (status.ok()) return {};
    return std::unexpected(output_->error().value_or(arrow_error(status)));
  }

  ParquetWriterParts parts_;
  RowGroupLimits limits_;
  SchemaPtr schema_;         // of the flat batches
  SchemaPtr readable_;       // of the file, as readers see it
  std::vector<bool> plain_;  // dictionary columns that are written as plain text
  int time_column_ = -1;
  std::vector<std::unique_ptr<ColumnGatherer>> columns_;
  std::int64_t group_rows_ = 0;
  std::int64_t rows_ = 0;
  TimeSpan span_;
  std::shared_ptr<ParquetOutput> output_;
  std::unique_ptr<parquet::arrow::FileWriter> file_;
  bool finished_ = false;
};

}  // namespace

std::unique_ptr<ports::LakeWriter> make_parquet_writer(ParquetWriterParts parts,
                                                       RowGroupLimits limits) {
  return std::make_unique<ParquetWriter>(std::move(parts), limits);
}

}  // namespace sextant::adapters

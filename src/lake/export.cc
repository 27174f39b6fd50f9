#include "lake/export.h"

#include <arrow/io/memory.h>
#include <arrow/ipc/writer.h>
#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <parquet/arrow/writer.h>

#include <array>
#include <map>
#include <utility>
#include <vector>

#include "core/arrow_result.h"
#include "core/json.h"
#include "lake/row_text.h"

namespace sextant::lake {
namespace {

struct FormatFacts {
  RowFormat format;
  std::string_view name;
  std::string_view content_type;
};

constexpr std::array<FormatFacts, 5> kFormats{{
    {RowFormat::Json, "json", "application/json"},
    {RowFormat::NdJson, "ndjson", "application/x-ndjson"},
    {RowFormat::Csv, "csv", "text/csv; charset=utf-8"},
    {RowFormat::Parquet, "parquet", "application/vnd.apache.parquet"},
    {RowFormat::Arrow, "arrow", "application/vnd.apache.arrow.stream"},
}};

class JsonEncoder final : public RowEncoder {
 public:
  JsonEncoder(const SchemaPtr& schema, bool lines) : lines_(lines) {
    // SQL may name two columns alike, an object may not.
    std::map<std::string, int> seen;
    for (const auto& field : schema->fields()) {
      const int again = seen[field->name()]++;
      auto& label = labels_.emplace_back();
      json::append_text(label,
                        again == 0 ? field->name() : field->name() + ":" + std::to_string(again));
      label += ':';
    }
  }

  Result<std::string> add(const BatchPtr& batch) override {
    std::string out;
    for (std::int64_t row = 0; row < batch->num_rows(); ++row) {
      if (!lines_) out += std::exchange(first_, false) ? "[" : ",\n";
      out += '{';
      for (int i = 0; i < batch->num_columns(); ++i) {
        if (i > 0) out += ',';
        out += labels_[static_cast<std::size_t>(i)];
        append_json(out, *batch->column(i), row);
      }
      out += lines_ ? "}\n" : "}";
    }
    return out;
  }

  Result<std::string> finish() override {
    if (lines_) return std::string();
    return std::string(first_ ? "[]\n" : "]\n");
  }

 private:
  const bool lines_;
  bool first_ = true;
  std::vector<std::string> labels_;
};

void append_csv_cell(std::string& out, std::string_view cell) {
  if (cell.find_first_of(",\"\r\n") == std::string_view::npos) {
    out += cell;
    return;
  }
  out += '"';
  for (const char c : cell) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

class CsvEncoder final : public RowEncoder {
 public:
  explicit CsvEncoder(const SchemaPtr& schema) {
    for (const auto& field : schema->fields()) {
      if (!header_.empty()) header_ += ',';
      append_csv_cell(header_, field->name());
    }
    header_ += "\r\n";
  }

  Result<std::string> add(const BatchPtr& batch) override {
    std::string out = std::exchange(header_, {});
    std::string cell;
    for (std::int64_t row = 0; row < batch->num_rows(); ++row) {
      for (int i = 0; i < batch->num_columns(); ++i) {
        if (i > 0) out += ',';
        cell.clear();
        append_plain(cell, *batch->column(i), row);
        append_csv_cell(out, cell);
      }
      out += "\r\n";
    }
    return out;
  }

  Result<std::string> finish() override { return std::exchange(header_, {}); }

 private:
  std::string header_;
};

// What Arrow's writers put into memory, taken out after each step.
class ArrowBytes {
 public:
  ArrowBytes() : stream_(arrow::io::BufferOutputStream::Create().ValueOrDie()) {}
  const std::shared_ptr<arrow::io::BufferOutputStream>& stream() const { return stream_; }
  Result<std::string> take_all() {
    SX_TRY_AS(const auto buffer, from_arrow(stream_->Finish()));
    return buffer->ToString();
  }

 private:
  std::shared_ptr<arrow::io::BufferOutputStream> stream_;
};

class ArrowEncoder final : public RowEncoder {
 public:
  static Result<std::unique_ptr<RowEncoder>> make(const SchemaPtr& schema) {
    auto encoder = std::make_unique<ArrowEncoder>();
    SX_TRY_AS(encoder->writer_,
              from_arrow(arrow::ipc::MakeStreamWriter(encoder->bytes_.stream(), schema)));
    return encoder;
  }
  Result<std::string> add(const BatchPtr& batch) override {
    SX_TRY(from_arrow(writer_->WriteRecordBatch(*batch)));
    return std::string();
  }
  Result<std::string> finish() override {
    SX_TRY(from_arrow(writer_->Close()));
    return bytes_.take_all();
  }

 private:
  ArrowBytes bytes_;
  std::shared_ptr<arrow::ipc::RecordBatchWriter> writer_;
};

class ParquetEncoder final : public RowEncoder {
 public:
  static Result<std::unique_ptr<RowEncoder>> make(const SchemaPtr& schema) {
    auto encoder = std::make_unique<ParquetEncoder>();
    SX_TRY(guarded([&] {
      const auto properties =
          parquet::WriterProperties::Builder().compression(parquet::Compression::ZSTD)->build();
      return parquet::arrow::FileWriter::Open(*schema, arrow::default_memory_pool(),
                                              encoder->bytes_.stream(), properties)
          .Value(&encoder->writer_);
    }));
    return encoder;
  }
  Result<std::string> add(const BatchPtr& batch) override {
    SX_TRY(guarded([&] { return writer_->WriteRecordBatch(*batch); }));
    return std::string();
  }
  Result<std::string> finish() override {
    SX_TRY(guarded([&] { return writer_->Close(); }));
    return bytes_.take_all();
  }

 private:
  // parquet-cpp throws where Arrow returns.
  template <typename Call>
  static Result<> guarded(Call&& call) {
    try {
      return from_arrow(call());
    } catch (const std::exception& exception) {
      return fail(Code::Invalid, exception.what());
    }
  }

  ArrowBytes bytes_;
  std::unique_ptr<parquet::arrow::FileWriter> writer_;
};

}  // namespace

std::optional<RowFormat> find_row_format(std::string_view name) {
  for (const auto& facts : kFormats) {
    if (facts.name == name) return facts.format;
  }
  return std::nullopt;
}

std::string_view content_type(RowFormat format) {
  for (const auto& facts : kFormats) {
    if (facts.format == format) return facts.content_type;
  }
  return {};
}

Result<std::unique_ptr<RowEncoder>> make_row_encoder(RowFormat format, const SchemaPtr& schema) {
  switch (format) {
    case RowFormat::Json: return std::make_unique<JsonEncoder>(schema, false);
    case RowFormat::NdJson: return std::make_unique<JsonEncoder>(schema, true);
    case RowFormat::Csv: return std::make_unique<CsvEncoder>(schema);
    case RowFormat::Parquet: return ParquetEncoder::make(schema);
    case RowFormat::Arrow: return ArrowEncoder::make(schema);
  }
  return fail(Code::Invalid, "unknown row format");
}

}  // namespace sextant::lake

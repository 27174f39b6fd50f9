#include "adapters/embedded/parquet_properties.h"

#include <arrow/type.h>
#include <arrow/type_traits.h>
#include <parquet/properties.h>

namespace sextant::adapters {
namespace {

bool is_integer_like(const arrow::DataType& type) {
  return arrow::is_integer(type.id()) || type.id() == arrow::Type::TIMESTAMP;
}

}  // namespace

std::shared_ptr<parquet::WriterProperties> parquet_properties(const arrow::Schema& flat) {
  parquet::WriterProperties::Builder builder;
  builder.version(parquet::ParquetVersion::PARQUET_2_6)
      ->data_page_version(parquet::ParquetDataPageVersion::V1)
      ->compression(parquet::Compression::ZSTD)
      ->compression_level(1)
      ->disable_dictionary()
      ->disable_write_page_index()
      ->set_size_statistics_level(parquet::SizeStatisticsLevel::None)
      ->write_batch_size(32 * 1024)
      ->dictionary_pagesize_limit(16 << 20)
      ->max_row_group_length(16 << 20);
  for (const auto& field : flat.fields()) {
    if (field->type()->id() == arrow::Type::DICTIONARY) {
      // Statistics of a dictionary cost a tenth of all writing, and smallest and largest of
      // addresses or names keep no reader from reading.
      builder.enable_dictionary(field->name())->disable_statistics(field->name());
    } else if (is_integer_like(*field->type())) {
      builder.encoding(field->name(), parquet::Encoding::DELTA_BINARY_PACKED);
    }
  }
  return builder.build();
}

std::shared_ptr<parquet::ArrowWriterProperties> arrow_writer_properties() {
  return parquet::ArrowWriterProperties::Builder()
      .store_schema()
      ->coerce_timestamps(arrow::TimeUnit::MICRO)
      ->allow_truncated_timestamps()
      ->build();
}

}  // namespace sextant::adapters

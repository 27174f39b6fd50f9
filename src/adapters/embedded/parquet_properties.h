#pragma once
// How each column is encoded and compressed. Chosen by measurement: tests/perf/lake_bench.cc.
#include <memory>

#include "core/columns.h"

namespace parquet {
class WriterProperties;
class ArrowWriterProperties;
}  // namespace parquet

namespace sextant::adapters {

// `flat` is the schema of the flat row groups: its dotted names are the paths of Parquet's columns,
// and a column gets a dictionary when its type is one.
std::shared_ptr<parquet::WriterProperties> parquet_properties(const arrow::Schema& flat);
std::shared_ptr<parquet::ArrowWriterProperties> arrow_writer_properties();

}  // namespace sextant::adapters

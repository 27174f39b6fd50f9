#pragma once
// One Parquet file of the lake. Rows are gathered until a row group is full, nested, and written
// column by column; the file has a temporary name until it is whole and durable.
#include <functional>
#include <memory>
#include <string>

#include "adapters/embedded/disk.h"
#include "ports/lake_files.h"

namespace sextant::adapters {

struct ParquetWriterParts {
  Disk& disk;
  DurableFolders& folders;     // of the lake; they and the disk outlive the writer
  std::filesystem::path root;  // of the lake; the file's folder is made when it is first needed
  std::string path;            // relative to root
  std::function<SchemaPtr(const SchemaPtr&)> share_schema;  // one pointer for equal schemas
  std::function<void(const ports::LakeFile&)> finished;     // durable under its name
};

struct RowGroupLimits {
  std::int64_t rows_max = 128 * 1024;
  std::uint64_t bytes_max = 48ull << 20;
  std::int64_t direct_rows_min = 16 * 1024;  // a batch with so many is a row group by itself
};

std::unique_ptr<ports::LakeWriter> make_parquet_writer(ParquetWriterParts parts,
                                                       RowGroupLimits limits = {});

}  // namespace sextant::adapters

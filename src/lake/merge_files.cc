#include "lake/merge_files.h"

#include <arrow/record_batch.h>

#include <limits>

#include "lake/flat_rows.h"

namespace sextant::lake {
namespace {

const ports::QueryLimits kLimits{.time_max = std::chrono::hours(1),
                                 .rows_max = std::numeric_limits<std::uint64_t>::max(),
                                 .memory_bytes_max = 256ull << 20};

Result<std::uint64_t> copy_rows(ports::RowReader& reader, const FlatRows& shape,
                                ports::LakeWriter& writer, const std::stop_token& stop) {
  for (std::uint64_t rows = 0;;) {
    if (stop.stop_requested()) return fail(Code::Unavailable, "the node ends");
    SX_TRY_AS(const auto batch, reader.next());
    if (!batch) return rows;
    if (batch->num_rows() == 0) continue;
    SX_TRY_AS(const auto flat, shape.take(batch));
    SX_TRY(writer.write(flat));
    rows += static_cast<std::uint64_t>(batch->num_rows());
  }
}

}  // namespace

Result<ports::LakeFile> merge_files(ports::LakeFiles& lake, const MergeInputs& inputs,
                                    const std::stop_token& stop) {
  SX_TRY_AS(const auto shape, FlatRows::of(inputs.schema));
  const std::string name = "merged";
  const std::vector<ports::LakeTable> tables{
      {.name = name, .files = inputs.files, .schema = inputs.schema}};
  SX_TRY_AS(const auto reader,
            lake.query("SELECT * EXCLUDE (date, hour) FROM " + name, tables, kLimits));
  SX_TRY_AS(const auto writer, lake.create(inputs.folder));
  SX_TRY_AS(const auto rows, copy_rows(*reader, shape, *writer, stop));
  std::uint64_t expected = 0;
  for (const auto& file : inputs.files) expected += file->rows;
  if (rows != expected) {
    return fail(Code::Corrupt, "files of " + inputs.folder + " have " + std::to_string(rows) +
                                   " rows, not the " + std::to_string(expected) +
                                   " that were written");
  }
  return writer->finish();
}

}  // namespace sextant::lake

#include "lake/merge_files.h"

#include <arrow/record_batch.h>

#include <limits>

#include "lake/event_copies.h"
#include "lake/flat_rows.h"

namespace sextant::lake {
namespace {

const ports::QueryLimits kLimits{.time_max = std::chrono::hours(1),
                                 .rows_max = std::numeric_limits<std::uint64_t>::max(),
                                 .memory_bytes_max = 256ull << 20};

// One merge: the files as a table that queries see.
class Merge {
 public:
  Merge(ports::LakeFiles& lake, const MergeInputs& inputs, const std::stop_token& stop)
      : lake_(lake), inputs_(inputs), stop_(stop) {
    for (const auto& file : inputs.files) {
      rows_ += file->rows;
      duplicates_ += file->duplicates;
    }
  }

  Result<ports::LakeFile> run();

 private:
  // Calls `take` with each batch that has rows, until there is none.
  template <typename Take>
  Result<> read(const std::string& columns, Take take);
  Result<> copy(const std::string& columns, ports::LakeWriter& writer, EventCopies* copies);
  Error not_as_written(const std::string& what, std::uint64_t rows, std::uint64_t expected) const;

  ports::LakeFiles& lake_;
  const MergeInputs& inputs_;
  const std::stop_token& stop_;
  std::uint64_t rows_ = 0;        // of the files
  std::uint64_t duplicates_ = 0;  // that earlier merges left out
};

Error Merge::not_as_written(const std::string& what, std::uint64_t rows,
                            std::uint64_t expected) const {
  return {Code::Corrupt, "files of " + inputs_.folder + " have " + std::to_string(rows) + " " +
                             what + ", not the " + std::to_string(expected) + " that were written"};
}

template <typename Take>
Result<> Merge::read(const std::string& columns, Take take) {
  const std::string name = "merged";
  const std::vector<ports::LakeTable> tables{
      {.name = name, .files = inputs_.files, .schema = inputs_.schema}};
  SX_TRY_AS(const auto reader, lake_.query("SELECT " + columns + " FROM " + name, tables, kLimits));
  for (std::uint64_t rows = 0;;) {
    if (stop_.stop_requested()) return fail(Code::Unavailable, "the node ends");
    SX_TRY_AS(const auto batch, reader->next());
    if (!batch && rows != rows_) return std::unexpected(not_as_written("rows", rows, rows_));
    if (!batch) return {};
    if (batch->num_rows() == 0) continue;
    SX_TRY(take(batch));
    rows += static_cast<std::uint64_t>(batch->num_rows());
  }
}

Result<> Merge::copy(const std::string& columns, ports::LakeWriter& writer, EventCopies* copies) {
  SX_TRY_AS(const auto shape, FlatRows::of(inputs_.schema));
  return read(columns, [&](const BatchPtr& batch) -> Result<> {
    SX_TRY_AS(const auto flat, shape.take(batch));
    if (copies == nullptr) return writer.write(flat);
    SX_TRY_AS(const auto chosen, copies->choose(batch));
    return chosen.empty() ? Result<>{} : writer.write(flat, chosen);
  });
}

Result<ports::LakeFile> Merge::run() {
  EventCopies copies;
  std::string columns = "* EXCLUDE (date, hour)";
  const auto events = event_columns(inputs_.schema, inputs_.unique);
  if (events) {
    const auto names = EventCopies::columns(*events);
    SX_TRY(read(names, [&](const BatchPtr& batch) { return copies.learn(batch); }));
    if (copies.count() > 0) columns += ", " + names;
  }
  const auto left_out = copies.count();
  SX_TRY_AS(const auto writer, lake_.create(inputs_.folder));
  SX_TRY(copy(columns, *writer, left_out == 0 ? nullptr : &copies));
  SX_TRY_AS(auto file, writer->finish());
  if (file.rows + left_out != rows_) {
    (void)lake_.remove(file.path);
    return std::unexpected(not_as_written("different events", file.rows, rows_ - left_out));
  }
  file.duplicates = duplicates_ + left_out;
  if (events && copies.is_complete()) file.unique_by = unique_by(inputs_.unique);
  return file;
}

}  // namespace

Result<ports::LakeFile> merge_files(ports::LakeFiles& lake, const MergeInputs& inputs,
                                    const std::stop_token& stop) {
  return Merge(lake, inputs, stop).run();
}

}  // namespace sextant::lake

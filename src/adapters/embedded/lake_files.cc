#include "adapters/embedded/lake_files.h"

#include <arrow/memory_pool.h>
#include <arrow/type.h>
#include <malloc.h>

#include <algorithm>
#include <mutex>
#include <utility>
#include <vector>

#include "adapters/embedded/file_trust.h"
#include "adapters/embedded/parquet_writer.h"
#include "adapters/embedded/query_runner.h"
#include "core/guarded.h"
#include "core/random.h"

namespace sextant::adapters {
namespace {

// A relative path of plain names: nothing that leads out of the lake.
bool is_inside(std::string_view path) {
  if (path.empty() || path.find('\0') != std::string_view::npos) return false;
  if (path.find("//") != std::string_view::npos || path.back() == '/') return false;
  const std::filesystem::path relative(path);
  return relative.is_relative() && std::ranges::none_of(relative, [](const auto& part) {
           return part == ".." || part == "." || part.empty();
         });
}

Result<> check_path(std::string_view path) {
  if (is_inside(path)) return {};
  return fail(Code::Invalid, "not a path inside the lake: '" + std::string(path) + "'");
}

// Equal schemas become one pointer: a lake has few schemas and many files.
class SchemaPool {
 public:
  SchemaPtr share(const SchemaPtr& schema) {
    return schemas_.with([&](auto& schemas) {
      const auto same = std::ranges::find_if(
          schemas, [&](const auto& known) { return known->Equals(*schema, false); });
      if (same != schemas.end()) return *same;
      if (schemas.size() >= kSchemasMax) schemas.erase(schemas.begin());
      schemas.push_back(schema);
      return schema;
    });
  }

 private:
  static constexpr std::size_t kSchemasMax = 64;
  Guarded<std::vector<SchemaPtr>> schemas_;
};

class EmbeddedLakeFiles final : public ports::LakeFiles {
 public:
  EmbeddedLakeFiles(Disk& disk, std::filesystem::path root)
      : disk_(disk), root_(std::move(root)), folders_(disk, root_), trust_(disk, root_) {}

  Result<std::unique_ptr<ports::LakeWriter>> create(std::string_view folder) override {
    SX_TRY(check_path(folder));
    return make_parquet_writer(
        {.disk = disk_,
         .folders = folders_,
         .root = root_,
         .path = std::string(folder) + "/" + random_hex(16) + ".parquet",
         .share_schema = [this](const SchemaPtr& schema) { return schemas_.share(schema); },
         .finished = [this](const ports::LakeFile& file) { trust_.trust(file); }});
  }

  Result<> verify(const ports::LakeFile& file) const override {
    SX_TRY(check_path(file.path));
    return trust_.verify(file);
  }

  Result<> remove(std::string_view path) override {
    SX_TRY(check_path(path));
    trust_.forget(path);
    auto removed = disk_.remove(root_ / path);
    if (!removed && removed.error().code != Code::NotFound) return removed;
    return {};
  }

  Result<std::vector<std::string>> list(std::string_view folder) const override {
    if (!folder.empty()) SX_TRY(check_path(folder));
    const auto entries = disk_.list(folder.empty() ? root_ : root_ / folder);
    if (!entries && entries.error().code == Code::NotFound) return std::vector<std::string>{};
    if (!entries) return std::unexpected(entries.error());
    std::vector<std::string> names;
    for (const auto& entry : *entries)
      names.push_back(entry.name + (entry.is_directory ? "/" : ""));
    std::ranges::sort(names);
    return names;
  }

  Result<> publish(std::string_view path, std::string_view bytes,
                   ports::IfExists if_exists) override {
    SX_TRY(check_path(path));
    const auto name = root_ / path;
    SX_TRY(folders_.make(name.parent_path()));
    if (if_exists == ports::IfExists::Replace) return replace_file(disk_, name, bytes);
    // One at a time, so that looking and renaming are one step. The lake belongs to one process.
    std::lock_guard lock(publishing_);
    if (disk_.facts(name)) return fail(Code::Conflict, "it exists already: " + std::string(path));
    return replace_file(disk_, name, bytes);
  }

  Result<std::string> published(std::string_view path) const override {
    SX_TRY(check_path(path));
    return read_file(disk_, root_ / path, kPublishedBytesMax);
  }

  Result<std::unique_ptr<ports::RowReader>> query(std::string_view sql,
                                                  const std::vector<ports::LakeTable>& tables,
                                                  const ports::QueryLimits& limits) override {
    return run_query(
        {.root = root_, .trust = trust_, .sql = sql, .tables = tables, .limits = limits});
  }

  void rest() override {
    arrow::default_memory_pool()->ReleaseUnused();
    ::malloc_trim(0);
  }

 private:
  static constexpr std::uint64_t kPublishedBytesMax = 1ull << 30;

  Disk& disk_;
  const std::filesystem::path root_;
  DurableFolders folders_;
  mutable FileTrust trust_;
  SchemaPool schemas_;
  std::mutex publishing_;  // guards no data of ours, but a name on the disk
};

}  // namespace

Result<std::unique_ptr<ports::LakeFiles>> open_lake_files(Disk& disk, std::filesystem::path root) {
  SX_TRY(within("open the lake", make_directories(disk, root)));
  return std::make_unique<EmbeddedLakeFiles>(disk, std::move(root));
}

}  // namespace sextant::adapters

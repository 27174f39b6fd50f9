#include "adapters/embedded/disk.h"

#include <cerrno>
#include <system_error>

namespace sextant::adapters {
namespace {

Code code_of_errno(int error_number) {
  switch (error_number) {
    case ENOENT:
    case ENOTDIR: return Code::NotFound;
    case EEXIST:
    case ENOTEMPTY: return Code::Conflict;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
    case EMFILE:
    case ENFILE: return Code::Exhausted;
    default: return Code::Unavailable;
  }
}

}  // namespace

std::unexpected<Error> disk_error(std::string_view what, const std::filesystem::path& path,
                                  int error_number) {
  return fail(code_of_errno(error_number), std::string(what) + " " + path.string() + ": " +
                                               std::generic_category().message(error_number));
}

Result<> make_directories(Disk& disk, const std::filesystem::path& directory) {
  const auto parent = directory.parent_path();
  if (parent != directory && !disk.facts(parent)) SX_TRY(make_directories(disk, parent));
  SX_TRY(disk.make_directory(directory));
  return disk.sync_directory(parent);
}

Result<> DurableFolders::make(const std::filesystem::path& folder) {
  if (folder == root_) return {};
  const bool known = durable_.with([&](const auto& durable) { return durable.contains(folder); });
  if (known && disk_.facts(folder)) return {};
  const auto parent = folder.parent_path();
  SX_CHECK(parent != folder);
  SX_TRY(make(parent));
  SX_TRY(disk_.make_directory(folder));
  SX_TRY(disk_.sync_directory(parent));
  durable_.with([&](auto& durable) { durable.insert(folder); });
  return {};
}

Result<std::string> read_file(const Disk& disk, const std::filesystem::path& path,
                              std::uint64_t bytes_max) {
  SX_TRY_AS(auto file, disk.open(path));
  if (file->size() > bytes_max) {
    return fail(Code::Exhausted,
                "read " + path.string() + ": larger than " + std::to_string(bytes_max) + " bytes");
  }
  std::string bytes(file->size(), '\0');
  SX_TRY_AS(const auto count, file->read_at(0, bytes));
  bytes.resize(count);
  return bytes;
}

Result<> replace_file(Disk& disk, const std::filesystem::path& path, std::string_view bytes) {
  auto temporary = path;
  temporary += ".tmp";
  {
    SX_TRY_AS(auto file, disk.write(temporary, WriteMode::Replace));
    SX_TRY(file->append(bytes));
    SX_TRY(file->sync());
  }
  SX_TRY(disk.rename(temporary, path));
  return disk.sync_directory(path.parent_path());
}

}  // namespace sextant::adapters

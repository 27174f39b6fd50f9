#include "adapters/embedded/blob_store.h"

#include <algorithm>

#include "adapters/embedded/blob_file.h"
#include "core/fault_point.h"
#include "core/log.h"
#include "core/random.h"

namespace sextant::adapters {
namespace {

constexpr std::size_t kIdBytes = 16;
constexpr std::size_t kFolderDigits = 2;
constexpr std::uint64_t kReservePart = 4;

bool is_blob_id(std::string_view text) {
  return text.size() == 2 * kIdBytes && text.find_first_not_of("0123456789abcdef") == text.npos;
}

}  // namespace

class EmbeddedBlobStore::Writer final : public ports::BlobWriter {
 public:
  Writer(EmbeddedBlobStore& store, ports::BlobId id, std::unique_ptr<WritableFile> file)
      : store_(store), id_(std::move(id)), file_(std::move(file)) {}
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer() override {
    if (published_) return;
    const auto path = store_.temporary_path(id_);
    if (auto removed = store_.options_.disk.remove(path); !removed)
      log::warn("an unfinished blob stays until the next start",
                {{"error", removed.error().message}});
  }

  Result<> append(std::string_view bytes) override {
    SX_TRY(store_.leave_reserve());
    return file_.append(bytes);
  }

  Result<ports::StagedBlob> finish() override {
    SX_TRY_AS(const auto facts, file_.finish());
    SX_TRY(store_.publish(id_));
    published_ = true;
    return ports::StagedBlob{.id = id_, .size = facts.size, .sha256 = facts.sha256};
  }

 private:
  EmbeddedBlobStore& store_;
  ports::BlobId id_;
  BlobFileWriter file_;
  bool published_ = false;
};

Result<std::unique_ptr<EmbeddedBlobStore>> EmbeddedBlobStore::open(
    const std::filesystem::path& folder, const Options& options) {
  Disk& disk = options.disk;
  const auto temporary = folder / "tmp";
  SX_TRY(make_directories(disk, folder));
  SX_TRY(make_directories(disk, temporary));
  SX_TRY_AS(const auto unfinished, disk.list(temporary));
  for (const auto& entry : unfinished) SX_TRY(disk.remove(temporary / entry.name));
  if (!unfinished.empty())
    log::info("removed unfinished blobs", {{"count", std::to_string(unfinished.size())}});
  return std::unique_ptr<EmbeddedBlobStore>(new EmbeddedBlobStore(folder, options));
}

std::filesystem::path EmbeddedBlobStore::path_of(const ports::BlobId& id) const {
  return folder_ / id.text().substr(0, kFolderDigits) / id.text();
}

std::filesystem::path EmbeddedBlobStore::temporary_path(const ports::BlobId& id) const {
  return folder_ / "tmp" / id.text();
}

Result<> EmbeddedBlobStore::leave_reserve() const {
  SX_TRY_AS(const auto room, options_.disk.room(folder_));
  if (room.free_bytes >= std::min(options_.reserve_bytes, room.total_bytes / kReservePart))
    return {};
  return fail(Code::Exhausted, "the disk is nearly full: " + folder_.string());
}

Result<std::unique_ptr<ports::BlobWriter>> EmbeddedBlobStore::create() {
  SX_TRY(leave_reserve());
  ports::BlobId id{random_hex(kIdBytes)};
  SX_TRY_AS(auto file, options_.disk.write(temporary_path(id), WriteMode::Create));
  return std::make_unique<Writer>(*this, std::move(id), std::move(file));
}

Result<> EmbeddedBlobStore::publish(const ports::BlobId& id) {
  Disk& disk = options_.disk;
  const auto path = path_of(id);
  SX_TRY(folders_.make(path.parent_path()));
  SX_TRY(disk.rename(temporary_path(id), path));
  fault_point("blob.after_rename");
  return disk.sync_directory(path.parent_path());
}

Result<std::unique_ptr<ports::BlobReader>> EmbeddedBlobStore::open(const ports::BlobId& id) const {
  if (!is_blob_id(id.text())) return fail(Code::NotFound, "no blob is called '" + id.text() + "'");
  return open_blob_file(options_.disk, path_of(id));
}

Result<> EmbeddedBlobStore::remove(const ports::BlobId& id) {
  if (!is_blob_id(id.text())) return {};
  auto removed = options_.disk.remove(path_of(id));
  if (!removed && removed.error().code == Code::NotFound) return {};
  return removed;
}

Result<std::vector<ports::BlobId>> EmbeddedBlobStore::list(const ports::BlobId& after,
                                                           std::size_t limit) const {
  std::vector<ports::BlobId> ids;
  SX_TRY_AS(const auto folders, options_.disk.list(folder_));  // sorted, as ids are
  for (const auto& folder : folders) {
    const bool passed = folder.name < after.text().substr(0, kFolderDigits);
    if (passed || folder.name.size() != kFolderDigits) continue;
    SX_TRY_AS(const auto files, options_.disk.list(folder_ / folder.name));
    for (const auto& file : files) {
      if (ids.size() >= limit) return ids;
      if (is_blob_id(file.name) && file.name > after.text()) ids.emplace_back(file.name);
    }
  }
  return ids;
}

}  // namespace sextant::adapters

#include "adapters/embedded/rocks_file_system.h"

namespace sextant::adapters {
namespace {

using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

// Retryable: RocksDB then stops writing until it is told to resume, instead of for good. A full
// disk is a space limit to it, not "no space": for that it would start a thread that polls.
IOStatus io_status(const Error& error) {
  switch (error.code) {
    case Code::NotFound: return IOStatus::PathNotFound(error.message);
    case Code::Corrupt: return IOStatus::Corruption(error.message);
    default: break;
  }
  auto status = error.code == Code::Exhausted ? IOStatus::IOError(IOStatus::kSpaceLimit)
                                              : IOStatus::IOError(error.message);
  status.SetRetryable(true);
  return status;
}

template <typename T>
IOStatus io_status(const Result<T>& result) {
  return result ? IOStatus::OK() : io_status(result.error());
}

// Where a sync fails it is not known what is durable, whatever the reason.
IOStatus sync_status(Result<> synced) {
  if (!synced) synced.error().code = Code::Unavailable;
  return io_status(synced);
}

// RocksDB ends some folders with a slash.
std::filesystem::path disk_path(const std::string& name) {
  std::filesystem::path path(name);
  return path.has_filename() ? path : path.parent_path();
}

Result<Slice> read_slice(const ReadableFile& file, std::uint64_t offset, std::size_t bytes,
                         char* scratch) {
  SX_TRY_AS(const auto count, file.read_at(offset, {scratch, bytes}));
  return Slice(scratch, count);
}

class RocksSequentialFile final : public rocksdb::FSSequentialFile {
 public:
  explicit RocksSequentialFile(std::unique_ptr<ReadableFile> file) : file_(std::move(file)) {}

  IOStatus Read(std::size_t bytes, const IOOptions&, Slice* result, char* scratch,
                IODebugContext*) override {
    const auto slice = read_slice(*file_, offset_, bytes, scratch);
    if (!slice) return io_status(slice.error());
    offset_ += slice->size();
    *result = *slice;
    return IOStatus::OK();
  }
  IOStatus Skip(std::uint64_t bytes) override {
    offset_ += bytes;
    return IOStatus::OK();
  }

 private:
  std::unique_ptr<ReadableFile> file_;
  std::uint64_t offset_ = 0;
};

class RocksRandomAccessFile final : public rocksdb::FSRandomAccessFile {
 public:
  explicit RocksRandomAccessFile(std::unique_ptr<ReadableFile> file) : file_(std::move(file)) {}

  IOStatus Read(std::uint64_t offset, std::size_t bytes, const IOOptions&, Slice* result,
                char* scratch, IODebugContext*) const override {
    const auto slice = read_slice(*file_, offset, bytes, scratch);
    if (!slice) return io_status(slice.error());
    *result = *slice;
    return IOStatus::OK();
  }

 private:
  std::unique_ptr<ReadableFile> file_;
};

class RocksWritableFile final : public rocksdb::FSWritableFile {
 public:
  using FSWritableFile::Append;
  explicit RocksWritableFile(std::unique_ptr<WritableFile> file) : file_(std::move(file)) {}

  IOStatus Append(const Slice& data, const IOOptions&, IODebugContext*) override {
    return io_status(file_->append({data.data(), data.size()}));
  }
  IOStatus Truncate(std::uint64_t bytes, const IOOptions&, IODebugContext*) override {
    return bytes < file_->size() ? io_status(file_->truncate(bytes)) : IOStatus::OK();
  }
  IOStatus Close(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  IOStatus Flush(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  IOStatus Sync(const IOOptions&, IODebugContext*) override { return sync_status(file_->sync()); }
  std::uint64_t GetFileSize(const IOOptions&, IODebugContext*) override { return file_->size(); }

 private:
  std::unique_ptr<WritableFile> file_;
};

class RocksDirectory final : public rocksdb::FSDirectory {
 public:
  RocksDirectory(Disk& disk, std::filesystem::path path) : disk_(disk), path_(std::move(path)) {}
  IOStatus Fsync(const IOOptions&, IODebugContext*) override {
    return sync_status(disk_.sync_directory(path_));
  }
  IOStatus Close(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }

 private:
  Disk& disk_;
  std::filesystem::path path_;
};

class RocksFileLock final : public rocksdb::FileLock {
 public:
  explicit RocksFileLock(std::unique_ptr<DiskLock> lock) : lock_(std::move(lock)) {}

 private:
  std::unique_ptr<DiskLock> lock_;
};

class RocksFileSystem final : public rocksdb::FileSystem {
 public:
  explicit RocksFileSystem(Disk& disk) : disk_(disk) {}
  const char* Name() const override { return "sextant"; }

  IOStatus NewSequentialFile(const std::string& name, const FileOptions&,
                             std::unique_ptr<rocksdb::FSSequentialFile>* result,
                             IODebugContext*) override {
    return open_for<RocksSequentialFile>(disk_.open(disk_path(name)), result);
  }
  IOStatus NewRandomAccessFile(const std::string& name, const FileOptions&,
                               std::unique_ptr<rocksdb::FSRandomAccessFile>* result,
                               IODebugContext*) override {
    return open_for<RocksRandomAccessFile>(disk_.open(disk_path(name)), result);
  }
  IOStatus NewWritableFile(const std::string& name, const FileOptions&,
                           std::unique_ptr<rocksdb::FSWritableFile>* result,
                           IODebugContext*) override {
    return open_for<RocksWritableFile>(disk_.write(disk_path(name), WriteMode::Replace), result);
  }
  IOStatus ReopenWritableFile(const std::string& name, const FileOptions&,
                              std::unique_ptr<rocksdb::FSWritableFile>* result,
                              IODebugContext*) override {
    return open_for<RocksWritableFile>(disk_.write(disk_path(name), WriteMode::Append), result);
  }
  IOStatus NewDirectory(const std::string& name, const IOOptions&,
                        std::unique_ptr<rocksdb::FSDirectory>* result, IODebugContext*) override {
    if (auto facts = disk_.facts(disk_path(name)); !facts) return io_status(facts.error());
    *result = std::make_unique<RocksDirectory>(disk_, disk_path(name));
    return IOStatus::OK();
  }
  IOStatus FileExists(const std::string& name, const IOOptions&, IODebugContext*) override {
    const auto facts = disk_.facts(disk_path(name));
    if (!facts && facts.error().code == Code::NotFound) return IOStatus::NotFound(name);
    return io_status(facts);
  }
  IOStatus GetChildren(const std::string& name, const IOOptions&, std::vector<std::string>* result,
                       IODebugContext*) override {
    const auto entries = disk_.list(disk_path(name));
    result->clear();
    if (!entries) return io_status(entries.error());
    for (const auto& entry : *entries) result->push_back(entry.name);
    return IOStatus::OK();
  }
  IOStatus DeleteFile(const std::string& name, const IOOptions&, IODebugContext*) override {
    return io_status(disk_.remove(disk_path(name)));
  }
  IOStatus CreateDir(const std::string& name, const IOOptions&, IODebugContext*) override {
    return io_status(disk_.make_directory(disk_path(name)));
  }
  IOStatus CreateDirIfMissing(const std::string& name, const IOOptions&, IODebugContext*) override {
    return io_status(disk_.make_directory(disk_path(name)));
  }
  IOStatus DeleteDir(const std::string& name, const IOOptions&, IODebugContext*) override {
    return io_status(disk_.remove(disk_path(name)));
  }
  IOStatus GetFileSize(const std::string& name, const IOOptions&, std::uint64_t* bytes,
                       IODebugContext*) override {
    const auto facts = disk_.facts(disk_path(name));
    if (facts) *bytes = facts->size;
    return io_status(facts);
  }
  IOStatus GetFileModificationTime(const std::string& name, const IOOptions&,
                                   std::uint64_t* seconds, IODebugContext*) override {
    const auto facts = disk_.facts(disk_path(name));
    if (facts) *seconds = static_cast<std::uint64_t>(to_millis(facts->modified) / 1'000);
    return io_status(facts);
  }
  IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions&,
                      IODebugContext*) override {
    return io_status(disk_.rename(disk_path(from), disk_path(to)));
  }
  IOStatus LockFile(const std::string& name, const IOOptions&, rocksdb::FileLock** lock,
                    IODebugContext*) override {
    auto held = disk_.lock(disk_path(name));
    if (held) *lock = std::make_unique<RocksFileLock>(std::move(*held)).release();
    return io_status(held);
  }
  IOStatus UnlockFile(rocksdb::FileLock* lock, const IOOptions&, IODebugContext*) override {
    std::unique_ptr<rocksdb::FileLock> released(lock);
    return IOStatus::OK();
  }
  IOStatus GetAbsolutePath(const std::string& name, const IOOptions&, std::string* path,
                           IODebugContext*) override {
    *path = name;  // Disk takes absolute paths only
    return IOStatus::OK();
  }
  IOStatus IsDirectory(const std::string& name, const IOOptions&, bool* is_directory,
                       IODebugContext*) override {
    const auto facts = disk_.facts(disk_path(name));
    *is_directory = facts && facts->is_directory;
    return io_status(facts);
  }
  IOStatus GetFreeSpace(const std::string& name, const IOOptions&, std::uint64_t* bytes,
                        IODebugContext*) override {
    const auto room = disk_.room(disk_path(name));
    if (room) *bytes = room->free_bytes;
    return io_status(room);
  }
  IOStatus GetTestDirectory(const IOOptions&, std::string*, IODebugContext*) override {
    return IOStatus::NotSupported("GetTestDirectory");
  }

 private:
  template <typename Wrapper, typename File, typename Base>
  static IOStatus open_for(Result<std::unique_ptr<File>> file, std::unique_ptr<Base>* result) {
    result->reset();
    if (!file) return io_status(file.error());
    *result = std::make_unique<Wrapper>(std::move(*file));
    return IOStatus::OK();
  }

  Disk& disk_;
};

}  // namespace

std::shared_ptr<rocksdb::FileSystem> make_rocks_file_system(Disk& disk) {
  return std::make_shared<RocksFileSystem>(disk);
}

Error rocks_error(std::string_view what, const rocksdb::Status& status) {
  if (status.subcode() == rocksdb::Status::kSpaceLimit)
    return Error{Code::Exhausted, std::string(what) + ": the disk is full"};
  return Error{status.IsCorruption() ? Code::Corrupt : Code::Unavailable,
               std::string(what) + ": " + status.ToString()};
}

}  // namespace sextant::adapters

#include "adapters/embedded/amnesiac_disk.h"

#include <map>
#include <mutex>
#include <utility>

#include "adapters/embedded/amnesiac_file.h"
#include "adapters/embedded/posix_disk.h"

namespace sextant::adapters {
namespace {

using Path = Disk::Path;

struct AmnesiacFolder;

// A name's meaning: a file or a folder.
struct AmnesiacNode {
  std::shared_ptr<AmnesiacFile> file;
  std::shared_ptr<AmnesiacFolder> folder;
  friend bool operator==(const AmnesiacNode&, const AmnesiacNode&) = default;
};
using AmnesiacNames = std::map<std::string, AmnesiacNode>;

struct AmnesiacFolder {
  AmnesiacNames now;
  AmnesiacNames durable;  // what sync_directory() left
  bool real = false;      // it lies on the real disk
};

Result<> load_folder(const PosixDisk& disk, const Path& path, AmnesiacFolder& folder) {
  SX_TRY_AS(const auto entries, disk.list(path));
  for (const auto& entry : entries) {
    AmnesiacNode node;
    if (entry.is_directory) {
      node.folder = std::make_shared<AmnesiacFolder>();
      SX_TRY(load_folder(disk, path / entry.name, *node.folder));
    } else {
      SX_TRY_AS(const auto facts, disk.facts(path / entry.name));
      node.file = std::make_shared<AmnesiacFile>(path / entry.name, facts);
    }
    folder.now.emplace(entry.name, node);
  }
  folder.durable = folder.now;
  folder.real = true;
  return {};
}

Result<> sync_names(const Path& path, AmnesiacFolder& folder);

// Brings what was synced of a new name to the real disk.
Result<> realise_node(const Path& path, const AmnesiacNode& node) {
  if (node.file) return node.file->realise(path);
  PosixDisk disk;
  SX_TRY(disk.make_directory(path));
  AmnesiacFolder& folder = *node.folder;
  folder.real = true;
  AmnesiacNames now = std::exchange(folder.now, std::exchange(folder.durable, {}));
  auto synced = sync_names(path, folder);
  folder.now = std::move(now);
  return synced;
}

Result<> forget_node(const Path& path, const AmnesiacNode& node) {
  if (node.file) return node.file->forget_name(path);
  for (const auto& [name, child] : node.folder->durable) {
    SX_TRY(forget_node(path / name, child));
    std::error_code ignored;
    std::filesystem::remove(path / name, ignored);
  }
  node.folder->real = false;
  return {};
}

// Makes the real folder hold the names that `folder` holds now: first those that come, so that a
// renamed file keeps its bytes, then those that go.
Result<> sync_names(const Path& path, AmnesiacFolder& folder) {
  for (const auto& [name, node] : folder.now) {
    const auto old = folder.durable.find(name);
    if (old != folder.durable.end() && old->second == node) continue;
    if (old != folder.durable.end()) SX_TRY(forget_node(path / name, old->second));
    SX_TRY(realise_node(path / name, node));
  }
  for (const auto& [name, node] : folder.durable) {
    if (folder.now.contains(name)) continue;
    SX_TRY(forget_node(path / name, node));
    std::error_code error;
    std::filesystem::remove(path / name, error);
    if (error) return disk_error("remove", path / name, error.value());
  }
  folder.durable = folder.now;
  return {};
}

void keep_parts(const AmnesiacFolder& folder, const AmnesiacDisk::Survives& survives) {
  for (const auto& [name, node] : folder.durable) {
    if (node.file) node.file->keep_part(survives);
    if (node.folder) keep_parts(*node.folder, survives);
  }
}

}  // namespace

// All names, and the one lock.
class AmnesiacDisk::Tree {
 public:
  explicit Tree(Path root) : root_(std::move(root)) {}

  Result<> load() {
    PosixDisk disk;
    SX_TRY(make_directories(disk, root_));
    return load_folder(disk, root_, *top_.folder);
  }

  // Runs use(*this) under the lock, unless power is gone.
  template <typename Use>
  auto with(Use&& use) -> decltype(use(*this)) {
    std::lock_guard lock(mutex_);
    if (cut_) return fail(Code::Unavailable, "the disk has lost power");
    return std::forward<Use>(use)(*this);
  }

  void cut(const Survives& survives) {
    std::lock_guard lock(mutex_);
    if (!std::exchange(cut_, true)) keep_parts(*top_.folder, survives);
  }

  void cut_at_sync(std::uint64_t count, Survives survives) {
    std::lock_guard lock(mutex_);
    syncs_left_ = count;
    survives_ = std::move(survives);
  }

  // Under the lock, before every sync.
  Result<> count_sync() {
    if (syncs_left_ == 0) return {};
    --syncs_left_;
    if (syncs_left_ > 0) return {};
    cut_ = true;
    keep_parts(*top_.folder, survives_);
    return fail(Code::Unavailable, "the disk loses power");
  }

  // For readers and writers that end after the cut too.
  void release(AmnesiacFile& file) {
    std::lock_guard lock(mutex_);
    file.release();
  }

  Result<AmnesiacNode> find(const Path& path) const {
    AmnesiacNode node = top_;
    for (const auto& part : path.lexically_relative(root_)) {
      if (part == "." || part.empty()) continue;
      if (!node.folder) return disk_error("find", path, ENOENT);
      const auto found = node.folder->now.find(part.string());
      if (found == node.folder->now.end()) return disk_error("find", path, ENOENT);
      node = found->second;
    }
    return node;
  }
  Result<AmnesiacFolder*> folder(const Path& path) const {
    SX_TRY_AS(const auto node, find(path));
    if (!node.folder) return disk_error("list", path, ENOTDIR);
    return node.folder.get();
  }
  Result<std::shared_ptr<AmnesiacFile>> file(const Path& path) const {
    SX_TRY_AS(auto node, find(path));
    if (!node.file) return disk_error("open", path, EISDIR);
    return std::move(node.file);
  }

 private:
  const Path root_;
  std::mutex mutex_;
  bool cut_ = false;
  std::uint64_t syncs_left_ = 0;  // until power is cut; 0: it is not
  Survives survives_;
  AmnesiacNode top_{.file = nullptr, .folder = std::make_shared<AmnesiacFolder>()};
};

class AmnesiacDisk::Writer final : public WritableFile {
 public:
  Writer(Tree& tree, std::shared_ptr<AmnesiacFile> file) : tree_(tree), file_(std::move(file)) {}
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer() override { tree_.release(*file_); }

  Result<> append(std::string_view bytes) override {
    return tree_.with([&](Tree&) -> Result<> {
      file_->append(bytes);
      return {};
    });
  }
  Result<> sync() override {
    return tree_.with([&](Tree& tree) -> Result<> {
      SX_TRY(tree.count_sync());
      return file_->sync();
    });
  }
  Result<> truncate(std::uint64_t bytes) override {
    return tree_.with([&](Tree&) -> Result<> {
      file_->truncate(bytes);
      return {};
    });
  }
  std::uint64_t size() const override {
    return tree_.with([&](Tree&) -> Result<std::uint64_t> { return file_->size(); }).value_or(0);
  }

 private:
  Tree& tree_;
  std::shared_ptr<AmnesiacFile> file_;
};

class AmnesiacDisk::Reader final : public ReadableFile {
 public:
  Reader(Tree& tree, std::shared_ptr<AmnesiacFile> file)
      : tree_(tree), file_(std::move(file)), size_(file_->size()) {}
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  ~Reader() override { tree_.release(*file_); }

  Result<std::size_t> read_at(std::uint64_t offset, std::span<char> into) const override {
    return tree_.with([&](Tree&) { return file_->read_at(offset, into); });
  }
  std::uint64_t size() const override { return size_; }

 private:
  Tree& tree_;
  std::shared_ptr<AmnesiacFile> file_;
  const std::uint64_t size_;
};

AmnesiacDisk::AmnesiacDisk(std::unique_ptr<Tree> tree) : tree_(std::move(tree)) {}
AmnesiacDisk::~AmnesiacDisk() = default;

Result<std::unique_ptr<AmnesiacDisk>> AmnesiacDisk::load(const Path& root) {
  auto tree = std::make_unique<Tree>(root);
  SX_TRY(tree->load());
  return std::unique_ptr<AmnesiacDisk>(new AmnesiacDisk(std::move(tree)));
}

void AmnesiacDisk::cut_power(const Survives& survives) { tree_->cut(survives); }

void AmnesiacDisk::cut_power_at_sync(std::uint64_t count, Survives survives) {
  tree_->cut_at_sync(count, std::move(survives));
}

Result<std::unique_ptr<WritableFile>> AmnesiacDisk::write(const Path& path, WriteMode mode) {
  return tree_->with([&](Tree& tree) -> Result<std::unique_ptr<WritableFile>> {
    SX_TRY_AS(auto* folder, tree.folder(path.parent_path()));
    auto& node = folder->now[path.filename().string()];
    if (node.folder) return disk_error("open", path, EISDIR);
    if (node.file && mode == WriteMode::Create) return disk_error("open", path, EEXIST);
    if (!node.file) node.file = std::make_shared<AmnesiacFile>();
    SX_TRY(node.file->acquire());
    if (mode == WriteMode::Replace) node.file->truncate(0);
    return std::make_unique<Writer>(tree, node.file);
  });
}

Result<std::unique_ptr<ReadableFile>> AmnesiacDisk::open(const Path& path) const {
  return tree_->with([&](Tree& tree) -> Result<std::unique_ptr<ReadableFile>> {
    SX_TRY_AS(auto file, tree.file(path));
    SX_TRY(file->acquire());
    return std::make_unique<Reader>(tree, std::move(file));
  });
}

Result<> AmnesiacDisk::rename(const Path& from, const Path& to) {
  return tree_->with([&](Tree& tree) -> Result<> {
    SX_TRY_AS(auto file, tree.file(from));
    SX_TRY_AS(auto* source, tree.folder(from.parent_path()));
    SX_TRY_AS(auto* target, tree.folder(to.parent_path()));
    auto& node = target->now[to.filename().string()];
    if (node.folder) return disk_error("rename", to, EISDIR);
    node.file = std::move(file);
    if (from != to) source->now.erase(from.filename().string());
    return {};
  });
}

Result<> AmnesiacDisk::remove(const Path& path) {
  return tree_->with([&](Tree& tree) -> Result<> {
    SX_TRY_AS(const auto node, tree.find(path));
    if (node.folder && !node.folder->now.empty()) return disk_error("remove", path, ENOTEMPTY);
    SX_TRY_AS(auto* folder, tree.folder(path.parent_path()));
    folder->now.erase(path.filename().string());
    return {};
  });
}

Result<> AmnesiacDisk::make_directory(const Path& path) {
  return tree_->with([&](Tree& tree) -> Result<> {
    SX_TRY_AS(auto* folder, tree.folder(path.parent_path()));
    auto& node = folder->now[path.filename().string()];
    if (node.file) return disk_error("make folder", path, EEXIST);
    if (!node.folder) node.folder = std::make_shared<AmnesiacFolder>();
    return {};
  });
}

Result<std::vector<DirectoryEntry>> AmnesiacDisk::list(const Path& directory) const {
  return tree_->with([&](Tree& tree) -> Result<std::vector<DirectoryEntry>> {
    SX_TRY_AS(const auto* folder, tree.folder(directory));
    std::vector<DirectoryEntry> entries;
    for (const auto& [name, node] : folder->now) entries.push_back({name, node.folder != nullptr});
    return entries;
  });
}

Result<FileFacts> AmnesiacDisk::facts(const Path& path) const {
  return tree_->with([&](Tree& tree) -> Result<FileFacts> {
    SX_TRY_AS(const auto node, tree.find(path));
    if (node.folder) return FileFacts{.size = 0, .is_directory = true, .modified = {}};
    return FileFacts{.size = node.file->size(), .modified = node.file->modified()};
  });
}

Result<> AmnesiacDisk::sync_directory(const Path& directory) {
  return tree_->with([&](Tree& tree) -> Result<> {
    SX_TRY_AS(auto* folder, tree.folder(directory));
    SX_TRY(tree.count_sync());
    if (folder->real) return sync_names(directory, *folder);
    folder->durable = folder->now;  // as durable as the folder itself: not yet
    return {};
  });
}

Result<DiskRoom> AmnesiacDisk::room(const Path& path) const {
  SX_TRY(facts(path));
  for (Path real = path;; real = real.parent_path())
    if (auto room = PosixDisk().room(real); room || real == real.parent_path()) return room;
}

Result<std::unique_ptr<DiskLock>> AmnesiacDisk::lock(const Path& path) {
  SX_TRY(facts(path.parent_path()));
  return PosixDisk().lock(path);
}

}  // namespace sextant::adapters

#include "adapters/embedded/amnesiac_file.h"

#include <algorithm>
#include <cstring>

namespace sextant::adapters {
namespace {
constexpr std::size_t kCopyBytes = 1u << 20;
}

AmnesiacFile::AmnesiacFile(std::filesystem::path real_path, const FileFacts& facts)
    : real_path_(std::move(real_path)),
      names_(1),
      real_size_(facts.size),
      kept_(facts.size),
      modified_(facts.modified) {}

void AmnesiacFile::append(std::string_view bytes) {
  tail_.append(bytes);
  modified_ = SystemClock().now();
}

void AmnesiacFile::truncate(std::uint64_t bytes) {
  tail_.resize(bytes > kept_ ? bytes - kept_ : 0);
  kept_ = std::min(kept_, bytes);
}

Result<std::size_t> AmnesiacFile::read_at(std::uint64_t offset, std::span<char> into) {
  std::size_t done = 0;
  if (offset < kept_ && !into.empty()) {
    SX_TRY(open_real());
    const auto wanted = std::min<std::uint64_t>(into.size(), kept_ - offset);
    SX_TRY_AS(done, read_full(handle_, real_path_, offset, into.first(wanted)));
    if (done < wanted) return done;
  }
  const std::uint64_t in_tail = offset + done - kept_;
  if (done == into.size() || in_tail >= tail_.size()) return done;
  return done + tail_.copy(into.data() + done, into.size() - done, in_tail);
}

Result<> AmnesiacFile::sync() {
  if (!is_real()) {
    synced_ = tail_;
    return {};
  }
  SX_TRY(open_real());
  if (real_size_ > kept_ && ::ftruncate(handle_.get(), static_cast<off_t>(kept_)) != 0)
    return disk_error("truncate", real_path_, errno);
  real_size_ = kept_;
  SX_TRY(write_all(handle_, real_path_, tail_, kept_));
  kept_ = real_size_ = kept_ + tail_.size();
  tail_.clear();
  return {};
}

Result<> AmnesiacFile::open_real() {
  if (handle_) return {};
  SX_TRY_AS(handle_, open_handle(real_path_, O_RDWR));
  return {};
}

Result<> AmnesiacFile::acquire() {
  if (is_real()) SX_TRY(open_real());
  ++users_;
  return {};
}

void AmnesiacFile::release() {
  --users_;
  close_unused();
}

void AmnesiacFile::close_unused() {
  if (users_ == 0 && !pinned_) handle_ = FileHandle();
}

Result<> AmnesiacFile::forget_name(const std::filesystem::path& path) {
  --names_;
  if (pinned_ || path != real_path_) return {};
  SX_TRY(open_real());
  pinned_ = true;
  return {};
}

Result<> AmnesiacFile::realise(const std::filesystem::path& path) {
  auto temporary = path;
  temporary += ".amnesiac";
  ::unlink(temporary.c_str());
  if (names_ > 0 && !pinned_) {
    if (::link(real_path_.c_str(), temporary.c_str()) != 0)
      return disk_error("link", real_path_, errno);
  } else {
    SX_TRY(copy_to(temporary));
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) return disk_error("rename", path, errno);
  real_path_ = path;
  ++names_;
  pinned_ = false;
  close_unused();
  return {};
}

// The synced bytes, into a real file of their own: they had none, or it has lost its names.
Result<> AmnesiacFile::copy_to(const std::filesystem::path& path) {
  SX_TRY_AS(auto copy, open_handle(path, O_RDWR | O_CREAT | O_TRUNC));
  if (handle_) {
    std::string piece(kCopyBytes, '\0');
    for (std::uint64_t at = 0; at < real_size_;) {
      SX_TRY_AS(const auto count, read_full(handle_, path, at, piece));
      SX_TRY(write_all(copy, path, std::string_view(piece).substr(0, count), at));
      at += count;
      if (count == 0) break;
    }
  } else {
    SX_TRY(write_all(copy, path, synced_, 0));
    real_size_ = synced_.size();
    const bool grown_only = tail_.starts_with(synced_);
    kept_ = grown_only ? real_size_ : 0;
    if (grown_only) tail_.erase(0, real_size_);
    synced_.clear();
  }
  handle_ = std::move(copy);
  return {};
}

void AmnesiacFile::keep_part(const std::function<std::size_t(std::size_t)>& survives) {
  if (!survives || names_ == 0 || tail_.empty() || real_size_ != kept_ || !open_real()) return;
  const auto part = std::min(tail_.size(), survives(tail_.size()));
  (void)write_all(handle_, real_path_, std::string_view(tail_).substr(0, part), kept_);
}

}  // namespace sextant::adapters

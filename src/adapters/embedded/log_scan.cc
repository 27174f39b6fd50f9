#include "adapters/embedded/log_scan.h"

#include <algorithm>
#include <string>
#include <vector>

#include "core/crc.h"
#include "core/log.h"

namespace sextant::adapters {
namespace {

// A log is a row of blocks; a record is one fragment, or several that end at a block's end each.
// Fragment: masked CRC-32C of type and payload (4, little-endian), length (2), type (1), payload.
constexpr std::uint64_t kBlockBytes = 32'768;
constexpr std::uint64_t kHeaderBytes = 7;
constexpr std::uint64_t kTypeOffset = 6;
constexpr std::uint64_t kSectorBytes = 512;  // the least that a disk writes at once
constexpr std::uint64_t kLogBytesMax = 1ull << 30;

enum class Fragment : std::uint8_t { Full = 1, First = 2, Middle = 3, Last = 4 };

std::uint32_t masked(std::uint32_t crc) { return ((crc >> 15) | (crc << 17)) + 0xA282EAD8u; }

bool all_zero(std::string_view bytes) { return bytes.find_first_not_of('\0') == bytes.npos; }

class LogScanner {
 public:
  explicit LogScanner(std::string_view bytes) : bytes_(bytes) {}

  LogScan scan() {
    while (position_ < bytes_.size() && step()) {
    }
    if (scan_.state == LogScan::State::Whole && in_record_) scan_.state = LogScan::State::Torn;
    return scan_;
  }

 private:
  std::uint64_t block_left(std::uint64_t at) const { return kBlockBytes - at % kBlockBytes; }
  // The payload bytes that a fragment at `at` could have: to the end of its block, or of the file.
  std::uint64_t payload_room(std::uint64_t at) const {
    return std::min(block_left(at), bytes_.size() - at) - kHeaderBytes;
  }
  bool header_fits(std::uint64_t at) const {
    return block_left(at) >= kHeaderBytes && bytes_.size() - at >= kHeaderBytes;
  }
  std::uint8_t byte(std::uint64_t at) const { return static_cast<std::uint8_t>(bytes_[at]); }
  std::uint64_t length(std::uint64_t at) const { return byte(at + 4) | byte(at + 5) << 8; }
  Fragment type(std::uint64_t at) const { return Fragment{byte(at + kTypeOffset)}; }
  std::uint32_t checksum(std::uint64_t at) const {
    return byte(at) | byte(at + 1) << 8 | byte(at + 2) << 16 |
           static_cast<std::uint32_t>(byte(at + 3)) << 24;
  }

  bool whole(std::uint64_t at) const {
    if (!header_fits(at) || length(at) > payload_room(at)) return false;
    const auto covered = bytes_.substr(at + kTypeOffset, 1 + length(at));
    return type(at) >= Fragment::Full && type(at) <= Fragment::Last &&
           masked(crc::crc32c(0, covered)) == checksum(at);
  }

  // One fragment, or the zeros at a block's end. False when the log ends here for good.
  bool step() {
    if (block_left(position_) < kHeaderBytes) {
      const auto trailer = bytes_.substr(position_, block_left(position_));
      if (!all_zero(trailer)) return end(LogScan::State::Damaged);
      position_ += trailer.size();
      if (!in_record_) scan_.intact = position_;
      return true;
    }
    if (!whole(position_)) return end(judge());
    const Fragment found = type(position_);
    const bool begins = found == Fragment::Full || found == Fragment::First;
    if (begins == in_record_) return end(LogScan::State::Damaged);
    in_record_ = found == Fragment::First || found == Fragment::Middle;
    position_ += kHeaderBytes + length(position_);
    if (in_record_) return true;
    scan_.intact = position_;
    ++scan_.records;
    return true;
  }

  bool end(LogScan::State state) {
    scan_.state = state;
    return false;
  }

  // The fragment here is not whole: was it never written to its end, or changed afterwards? Each
  // record is synced before the next is written, so only the last one can be torn.
  LogScan::State judge() const {
    if (record_follows()) return LogScan::State::Damaged;
    if (zeros_to_the_end()) return LogScan::State::Torn;
    if (!header_fits(position_)) return LogScan::State::Torn;
    if (length_is_wrong()) return LogScan::State::Damaged;
    const bool complete = length(position_) <= payload_room(position_);
    return complete ? LogScan::State::Damaged : LogScan::State::Torn;
  }

  bool begins_record(std::uint64_t at) const {
    return at < bytes_.size() && whole(at) &&
           (type(at) == Fragment::Full || type(at) == Fragment::First);
  }

  bool record_follows() const {
    if (header_fits(position_) && begins_record(position_ + kHeaderBytes + length(position_)))
      return true;
    for (auto at = position_ + block_left(position_); at < bytes_.size(); at += kBlockBytes)
      if (begins_record(at)) return true;
    return false;
  }

  // A power cut can leave a file longer than what reached the disk: whole sectors of zeros.
  bool zeros_to_the_end() const {
    const auto last_sector = (bytes_.size() - 1) / kSectorBytes * kSectorBytes;
    return all_zero(bytes_.substr(std::max(position_, last_sector)));
  }

  // The checksum does not cover the length; it fits one length only, which is the one written.
  bool length_is_wrong() const {
    if (length(position_) > block_left(position_) - kHeaderBytes) return true;
    auto crc = crc::crc32c(0, bytes_.substr(position_ + kTypeOffset, 1));
    const std::uint64_t payload = position_ + kHeaderBytes;
    const std::uint64_t room = payload_room(position_);
    for (std::uint64_t count = 0;; ++count) {
      if (masked(crc) == checksum(position_)) return true;
      if (count == room) return false;
      crc = crc::crc32c(crc, bytes_.substr(payload + count, 1));
    }
  }

  std::string_view bytes_;
  std::uint64_t position_ = 0;
  bool in_record_ = false;
  LogScan scan_;
};

struct LogFile {
  std::filesystem::path path;
  LogScan scan;
};

Result<LogFile> scan_file(const Disk& disk, const std::filesystem::path& path) {
  SX_TRY_AS(const auto bytes, read_file(disk, path, kLogBytesMax));
  LogFile file{path, scan_log(bytes)};
  if (file.scan.state == LogScan::State::Damaged) {
    return fail(Code::Corrupt,
                "log file " + path.string() + " is damaged behind byte " +
                    std::to_string(file.scan.intact) +
                    ": restore it from a backup, its bytes are not what was written");
  }
  return file;
}

Result<> cut_torn_tail(Disk& disk, const LogFile& file) {
  log::warn("the last, unsynced write was torn; its tail is cut off",
            {{"file", file.path.string()}, {"intact_bytes", std::to_string(file.scan.intact)}});
  SX_TRY_AS(auto writer, disk.write(file.path, WriteMode::Append));
  SX_TRY(writer->truncate(file.scan.intact));
  return writer->sync();
}

// The MANIFEST that CURRENT names; none in a new folder.
Result<std::vector<LogFile>> scan_manifest(const Disk& disk, const std::filesystem::path& folder) {
  std::vector<LogFile> files;
  auto name = read_file(disk, folder / "CURRENT", 1'000);
  if (!name && name.error().code == Code::NotFound) return files;
  if (!name) return std::unexpected(std::move(name).error());
  if (!name->starts_with("MANIFEST-") || !name->ends_with('\n') || name->contains('/'))
    return fail(Code::Corrupt, "file " + (folder / "CURRENT").string() + " names no MANIFEST");
  name->pop_back();
  auto file = scan_file(disk, folder / *name);
  if (!file && file.error().code == Code::NotFound) {
    return fail(Code::Corrupt, "file " + (folder / "CURRENT").string() + " names " + *name +
                                   ", which is not there");
  }
  if (!file) return std::unexpected(std::move(file).error());
  files.push_back(std::move(*file));
  return files;
}

Result<std::vector<LogFile>> scan_write_ahead_logs(const Disk& disk,
                                                   const std::filesystem::path& folder) {
  std::vector<LogFile> files;
  SX_TRY_AS(const auto entries, disk.list(folder));  // sorted: the oldest first
  for (const auto& entry : entries) {
    if (!entry.name.ends_with(".log")) continue;
    SX_TRY_AS(auto file, scan_file(disk, folder / entry.name));
    files.push_back(std::move(file));
  }
  return files;
}

// A torn tail in the middle (before a log with records) is no tail of the last write: if that log
// still counts, RocksDB refuses it.
Result<> cut_newest(Disk& disk, const std::vector<LogFile>& oldest_first) {
  for (auto file = oldest_first.rbegin(); file != oldest_first.rend(); ++file) {
    if (file->scan.state == LogScan::State::Torn) SX_TRY(cut_torn_tail(disk, *file));
    if (file->scan.records > 0) break;
  }
  return {};
}

}  // namespace

LogScan scan_log(std::string_view bytes) { return LogScanner(bytes).scan(); }

Result<> check_logs(Disk& disk, const std::filesystem::path& folder) {
  SX_TRY_AS(const auto manifest, scan_manifest(disk, folder));
  SX_TRY_AS(const auto logs, scan_write_ahead_logs(disk, folder));
  SX_TRY(cut_newest(disk, manifest));
  return cut_newest(disk, logs);
}

}  // namespace sextant::adapters

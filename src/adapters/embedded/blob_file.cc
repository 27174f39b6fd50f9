#include "adapters/embedded/blob_file.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "core/crc.h"
#include "core/fault_point.h"

namespace sextant::adapters {
namespace {

constexpr std::string_view kHeader{"SXBLOB\0\1", 8};  // the last byte is the format's version
constexpr std::size_t kCrcBytes = 4;
constexpr std::size_t kSizeBytes = 8;
constexpr std::size_t kFooterBytes = kSizeBytes + sizeof(Sha256Digest) + kCrcBytes;
constexpr std::uint64_t kFrameBytes = kBlobBlockBytes + kCrcBytes;

template <typename Number>
void put_little(std::string& out, Number number, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) out.push_back(static_cast<char>(number >> (8 * i)));
}

std::uint64_t get_little(std::string_view bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = bytes.size(); i-- > 0;)
    number = number << 8 | static_cast<std::uint8_t>(bytes[i]);
  return number;
}

// Covers the block's place too, so that a block read from elsewhere does not pass.
std::uint32_t block_crc(std::uint64_t index, std::string_view block) {
  std::string place;
  put_little(place, index, kSizeBytes);
  return crc::crc32c(crc::crc32c(0, place), block);
}

std::uint64_t file_bytes(std::uint64_t payload_bytes) {
  const std::uint64_t blocks = (payload_bytes + kBlobBlockBytes - 1) / kBlobBlockBytes;
  return kHeader.size() + payload_bytes + blocks * kCrcBytes + kFooterBytes;
}

std::unexpected<Error> damaged_blob(const std::filesystem::path& path, std::string_view where) {
  return fail(Code::Corrupt, "blob file " + path.string() + " is damaged in its " +
                                 std::string(where) + ": restore it from a backup");
}

class BlobFileReader final : public ports::BlobReader {
 public:
  BlobFileReader(std::unique_ptr<ReadableFile> file, std::filesystem::path path, std::uint64_t size)
      : file_(std::move(file)), path_(std::move(path)), size_(size) {}

  std::uint64_t size() const override { return size_; }

  Result<std::size_t> read_at(std::uint64_t offset, std::span<char> into) const override {
    if (offset >= size_) return 0;
    into = into.first(std::min<std::uint64_t>(into.size(), size_ - offset));
    std::vector<char> frame(std::min<std::uint64_t>(kFrameBytes, size_ + kCrcBytes));
    std::size_t done = 0;
    while (done < into.size()) {
      const std::uint64_t index = (offset + done) / kBlobBlockBytes;
      SX_TRY_AS(const auto block, read_block(index, frame));
      const auto wanted = block.substr((offset + done) % kBlobBlockBytes, into.size() - done);
      std::memcpy(into.data() + done, wanted.data(), wanted.size());
      done += wanted.size();
    }
    return done;
  }

 private:
  Result<std::string_view> read_block(std::uint64_t index, std::span<char> frame) const {
    const std::uint64_t begins = index * kBlobBlockBytes;
    const auto bytes =
        static_cast<std::size_t>(std::min<std::uint64_t>(kBlobBlockBytes, size_ - begins));
    frame = frame.first(bytes + kCrcBytes);
    SX_TRY_AS(const auto count, file_->read_at(kHeader.size() + index * kFrameBytes, frame));
    const std::string_view read(frame.data(), count);
    if (count != frame.size() ||
        get_little(read.substr(bytes)) != block_crc(index, read.substr(0, bytes)))
      return damaged_blob(path_, "block " + std::to_string(index));
    return read.substr(0, bytes);
  }

  std::unique_ptr<ReadableFile> file_;
  std::filesystem::path path_;
  std::uint64_t size_;
};

}  // namespace

Result<> BlobFileWriter::append(std::string_view bytes) {
  sha256_.update(bytes);
  size_ += bytes.size();
  while (!bytes.empty()) {
    const auto part = bytes.substr(0, kBlobBlockBytes - block_.size());
    block_.append(part);
    bytes.remove_prefix(part.size());
    if (block_.size() == kBlobBlockBytes) SX_TRY(write_block());
  }
  return {};
}

Result<> BlobFileWriter::write_block() {
  const std::uint32_t crc = block_crc(blocks_, block_);
  put_little(block_, crc, kCrcBytes);
  if (blocks_ == 0) block_.insert(0, kHeader);
  ++blocks_;
  SX_TRY(file_->append(block_));
  block_.clear();
  return {};
}

Result<BlobFileWriter::Facts> BlobFileWriter::finish() {
  if (!block_.empty()) SX_TRY(write_block());
  Facts facts{.size = size_, .sha256 = {}};
  std::ranges::copy(sha256_.finish(), facts.sha256.begin());
  std::string footer;
  put_little(footer, facts.size, kSizeBytes);
  footer.append(facts.sha256.begin(), facts.sha256.end());
  put_little(footer, crc::crc32c(crc::crc32c(0, kHeader), footer), kCrcBytes);
  if (blocks_ == 0) footer.insert(0, kHeader);
  SX_TRY(file_->append(footer));
  fault_point("blob.before_fsync");
  SX_TRY(file_->sync());
  return facts;
}

Result<std::unique_ptr<ports::BlobReader>> open_blob_file(const Disk& disk,
                                                          const std::filesystem::path& path) {
  SX_TRY_AS(auto file, disk.open(path));
  if (file->size() < file_bytes(0)) return damaged_blob(path, "length");
  std::string header(kHeader.size(), '\0');
  std::string footer(kFooterBytes, '\0');
  SX_TRY_AS(const auto header_bytes, file->read_at(0, header));
  SX_TRY_AS(const auto footer_bytes, file->read_at(file->size() - kFooterBytes, footer));
  if (header_bytes != header.size() || header != kHeader) return damaged_blob(path, "header");
  const std::string_view covered = std::string_view(footer).substr(0, kFooterBytes - kCrcBytes);
  const auto stored_crc = get_little(std::string_view(footer).substr(covered.size()));
  if (footer_bytes != footer.size() || stored_crc != crc::crc32c(crc::crc32c(0, header), covered))
    return damaged_blob(path, "footer");
  const auto size = get_little(covered.substr(0, kSizeBytes));
  if (file->size() != file_bytes(size)) return damaged_blob(path, "length");
  return std::make_unique<BlobFileReader>(std::move(file), path, size);
}

}  // namespace sextant::adapters

#pragma once
// Where Parquet's bytes go: a file of the disk layer, hashed and counted on the way.
#include <arrow/io/interfaces.h>
#include <arrow/result.h>

#include <memory>
#include <optional>
#include <string>

#include "adapters/embedded/disk.h"
#include "core/hash.h"

namespace sextant::adapters {

class ParquetOutput final : public arrow::io::OutputStream {
 public:
  explicit ParquetOutput(std::unique_ptr<WritableFile> file) : file_(std::move(file)) {
    buffer_.reserve(kBufferBytes);
  }

  arrow::Status Write(const void* data, std::int64_t bytes) override;
  using arrow::io::OutputStream::Write;
  arrow::Status Flush() override { return arrow::Status::OK(); }
  arrow::Status Close() override;
  bool closed() const override { return closed_; }
  arrow::Result<std::int64_t> Tell() const override { return static_cast<std::int64_t>(size_); }

  std::uint64_t size() const { return size_; }
  // The disk's own error behind a failed Write, which Arrow would flatten to a text.
  const std::optional<Error>& error() const { return error_; }
  // Writes what is buffered and syncs. Once, after the last Write.
  Result<Sha256Digest> sync();

 private:
  static constexpr std::size_t kBufferBytes = 256 * 1024;
  Result<> write_out(std::string_view bytes);

  std::unique_ptr<WritableFile> file_;
  Hasher hasher_{HashKind::Sha256};
  std::string buffer_;
  std::uint64_t size_ = 0;
  bool closed_ = false;
  std::optional<Error> error_;
};

}  // namespace sextant::adapters

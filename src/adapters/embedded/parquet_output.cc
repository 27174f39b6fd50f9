#include "adapters/embedded/parquet_output.h"

#include <arrow/status.h>

#include <algorithm>

namespace sextant::adapters {

Result<> ParquetOutput::write_out(std::string_view bytes) {
  hasher_.update(bytes);
  auto written = file_->append(bytes);
  if (!written) error_ = written.error();
  return written;
}

arrow::Status ParquetOutput::Write(const void* data, std::int64_t bytes) {
  const std::string_view text(static_cast<const char*>(data), static_cast<std::size_t>(bytes));
  size_ += text.size();
  if (buffer_.size() + text.size() <= kBufferBytes) {
    buffer_.append(text);
    return arrow::Status::OK();
  }
  auto written = write_out(buffer_);
  buffer_.clear();
  if (written && text.size() >= kBufferBytes) {
    written = write_out(text);
  } else {
    buffer_.append(text);
  }
  return written ? arrow::Status::OK() : arrow::Status::IOError(written.error().message);
}

arrow::Status ParquetOutput::Close() {
  closed_ = true;
  return arrow::Status::OK();
}

Result<Sha256Digest> ParquetOutput::sync() {
  SX_TRY(write_out(buffer_));
  buffer_.clear();
  SX_TRY(file_->sync());
  const auto digest = hasher_.finish();
  Sha256Digest bytes;
  std::ranges::transform(digest, bytes.begin(),
                         [](char c) { return static_cast<std::uint8_t>(c); });
  return bytes;
}

}  // namespace sextant::adapters

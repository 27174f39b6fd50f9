#include "services/intake/batch_reader.h"

#include <algorithm>
#include <utility>

#include "core/strings.h"

namespace sextant::services::intake {
namespace {

constexpr std::size_t kMagicBytes = 4;
constexpr std::size_t kPieceBytes = 64 * 1024;

std::unexpected<Error> malformed(std::string message) {
  return fail(Code::Invalid, "the batch cannot be read: " + std::move(message), "MalformedBody");
}

std::unexpected<Error> too_large(std::string message) {
  return fail(Code::Invalid,
              "the batch is too large: " + std::move(message) + "; send less at once",
              "RequestEntityTooLarge");
}

}  // namespace

Result<BatchReader> BatchReader::make(std::string_view content_encoding,
                                      const BatchLimits& limits) {
  const auto name = trim(content_encoding);
  if (name.empty() || iequals(name, "identity")) return BatchReader(Compression::None, limits);
  if (iequals(name, "gzip") || iequals(name, "x-gzip"))
    return BatchReader(Compression::Gzip, limits);
  if (iequals(name, "zstd")) return BatchReader(Compression::Zstd, limits);
  return fail(Code::Invalid,
              "Content-Encoding '" + std::string(name.substr(0, 100)) +
                  "' is not known here: gzip and zstd are",
              "UnsupportedMediaType");
}

Result<> BatchReader::take(std::string_view bytes) {
  sent_bytes_ += bytes.size();
  if (sent_bytes_ > limits_.sent_bytes_max)
    return too_large("more than " + std::to_string(limits_.sent_bytes_max) + " bytes");
  if (begun_) return look_inside(bytes);
  head_.append(bytes);
  return head_.size() < kMagicBytes ? Result<>() : begin();
}

Result<> BatchReader::begin() {
  begun_ = true;
  summary_.compression = sniff_compression(head_);
  if (declared_ != Compression::None && summary_.compression != declared_)
    return malformed("it is not compressed as Content-Encoding says");
  if (summary_.compression != Compression::None)
    inflater_ = Inflater::make(summary_.compression, limits_.inflate);
  return look_inside(std::exchange(head_, {}));
}

Result<> BatchReader::look_inside(std::string_view bytes) {
  if (inflater_ == nullptr) {
    note(bytes);
    return {};
  }
  std::string inside;
  while (!bytes.empty()) {
    inside.clear();
    auto read = inflater_->inflate(bytes, inside, kPieceBytes);
    note(inside);
    if (!read && read.error().code == Code::Exhausted) return too_large(read.error().message);
    if (!read) return malformed(read.error().message);
  }
  return {};
}

void BatchReader::note(std::string_view inside) {
  if (inside.empty()) return;
  hasher_.update(inside);
  summary_.bytes += inside.size();
  summary_.lines += static_cast<std::uint64_t>(std::ranges::count(inside, '\n'));
  in_line_ = inside.back() != '\n';
}

Result<BatchSummary> BatchReader::finish() {
  if (!begun_) SX_TRY(begin());
  if (inflater_ != nullptr) {
    if (auto whole = inflater_->finish(); !whole) return malformed(whole.error().message);
  }
  if (summary_.bytes == 0) return malformed("it is empty");
  if (in_line_) ++summary_.lines;
  summary_.sha256 = hasher_.finish();
  return std::move(summary_);
}

}  // namespace sextant::services::intake

#include "core/inflate.h"

#include <isa-l/igzip_lib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <limits>

namespace sextant {
namespace {

constexpr std::size_t kPieceBytes = 256 * 1024;
constexpr int kZstdWindowLogMax = 25;

std::unexpected<Error> damaged(std::string_view format, std::string_view why) {
  return fail(Code::Invalid, std::string(format) + " data is damaged: " + std::string(why));
}

std::unexpected<Error> cut_short(std::string_view format) {
  return fail(Code::Invalid, std::string(format) + " data is cut short");
}

// What decompressed bytes may come to, for that many compressed ones.
std::uint64_t output_bound(const InflateLimits& limits, std::uint64_t in_bytes) {
  const std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  const bool overflows = limits.ratio_max != 0 && in_bytes > most / limits.ratio_max;
  const std::uint64_t by_ratio = overflows ? most : in_bytes * limits.ratio_max;
  return std::min(limits.bytes_max, std::max(by_ratio, limits.ratio_free_bytes));
}

std::unexpected<Error> too_large(const InflateLimits& limits, std::uint64_t out_bytes) {
  if (out_bytes > limits.bytes_max) {
    return fail(Code::Exhausted,
                "decompressed data is larger than " + std::to_string(limits.bytes_max) + " bytes");
  }
  return fail(Code::Exhausted, "decompressed data is more than " +
                                   std::to_string(limits.ratio_max) +
                                   " times as large as the compressed");
}

// What the formats share: counting, limits, and a bounded piece of output at a time.
class LimitedInflater : public Inflater {
 public:
  explicit LimitedInflater(InflateLimits limits) : limits_(limits) {}

  // Goes on beyond out_bytes_max only for what the library holds of input it has swallowed already
  // (at most a block of 128 KiB), so that an empty `in` always means: nothing is left inside.
  Result<> inflate(std::string_view& in, std::string& out, std::size_t out_bytes_max) final {
    const std::size_t before = out.size();
    while (!in.empty() || more_inside_) {
      const std::size_t written = out.size() - before;
      if (written >= out_bytes_max && !in.empty()) return {};
      const std::size_t room =
          written < out_bytes_max ? std::min(out_bytes_max - written, kPieceBytes) : kPieceBytes;
      SX_TRY(piece(in, out, room));
      if (out_bytes_ > output_bound(limits_, in_bytes_)) return too_large(limits_, out_bytes_);
    }
    return {};
  }

 protected:
  struct Step {
    std::size_t in_used = 0;
    std::size_t out_made = 0;
    Result<> done = {};  // an error: what came out before it counts
  };
  // One call of the library.
  virtual Step step(std::string_view in, char* out, std::size_t room) = 0;

 private:
  Result<> piece(std::string_view& in, std::string& out, std::size_t room) {
    const std::size_t before = out.size();
    Step made;
    out.resize_and_overwrite(before + room, [&](char* data, std::size_t) {
      made = step(in, data + before, room);
      return before + made.out_made;
    });
    in.remove_prefix(made.in_used);
    in_bytes_ += made.in_used;
    out_bytes_ += made.out_made;
    more_inside_ = made.out_made == room;
    return std::move(made.done);
  }

  InflateLimits limits_;
  std::uint64_t in_bytes_ = 0;
  std::uint64_t out_bytes_ = 0;
  bool more_inside_ = false;  // the room was filled: there may be more
};

class PlainInflater final : public LimitedInflater {
 public:
  using LimitedInflater::LimitedInflater;
  Result<> finish() override { return {}; }

 private:
  Step step(std::string_view in, char* out, std::size_t room) override {
    const std::size_t size = in.copy(out, room);
    return Step{size, size};
  }
};

// ISA-L's igzip: three times as fast as zlib, and still a stream.
class GzipInflater final : public LimitedInflater {
 public:
  explicit GzipInflater(InflateLimits limits)
      : LimitedInflater(limits), state_(std::make_unique<inflate_state>()) {
    ::isal_inflate_init(state_.get());
    state_->crc_flag = ISAL_GZIP;
  }

  Result<> finish() override {
    if (!at_member_end_) return cut_short("gzip");
    return {};
  }

 private:
  Step step(std::string_view in, char* out, std::size_t room) override {
    if (at_member_end_) {
      if (in.empty()) return Step{};
      ::isal_inflate_reset(state_.get());
      at_member_end_ = false;
    }
    const std::size_t offered = std::min<std::size_t>(in.size(), 1 << 30);
    state_->next_in = reinterpret_cast<std::uint8_t*>(const_cast<char*>(in.data()));
    state_->avail_in = static_cast<std::uint32_t>(offered);
    state_->next_out = reinterpret_cast<std::uint8_t*>(out);
    state_->avail_out = static_cast<std::uint32_t>(room);
    const int code = ::isal_inflate(state_.get());
    Step made{.in_used = offered - state_->avail_in, .out_made = room - state_->avail_out};
    at_member_end_ = state_->block_state == ISAL_BLOCK_FINISH;
    if (code < 0) made.done = damaged("gzip", reason(code));
    return made;
  }

  static std::string_view reason(int code) {
    if (code == ISAL_INVALID_WRAPPER || code == ISAL_UNSUPPORTED_METHOD) return "not a gzip header";
    return code == ISAL_INCORRECT_CHECKSUM ? "its checksum does not match" : "bad code";
  }

  std::unique_ptr<inflate_state> state_;
  bool at_member_end_ = false;
};

class ZstdInflater final : public LimitedInflater {
 public:
  explicit ZstdInflater(InflateLimits limits)
      : LimitedInflater(limits), stream_(::ZSTD_createDCtx()) {
    SX_CHECK(stream_ != nullptr);
    ::ZSTD_DCtx_setParameter(stream_, ZSTD_d_windowLogMax, kZstdWindowLogMax);
  }
  ZstdInflater(const ZstdInflater&) = delete;
  ZstdInflater& operator=(const ZstdInflater&) = delete;
  ~ZstdInflater() override { ::ZSTD_freeDCtx(stream_); }

  Result<> finish() override {
    if (!at_frame_end_) return cut_short("zstd");
    return {};
  }

 private:
  Step step(std::string_view in, char* out, std::size_t room) override {
    if (at_frame_end_ && in.empty()) return Step{};
    ZSTD_inBuffer from{in.data(), in.size(), 0};
    ZSTD_outBuffer to{out, room, 0};
    const std::size_t code = ::ZSTD_decompressStream(stream_, &to, &from);
    Step made{.in_used = from.pos, .out_made = to.pos};
    at_frame_end_ = code == 0;
    if (::ZSTD_isError(code) != 0U) made.done = refuse(code);
    return made;
  }

  static std::unexpected<Error> refuse(std::size_t code) {
    if (::ZSTD_getErrorCode(code) == ZSTD_error_frameParameter_windowTooLarge) {
      return fail(Code::Exhausted, "zstd data needs a window of more than 32 MiB");
    }
    return damaged("zstd", ::ZSTD_getErrorName(code));
  }

  ZSTD_DCtx* stream_;
  bool at_frame_end_ = false;
};

}  // namespace

Compression sniff_compression(std::string_view first_bytes) {
  if (first_bytes.starts_with("\x1F\x8B")) return Compression::Gzip;
  if (first_bytes.starts_with("\x28\xB5\x2F\xFD")) return Compression::Zstd;
  return Compression::None;
}

std::unique_ptr<Inflater> Inflater::make(Compression compression, InflateLimits limits) {
  switch (compression) {
    case Compression::Gzip: return std::make_unique<GzipInflater>(limits);
    case Compression::Zstd: return std::make_unique<ZstdInflater>(limits);
    case Compression::None: break;
  }
  return std::make_unique<PlainInflater>(limits);
}

}  // namespace sextant

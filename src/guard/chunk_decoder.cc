#include "guard/chunk_decoder.h"

#include <algorithm>
#include <charconv>

#include "core/encoding.h"
#include "core/sigv4.h"
#include "core/strings.h"

namespace sextant::guard {
namespace {

constexpr std::size_t kLineBytesMax = 4 * 1'024;
constexpr std::size_t kTrailersMax = 16;
constexpr std::string_view kSignatureExtension = ";chunk-signature=";
constexpr std::string_view kTrailerSignature = "x-amz-trailer-signature";

std::unexpected<Error> broken_framing(std::string message) {
  return fail(Code::Invalid, "aws-chunked body: " + std::move(message), "InvalidRequest");
}
std::unexpected<Error> incomplete(std::string message) {
  return fail(Code::Invalid, std::move(message), "IncompleteBody");
}
std::unexpected<Error> bad_trailer(std::string message) {
  return fail(Code::Invalid, std::move(message), "MalformedTrailerError");
}

std::optional<std::uint64_t> parse_hex(std::string_view text) {
  std::uint64_t value = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value, 16);
  if (text.empty() || text.size() > 16 || read.ec != std::errc{} || read.ptr != end) {
    return std::nullopt;
  }
  return value;
}

}  // namespace

ChunkDecoder::ChunkDecoder(ChunkRules rules)
    : rules_(std::move(rules)), previous_signature_(rules_.seed_signature) {}

Result<> ChunkDecoder::feed(std::string_view bytes, std::string& decoded) {
  while (!bytes.empty()) {
    if (state_ == State::End) return broken_framing("there are bytes after its end");
    if (state_ == State::Data) {
      SX_TRY(take_data(bytes, decoded));
      continue;
    }
    const auto newline = bytes.find('\n');
    line_.append(bytes.substr(0, newline));
    if (line_.size() > kLineBytesMax) return broken_framing("a line of its framing is too long");
    if (newline == std::string_view::npos) return {};
    bytes.remove_prefix(newline + 1);
    if (!line_.ends_with('\r')) return broken_framing("a line must end in CR LF");
    line_.pop_back();
    SX_TRY(take_line(line_));
    line_.clear();
  }
  return {};
}

Result<> ChunkDecoder::take_line(std::string_view line) {
  switch (state_) {
    case State::Header: return take_header(line);
    case State::DataEnd: return take_data_end(line);
    case State::Trailer: return take_trailer(line);
    default: return broken_framing("there are bytes after its end");
  }
}

Result<> ChunkDecoder::take_header(std::string_view line) {
  const auto semicolon = line.find(';');
  const auto size = parse_hex(line.substr(0, semicolon));
  if (!size) return broken_framing("a chunk's size is not a hexadecimal number");
  if (rules_.is_signed) {
    const auto extension =
        semicolon == std::string_view::npos ? std::string_view() : line.substr(semicolon);
    if (!extension.starts_with(kSignatureExtension)) {
      return broken_framing("a chunk has no chunk-signature");
    }
    chunk_signature_ = std::string(extension.substr(kSignatureExtension.size()));
  } else if (semicolon != std::string_view::npos) {
    return broken_framing("an unsigned chunk has an extension");
  }
  if (*size > rules_.decoded_bytes - decoded_) {
    return incomplete("the body is longer than x-amz-decoded-content-length");
  }
  chunk_left_ = *size;
  last_chunk_ = *size == 0;
  chunk_hash_.emplace(HashKind::Sha256);
  if (!last_chunk_) {
    state_ = State::Data;
    return {};
  }
  // The last chunk has no data; a trailer follows at once.
  if (!rules_.has_trailer) {
    state_ = State::DataEnd;
    return {};
  }
  SX_TRY(end_chunk());
  state_ = State::Trailer;
  return {};
}

Result<> ChunkDecoder::take_data(std::string_view& bytes, std::string& decoded) {
  const auto data = bytes.substr(0, std::min<std::uint64_t>(chunk_left_, bytes.size()));
  bytes.remove_prefix(data.size());
  decoded.append(data);
  if (rules_.is_signed) chunk_hash_->update(data);
  chunk_left_ -= data.size();
  decoded_ += data.size();
  if (chunk_left_ == 0) state_ = State::DataEnd;
  return {};
}

Result<> ChunkDecoder::take_data_end(std::string_view line) {
  if (!line.empty()) return broken_framing("a chunk is longer than its size says");
  SX_TRY(end_chunk());
  state_ = last_chunk_ ? State::End : State::Header;
  return {};
}

Result<> ChunkDecoder::end_chunk() {
  if (!rules_.is_signed) return {};
  const auto hashes = sha256_hex("") + "\n" + hex(chunk_hash_->finish());
  SX_TRY(check_signature("AWS4-HMAC-SHA256-PAYLOAD", hashes, chunk_signature_));
  previous_signature_ = chunk_signature_;
  return {};
}

Result<> ChunkDecoder::check_signature(std::string_view kind, std::string_view hashes,
                                       std::string_view signature) {
  std::string text(kind);
  text.append("\n").append(rules_.amz_date).append("\n").append(rules_.scope);
  text.append("\n").append(previous_signature_).append("\n").append(hashes);
  if (equal_constant_time(sigv4::signature(rules_.signing_key, text), signature)) return {};
  return fail(Code::Denied,
              "The chunk signature we calculated does not match the signature you provided.",
              "SignatureDoesNotMatch");
}

Result<> ChunkDecoder::take_trailer(std::string_view line) {
  if (line.empty()) return end_trailers();
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) return bad_trailer("a trailer has no name");
  auto name = to_lower(trim(line.substr(0, colon)));
  const auto value = trim(line.substr(colon + 1));
  if (!trailer_signature_.empty()) return bad_trailer("the trailer goes on after its signature");
  if (rules_.is_signed && name == kTrailerSignature) {
    if (value.empty()) return bad_trailer("the trailer's signature is empty");
    trailer_signature_ = std::string(value);
    return {};
  }
  if (std::ranges::find(rules_.trailer_names, name) == rules_.trailer_names.end()) {
    return bad_trailer("x-amz-trailer does not announce " + name);
  }
  if (trailers_.size() >= kTrailersMax) return bad_trailer("too many trailers");
  trailer_text_.append(name).append(":").append(value).append("\n");
  trailers_.emplace_back(std::move(name), value);
  return {};
}

Result<> ChunkDecoder::end_trailers() {
  for (const auto& name : rules_.trailer_names) {
    const auto count = std::ranges::count(trailers_, name, &Trailers::value_type::first);
    if (count != 1) return bad_trailer("the trailer " + name + " must stand once");
  }
  if (rules_.is_signed) {
    SX_TRY(
        check_signature("AWS4-HMAC-SHA256-TRAILER", sha256_hex(trailer_text_), trailer_signature_));
  }
  state_ = State::End;
  return {};
}

Result<> ChunkDecoder::finish() const {
  if (state_ == State::End && decoded_ == rules_.decoded_bytes) return {};
  return incomplete(
      "You did not provide the number of bytes specified by the x-amz-decoded-content-length "
      "HTTP header");
}

}  // namespace sextant::guard

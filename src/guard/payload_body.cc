#include "guard/payload_body.h"

#include <algorithm>
#include <atomic>
#include <optional>

#include "core/encoding.h"
#include "core/hash.h"
#include "core/strings.h"

namespace sextant::guard {
namespace {

class HashDecoder {
 public:
  explicit HashDecoder(std::string expected) : expected_(std::move(expected)) {}
  Result<> feed(std::string_view bytes, std::string& decoded) {
    hasher_.update(bytes);
    decoded.append(bytes);
    return {};
  }
  Result<> finish() {
    if (equal_constant_time(hex(hasher_.finish()), expected_)) return {};
    return fail(Code::Invalid,
                "The provided 'x-amz-content-sha256' header does not match what was computed.",
                "XAmzContentSHA256Mismatch");
  }
  ChunkDecoder::Trailers trailers() const { return {}; }

 private:
  const std::string expected_;
  Hasher hasher_{HashKind::Sha256};
};

class NoDecoder {
 public:
  Result<> feed(std::string_view bytes, std::string& decoded) const {
    decoded.append(bytes);
    return {};
  }
  Result<> finish() const { return {}; }
  ChunkDecoder::Trailers trailers() const { return {}; }
};

// Reads until the decoder gives something. A turn (one read of the consumer) asks in a loop while
// chunks arrive at once and by callback when they do not, so framing in small pieces does not grow
// the stack; whoever leaves last of loop, callback and body destroys the pump.
template <typename Decoder>
class Pump : public std::enable_shared_from_this<Pump<Decoder>> {
 public:
  Pump(std::unique_ptr<Body> body, Decoder decoder)
      : body_(std::move(body)), decoder_(std::move(decoder)) {}

  void read(Body::OnChunk on_chunk) {
    if (ended_) return on_chunk(std::string());
    ask(std::make_shared<Turn>(std::move(on_chunk)));
  }
  ChunkDecoder::Trailers trailers() const { return decoder_.trailers(); }
  std::optional<std::uint64_t> length() const { return body_->length(); }

 private:
  enum State { kAsked, kAnswered, kWaiting };
  struct Turn {
    explicit Turn(Body::OnChunk given) : on_chunk(std::move(given)) {}
    Body::OnChunk on_chunk;
    std::atomic<int> state = kAsked;
  };

  void ask(const std::shared_ptr<Turn>& turn) {
    const auto self = this->shared_from_this();
    do {
      turn->state = kAsked;
      body_->read([pump = self, turn](Result<std::string> chunk) mutable {
        const auto held = std::move(pump);
        held->take(turn, std::move(chunk));
      });
    } while (turn->state.exchange(kWaiting) == kAnswered);
  }

  void take(const std::shared_ptr<Turn>& turn, Result<std::string> chunk) {
    auto decoded = decode(std::move(chunk));
    if (!decoded) ended_ = true;
    if (!ended_ && decoded->empty()) {
      // Framing only: ask again, in the loop that is still below or else here.
      if (turn->state.exchange(kAnswered) == kWaiting) ask(turn);
      return;
    }
    turn->on_chunk(std::move(decoded));
  }

  Result<std::string> decode(Result<std::string> chunk) {
    if (!chunk) return chunk;
    std::string decoded;
    if (chunk->empty()) {
      ended_ = true;
      SX_TRY(decoder_.finish());
      return decoded;
    }
    SX_TRY(decoder_.feed(*chunk, decoded));
    return decoded;
  }

  std::unique_ptr<Body> body_;
  Decoder decoder_;
  bool ended_ = false;  // one read at a time: no two threads at once
};

template <typename Decoder>
class DecodedBody final : public PayloadBody {
 public:
  DecodedBody(std::unique_ptr<Body> body, Decoder decoder, std::optional<std::uint64_t> length)
      : pump_(std::make_shared<Pump<Decoder>>(std::move(body), std::move(decoder))),
        length_(length) {}
  void read(OnChunk on_chunk) override {
    const auto pump = pump_;  // the consumer may destroy this body in its callback
    pump->read(std::move(on_chunk));
  }
  std::optional<std::uint64_t> length() const override {
    return length_ ? length_ : pump_->length();
  }
  ChunkDecoder::Trailers trailers() const override { return pump_->trailers(); }

 private:
  const std::shared_ptr<Pump<Decoder>> pump_;
  const std::optional<std::uint64_t> length_;  // once decoded; nullopt: that of the body
};

template <typename Decoder>
std::unique_ptr<PayloadBody> decoded_body(std::unique_ptr<Body> body, Decoder decoder,
                                          std::optional<std::uint64_t> length = std::nullopt) {
  return std::make_unique<DecodedBody<Decoder>>(std::move(body), std::move(decoder), length);
}

std::optional<std::string_view> find(const Headers& headers, std::string_view name) {
  const auto found = std::ranges::find_if(
      headers, [&](const auto& header) { return iequals(header.first, name); });
  if (found == headers.end()) return std::nullopt;
  return trim(found->second);
}

Result<ChunkRules> chunk_rules(const Authenticated& authenticated, const Headers& headers) {
  ChunkRules rules;
  rules.is_signed = authenticated.payload != PayloadKind::UnsignedChunksTrailer;
  rules.has_trailer = authenticated.payload != PayloadKind::SignedChunks;
  const auto length = find(headers, "x-amz-decoded-content-length");
  if (!length) {
    return fail(Code::Invalid, "You must provide the x-amz-decoded-content-length HTTP header.",
                "MissingContentLength");
  }
  const auto bytes = parse_u64(*length);
  if (!bytes) {
    return fail(Code::Invalid, "x-amz-decoded-content-length is not a number", "InvalidRequest");
  }
  rules.decoded_bytes = *bytes;
  for (const auto name : split(find(headers, "x-amz-trailer").value_or(""), ',')) {
    if (!trim(name).empty()) rules.trailer_names.push_back(to_lower(trim(name)));
  }
  rules.amz_date = authenticated.amz_date;
  rules.scope = authenticated.scope.text();
  rules.signing_key = authenticated.signing_key;
  rules.seed_signature = authenticated.signature;
  return rules;
}

}  // namespace

Result<std::unique_ptr<PayloadBody>> check_payload(std::unique_ptr<Body> body,
                                                   const Authenticated& authenticated,
                                                   const Headers& headers) {
  switch (authenticated.payload) {
    case PayloadKind::Unsigned: return decoded_body(std::move(body), NoDecoder());
    case PayloadKind::Hash:
      return decoded_body(std::move(body), HashDecoder(authenticated.payload_sha256));
    default: break;
  }
  SX_TRY_AS(auto rules, chunk_rules(authenticated, headers));
  const auto length = rules.decoded_bytes;
  return decoded_body(std::move(body), ChunkDecoder(std::move(rules)), length);
}

}  // namespace sextant::guard

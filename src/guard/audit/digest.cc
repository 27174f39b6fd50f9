#include "guard/audit/digest.h"

#include <algorithm>
#include <boost/json.hpp>
#include <optional>
#include <utility>

#include "core/encoding.h"
#include "core/json.h"
#include "core/time_text.h"
#include "core/wire.h"

namespace sextant::guard {
namespace {

constexpr std::uint8_t kRecordVersion = 1;
enum Field : int { kDocument = 1, kSignature = 2 };

std::string_view bytes_of(const Sha256Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

boost::json::value text_or_null(const std::string& text) {
  return text.empty() ? boost::json::value(nullptr) : boost::json::value(text);
}

// Reads members that must be there; remembers the first that is not.
class Members {
 public:
  explicit Members(const boost::json::object& object) : object_(object) {}
  std::string text(std::string_view name) {
    const auto* value = json::find(object_, name);
    if (value != nullptr && value->is_null()) return {};
    if (value == nullptr || !value->is_string()) return missing(name);
    return std::string(value->get_string());
  }
  std::uint64_t number(std::string_view name) {
    const auto* value = json::find(object_, name);
    if (value != nullptr && value->is_int64() && value->get_int64() > 0)
      return static_cast<std::uint64_t>(value->get_int64());
    missing(name);
    return 0;
  }
  Time time(std::string_view name) {
    const auto parsed = parse_iso8601(text(name));
    if (!parsed) missing(name);
    return parsed.value_or(Time{});
  }
  Sha256Digest hash(std::string_view name) {
    Sha256Digest digest = {};
    const auto bytes = from_hex(text(name));
    if (!bytes || bytes->size() != digest.size()) {
      missing(name);
      return digest;
    }
    std::copy(bytes->begin(), bytes->end(), digest.begin());
    return digest;
  }
  Result<> result() const {
    if (missing_.empty()) return {};
    return fail(Code::Invalid, "not a digest: " + missing_ + " is missing or malformed");
  }

 private:
  std::string missing(std::string_view name) {
    if (missing_.empty()) missing_ = name;
    return {};
  }
  const boost::json::object& object_;
  std::string missing_;
};

std::unexpected<Error> corrupt(const Digest& digest, const std::string& what) {
  return fail(Code::Corrupt, "digest " + std::to_string(digest.number) + " " + what);
}

}  // namespace

std::string document_of(const Digest& digest) {
  const boost::json::object segment{{"firstSequence", digest.first},
                                    {"lastSequence", digest.last},
                                    {"hashValue", hex(bytes_of(digest.chain))},
                                    {"hashAlgorithm", "SHA-256"},
                                    {"newestEventTime", digest.newest},
                                    {"oldestEventTime", digest.oldest}};
  const boost::json::object document{
      {"awsAccountId", digest.scope.account.text()},
      {"awsRegion", digest.scope.region.text()},
      {"digestNumber", digest.number},
      {"digestStartTime", iso8601(digest.started)},
      {"digestEndTime", iso8601(digest.ended)},
      {"digestPublicKeyFingerprint", digest.key_fingerprint},
      {"digestSignatureAlgorithm", kSignatureAlgorithm},
      {"previousDigestHashValue", text_or_null(digest.previous_hash)},
      {"previousDigestHashAlgorithm", "SHA-256"},
      {"previousDigestSignature", text_or_null(digest.previous_signature)},
      {"segment", segment}};
  return json::to_text(document) + "\n";
}

Result<Digest> parse_digest(std::string_view document) {
  SX_TRY_AS(const auto value, within("not a digest", json::parse(document)));
  const auto* segment = value.is_object() ? json::find(value.get_object(), "segment") : nullptr;
  if (segment == nullptr || !segment->is_object())
    return fail(Code::Invalid, "not a digest: segment is missing or malformed");
  Members members(value.get_object());
  Members inner(segment->get_object());
  Digest digest;
  digest.scope.account = AccountId(members.text("awsAccountId"));
  digest.scope.region = Region(members.text("awsRegion"));
  digest.number = members.number("digestNumber");
  digest.started = members.time("digestStartTime");
  digest.ended = members.time("digestEndTime");
  digest.key_fingerprint = members.text("digestPublicKeyFingerprint");
  digest.previous_hash = members.text("previousDigestHashValue");
  digest.previous_signature = members.text("previousDigestSignature");
  digest.first = inner.number("firstSequence");
  digest.last = inner.number("lastSequence");
  digest.chain = inner.hash("hashValue");
  digest.oldest = inner.text("oldestEventTime");
  digest.newest = inner.text("newestEventTime");
  SX_TRY(members.result());
  SX_TRY(inner.result());
  return digest;
}

SignedDigest sign(const Digest& digest, const SigningKey& key) {
  auto document = document_of(digest);
  auto signature = key.sign(document);
  return {.document = std::move(document), .signature = std::move(signature)};
}

std::string encode(const SignedDigest& digest) {
  return wire::Writer(kRecordVersion)
      .text(kDocument, digest.document)
      .text(kSignature, digest.signature)
      .finish();
}

Result<SignedDigest> decode_signed_digest(std::string_view bytes) {
  SX_TRY_AS(auto reader, wire::Reader::open(bytes, kRecordVersion));
  SignedDigest digest;
  while (reader.next()) {
    if (reader.field() == kDocument) digest.document = std::string(reader.text());
    if (reader.field() == kSignature) digest.signature = std::string(reader.text());
  }
  SX_TRY(reader.finish());
  return digest;
}

Result<Digest> DigestCheck::take(const SignedDigest& signed_digest) {
  auto digest = parse_digest(signed_digest.document);
  if (!digest) return fail(Code::Corrupt, digest.error().message);
  if (!key_.verifies(signed_digest.document, signed_digest.signature)) {
    return corrupt(*digest, digest->key_fingerprint == key_.fingerprint()
                                ? "is not as it was signed"
                                : "is signed with another key than this one");
  }
  if (number_ != 0) SX_TRY(check_link(*digest));
  number_ = digest->number;
  last_ = digest->last;
  hash_ = sha256_hex(signed_digest.document);
  signature_ = hex(signed_digest.signature);
  return digest;
}

Result<> DigestCheck::check_link(const Digest& digest) const {
  if (digest.number != number_ + 1)
    return corrupt(digest, "follows on digest " + std::to_string(number_) +
                               ": those between them are missing");
  if (digest.previous_hash != hash_ || digest.previous_signature != signature_ ||
      digest.first != last_ + 1)
    return corrupt(digest, "names another digest before it than " + std::to_string(number_) +
                               " as it is here");
  return {};
}

}  // namespace sextant::guard

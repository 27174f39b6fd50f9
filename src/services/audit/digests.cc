#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

#include "core/encoding.h"
#include "core/json.h"
#include "services/audit/handlers.h"
#include "store/keys.h"

namespace sextant::services::audit {
namespace {

constexpr std::uint64_t kItemsMax = 1'000;
constexpr std::size_t kPageBytes = 4 * 1'024 * 1'024;

Result<std::uint64_t> number_of(const sdk::Input& input, std::string_view name,
                                std::uint64_t otherwise) {
  const auto text = json::text_or(input.parameters, name);
  if (text.empty()) return otherwise;
  std::uint64_t number = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec == std::errc{} && read.ptr == end) return number;
  return fail(Code::Invalid, std::string(name) + " is a number, not '" + text + "'",
              "ValidationException");
}

}  // namespace

Result<sdk::Output> list_digests(const AuditParts& parts, const sdk::Input& input) {
  SX_TRY_AS(const auto after, number_of(input, "After", 0));
  SX_TRY_AS(const auto items, number_of(input, "MaxItems", 100));
  const auto stream = store::keys::audit_digest_stream(parts.scope);
  const auto wanted = std::clamp<std::uint64_t>(items, 1, kItemsMax);
  SX_TRY_AS(const auto next, parts.streams.next_sequence(stream));
  boost::json::array digests;
  if (after + 1 < next) {
    SX_TRY_AS(const auto page, parts.streams.read(stream, after + 1, wanted, kPageBytes));
    for (const auto& record : page) {
      SX_TRY_AS(const auto made, within("stored digest " + std::to_string(record.sequence),
                                        guard::decode_signed_digest(record.payload)));
      digests.push_back(boost::json::object{{"Number", record.sequence},
                                            {"Document", made.document},
                                            {"Signature", base64(made.signature)}});
    }
  }
  sdk::Output output;
  const auto last = after + digests.size();
  if (!digests.empty() && last + 1 < next) output.result["NextToken"] = std::to_string(last);
  output.result["Digests"] = std::move(digests);
  return output;
}

Result<sdk::Output> seal_audit(const AuditParts& parts, const sdk::Input&) {
  SX_TRY_AS(const auto position, parts.sealer.seal());
  sdk::Output output;
  output.result = {{"DigestNumber", position.number}, {"LastSequence", position.last}};
  return output;
}

Result<sdk::Output> get_public_key(const AuditParts& parts, const sdk::Input&) {
  SX_TRY_AS(const auto key, parts.sealer.public_key());
  sdk::Output output;
  output.result = {{"PublicKey", key.pem()},
                   {"Fingerprint", key.fingerprint()},
                   {"SignatureAlgorithm", kSignatureAlgorithm}};
  return output;
}

}  // namespace sextant::services::audit

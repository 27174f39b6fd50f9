#include <algorithm>
#include <boost/json.hpp>
#include <optional>
#include <vector>

#include "core/encoding.h"
#include "core/json.h"
#include "guard/audit/verify.h"
#include "services/audit/handlers.h"
#include "store/keys.h"

namespace sextant::services::audit {
namespace {

using Checkpoints = std::vector<guard::Checkpoint>;

constexpr std::size_t kPageRecords = 500;
constexpr std::size_t kPageBytes = 4 * 1'024 * 1'024;

std::unexpected<Error> malformed() {
  return fail(Code::Invalid, "\"checkpoints\" is a list of {\"sequence\", \"hash\", \"source\"}",
              "ValidationException");
}

Result<guard::Checkpoint> checkpoint_of(const boost::json::value& item) {
  if (!item.is_object()) return malformed();
  const auto* sequence = json::find(item.get_object(), "sequence");
  const auto hash = from_hex(json::text_or(item.get_object(), "hash"));
  guard::Checkpoint point;
  if (sequence == nullptr || !sequence->is_int64() || sequence->get_int64() < 1 || !hash ||
      hash->size() != point.chain.size())
    return malformed();
  point.sequence = static_cast<std::uint64_t>(sequence->get_int64());
  std::copy(hash->begin(), hash->end(), point.chain.begin());
  point.source = json::text_or(item.get_object(), "source", "a checkpoint");
  return point;
}

Result<Checkpoints> given_checkpoints(const sdk::Input& input) {
  Checkpoints points;
  const auto* given = json::find(input.parameters, "Checkpoints");
  if (given == nullptr) return points;
  if (!given->is_array()) return malformed();
  for (const auto& item : given->get_array()) {
    SX_TRY_AS(auto point, checkpoint_of(item));
    points.push_back(std::move(point));
  }
  return points;
}

// The node's own digests, up to the first that is not as the node made it.
struct OwnDigests {
  std::uint64_t count = 0;
  Checkpoints points = {};
  std::string problem = {};
};

Result<guard::Digest> read_digest(const ports::StreamRecord& record, guard::DigestCheck& check) {
  SX_TRY_AS(const auto made, guard::decode_signed_digest(record.payload));
  return check.take(made);
}

bool add(const ports::StreamRecord& record, guard::DigestCheck& check, OwnDigests& own) {
  const auto digest = read_digest(record, check);
  if (!digest) {
    own.problem = digest.error().message;
    return false;
  }
  ++own.count;
  own.points.push_back({.sequence = digest->last,
                        .chain = digest->chain,
                        .source = "digest " + std::to_string(digest->number)});
  return true;
}

Result<> add_page(const AuditParts& parts, guard::DigestCheck& check, OwnDigests& own) {
  const auto page = parts.streams.read(store::keys::audit_digest_stream(parts.scope), own.count + 1,
                                       kPageRecords, kPageBytes);
  if (!page && page.error().code != Code::Corrupt) return std::unexpected(page.error());
  if (!page) {
    own.problem = page.error().message;
  } else if (page->empty()) {
    own.problem = "the node's digests end before their own end";
  } else {
    static_cast<void>(
        std::ranges::all_of(*page, [&](const auto& record) { return add(record, check, own); }));
  }
  return {};
}

Result<OwnDigests> own_digests(const AuditParts& parts) {
  OwnDigests own;
  SX_TRY_AS(const auto next,
            parts.streams.next_sequence(store::keys::audit_digest_stream(parts.scope)));
  if (next == 1) return own;
  SX_TRY_AS(auto key, parts.sealer.public_key());
  guard::DigestCheck check(std::move(key));
  while (own.problem.empty() && own.count + 1 < next) SX_TRY(add_page(parts, check, own));
  return own;
}

boost::json::object to_json(const guard::VerifyReport& report, const OwnDigests& own) {
  const auto& chain = report.last_chain;
  boost::json::object result{
      {"Intact", !report.broken && own.problem.empty()},
      {"Records", report.records},
      {"FirstSequence", report.first},
      {"LastSequence", report.last},
      {"LastChain", hex({reinterpret_cast<const char*>(chain.data()), chain.size()})},
      {"Digests", own.count}};
  if (report.broken) {
    result["BrokenAt"] = report.broken->sequence;
    result["Reason"] = report.broken->what;
  } else if (!own.problem.empty()) {
    result["Reason"] = own.problem;
  }
  return result;
}

}  // namespace

Result<sdk::Output> verify_audit(const AuditParts& parts, const sdk::Input& input) {
  SX_TRY_AS(auto points, given_checkpoints(input));
  // Before the log: what is sealed while we read lies behind what we ask for.
  SX_TRY_AS(auto own, own_digests(parts));
  points.insert(points.end(), own.points.begin(), own.points.end());
  std::ranges::stable_sort(points, {}, &guard::Checkpoint::sequence);
  SX_TRY_AS(const auto report,
            guard::verify(parts.streams, store::keys::audit_stream(parts.scope), points));
  sdk::Output output;
  output.result = to_json(report, own);
  return output;
}

}  // namespace sextant::services::audit

#include "guard/audit/verify.h"

#include <algorithm>
#include <utility>

namespace sextant::guard {
namespace {

constexpr std::size_t kPageRecords = 1'000;
constexpr std::size_t kPageBytes = 4 * 1'024 * 1'024;

// The chain before `from`; nullopt when that record is no longer kept.
Result<std::optional<Sha256Digest>> anchor_of(const ports::StreamLog& log, std::string_view stream,
                                              std::uint64_t from) {
  if (from <= 1) return Sha256Digest{};
  const auto before = log.read(stream, from - 1, 1, kPageBytes);
  if (before && !before->empty() && before->front().sequence == from - 1) {
    return before->front().chain;
  }
  if (!before && before.error().code != Code::NotFound) {
    return std::unexpected(before.error());
  }
  return std::nullopt;
}

class ChainCheck {
 public:
  ChainCheck(std::uint64_t from, std::optional<Sha256Digest> anchor)
      : expected_(from), previous_(anchor) {
    report_.first = from;
  }

  // False when the chain is broken.
  bool take(const ports::StreamRecord& record) {
    if (record.sequence != expected_) {
      return broken("record " + std::to_string(expected_) + " is missing: the next one is " +
                    std::to_string(record.sequence));
    }
    if (previous_ && ports::chain_hash(*previous_, record.payload) != record.chain) {
      return broken("record " + std::to_string(expected_) +
                    " is not the one that was written here: its hash does not follow from the "
                    "record before it");
    }
    previous_ = record.chain;
    report_.last_chain = record.chain;
    report_.last = expected_++;
    ++report_.records;
    return true;
  }
  bool broken(std::string what) {
    report_.broken = BrokenLink{.sequence = expected_, .what = std::move(what)};
    return false;
  }
  bool is_broken() const { return report_.broken.has_value(); }
  std::uint64_t expected() const { return expected_; }
  VerifyReport report() && { return std::move(report_); }

 private:
  std::uint64_t expected_;
  std::optional<Sha256Digest> previous_;
  VerifyReport report_;
};

// Reads one page; false at the end, or when the chain is broken.
Result<bool> check_page(const ports::StreamLog& log, std::string_view stream, std::uint64_t to,
                        ChainCheck& check) {
  const auto page = log.read(stream, check.expected(), kPageRecords, kPageBytes);
  if (!page && page.error().code == Code::Corrupt) return check.broken(page.error().message);
  if (!page) return std::unexpected(page.error());
  for (const auto& record : *page) {
    if (to != 0 && check.expected() > to) return false;
    if (!check.take(record)) return false;
  }
  return !page->empty();
}

}  // namespace

Result<VerifyReport> verify(const ports::StreamLog& log, std::string_view stream,
                            std::uint64_t from, std::uint64_t to) {
  SX_TRY_AS(const auto anchor, anchor_of(log, stream, from));
  SX_TRY_AS(const auto next, log.next_sequence(stream));
  ChainCheck check(from, anchor);
  for (;;) {
    SX_TRY_AS(const bool more, check_page(log, stream, to, check));
    if (!more) break;
  }
  // Records that the stream says it has, but does not give.
  const auto last = next - 1;
  const auto wanted = to == 0 ? last : std::min(to, last);
  if (!check.is_broken() && check.expected() <= wanted) {
    check.broken("record " + std::to_string(check.expected()) +
                 " is missing: the stream goes on to " + std::to_string(last));
  }
  return std::move(check).report();
}

}  // namespace sextant::guard

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
  ChainCheck(std::uint64_t from, std::optional<Sha256Digest> anchor,
             std::span<const Checkpoint> checkpoints)
      : expected_(from), previous_(anchor), checkpoints_(checkpoints) {
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
    while (!checkpoints_.empty() && checkpoints_.front().sequence <= record.sequence) {
      const auto& point = checkpoints_.front();
      if (point.sequence == record.sequence && point.chain != record.chain)
        return broken("the log up to record " + std::to_string(expected_) +
                      " is not the one that " + point.source + " was made of: it was written anew");
      checkpoints_ = checkpoints_.subspan(1);
    }
    previous_ = record.chain;
    report_.last_chain = record.chain;
    report_.last = expected_++;
    ++report_.records;
    return true;
  }
  // After the last record: whatever checkpoints are left lie beyond it.
  void end() {
    if (is_broken() || checkpoints_.empty()) return;
    const auto& point = checkpoints_.back();
    broken("the log was cut off: it ends with record " + std::to_string(report_.last) + ", but " +
           point.source + " goes up to record " + std::to_string(point.sequence));
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
  std::span<const Checkpoint> checkpoints_;  // those that lie ahead
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

struct Range {
  std::uint64_t from = 1;
  std::uint64_t to = 0;  // 0: to the end
};

Result<VerifyReport> check(const ports::StreamLog& log, std::string_view stream, Range range,
                           std::span<const Checkpoint> checkpoints) {
  SX_TRY_AS(const auto anchor, anchor_of(log, stream, range.from));
  SX_TRY_AS(const auto next, log.next_sequence(stream));
  ChainCheck check(range.from, anchor, checkpoints);
  for (;;) {
    SX_TRY_AS(const bool more, check_page(log, stream, range.to, check));
    if (!more) break;
  }
  // Records that the stream says it has, but does not give.
  const auto last = next - 1;
  const auto wanted = range.to == 0 ? last : std::min(range.to, last);
  if (!check.is_broken() && check.expected() <= wanted) {
    check.broken("record " + std::to_string(check.expected()) +
                 " is missing: the stream goes on to " + std::to_string(last));
  }
  check.end();
  return std::move(check).report();
}

}  // namespace

Result<VerifyReport> verify(const ports::StreamLog& log, std::string_view stream,
                            std::uint64_t from, std::uint64_t to) {
  return check(log, stream, {.from = from, .to = to}, {});
}

Result<VerifyReport> verify(const ports::StreamLog& log, std::string_view stream,
                            std::span<const Checkpoint> checkpoints) {
  return check(log, stream, {}, checkpoints);
}

}  // namespace sextant::guard

#include "guard/decision_counts.h"

namespace sextant::guard {

DecisionCounts::Row DecisionCounts::row_of(const sdk::Call& call, sdk::Verdict verdict) {
  switch (verdict) {
    case sdk::Verdict::Allow: return kAllow;
    case sdk::Verdict::Throttle: return kThrottle;
    case sdk::Verdict::Deny: break;
  }
  return call.principal.kind == sdk::PrincipalKind::Anonymous ? kUnauthenticated : kDeny;
}

void DecisionCounts::add(const sdk::Call& call, sdk::Verdict verdict) {
  const auto row = row_of(call, verdict);
  counts_.with([&](auto& counts) { ++counts[call.service][row]; });
}

std::vector<metrics::Sample> DecisionCounts::samples() const {
  static constexpr std::array<const char*, kRows> kNames{"allow", "deny", "unauthenticated",
                                                         "throttle"};
  std::vector<metrics::Sample> samples;
  counts_.with([&](const auto& counts) {
    for (const auto& [service, rows] : counts) {
      for (std::size_t row = 0; row < kRows; ++row) {
        samples.push_back({.labels = {{"service", service}, {"decision", kNames[row]}},
                           .value = static_cast<double>(rows[row])});
      }
    }
  });
  return samples;
}

}  // namespace sextant::guard

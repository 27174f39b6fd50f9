#include "services/intake/rate_limits.h"

#include <algorithm>

namespace sextant::services::intake {
namespace {

constexpr double kSecondsSaved = 2;

double refilled(double left, std::uint64_t per_second, double seconds) {
  const auto rate = static_cast<double>(per_second);
  return std::min(left + rate * seconds, rate * kSecondsSaved);
}

}  // namespace

bool RateLimits::try_enter(const store::IntakeSource& source, std::uint64_t bytes, Time now) {
  return left_.with([&](auto& all) {
    const auto requests_max = static_cast<double>(source.requests_per_s) * kSecondsSaved;
    const auto bytes_max = static_cast<double>(source.bytes_per_s) * kSecondsSaved;
    auto& left =
        all.try_emplace(source.name, Left{.requests = requests_max, .bytes = bytes_max, .at = now})
            .first->second;
    // The system's clock may be set back.
    const auto passed = std::chrono::duration<double>(std::max(now - left.at, Duration(0)));
    left.requests = refilled(left.requests, source.requests_per_s, passed.count());
    left.bytes = refilled(left.bytes, source.bytes_per_s, passed.count());
    left.at = now;
    if (left.requests < 1 || left.bytes <= 0) return false;
    left.requests -= 1;
    left.bytes -= static_cast<double>(bytes);
    return true;
  });
}

void RateLimits::charge(const store::IntakeSource& source, std::uint64_t bytes) {
  left_.with([&](auto& all) {
    const auto found = all.find(source.name);
    if (found != all.end()) found->second.bytes -= static_cast<double>(bytes);
  });
}

void RateLimits::forget(const std::string& source) {
  left_.with([&](auto& all) { all.erase(source); });
}

}  // namespace sextant::services::intake

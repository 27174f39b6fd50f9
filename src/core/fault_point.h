#pragma once
// Named places where the crash harness kills the process. Off, a point costs one load.
#include <atomic>
#include <string_view>

namespace sextant {

namespace detail {
extern std::atomic<bool> fault_points_armed;
void fault_point_reached(std::string_view name);
}  // namespace detail

// Armed by the environment variable SEXTANT_FAULT_POINT=name[:n]: at the n-th time (default the
// first) that the point is reached the process kills itself with SIGKILL, as a crash would.
// docs/guide/crash-tests.md.
inline void fault_point(std::string_view name) {
  if (detail::fault_points_armed.load(std::memory_order_relaxed)) detail::fault_point_reached(name);
}

}  // namespace sextant

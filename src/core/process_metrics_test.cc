#include "core/process_metrics.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>

#include "core/clock.h"

namespace sextant::metrics {
namespace {

// Of a metric without labels; -1 when it is not there.
double value_of(const Registry& registry, const std::string& name) {
  const auto text = registry.prometheus();
  const auto at = text.find("\n" + name + " ");
  return at == std::string::npos ? -1 : std::strtod(text.c_str() + at + name.size() + 2, nullptr);
}

TEST(ProcessMetrics, SayWhatTheSystemSays) {
  Registry registry;
  add_process_metrics(registry);
  const auto text = registry.prometheus();
  EXPECT_TRUE(text.contains("# TYPE process_cpu_seconds_total counter\n")) << text;
  EXPECT_TRUE(text.contains("# TYPE process_open_fds gauge\n")) << text;
  EXPECT_GT(value_of(registry, "process_resident_memory_bytes"), 1e6);
  EXPECT_GT(value_of(registry, "process_virtual_memory_bytes"),
            value_of(registry, "process_resident_memory_bytes"));
  EXPECT_EQ(value_of(registry, "process_max_fds"), static_cast<double>(::sysconf(_SC_OPEN_MAX)));
  EXPECT_GE(value_of(registry, "process_cpu_seconds_total"), 0);
  const auto now = std::chrono::duration<double>(SystemClock().now().time_since_epoch()).count();
  const auto started = value_of(registry, "process_start_time_seconds");
  EXPECT_LT(started, now + 1);
  EXPECT_GT(started, now - 3'600);
}

TEST(ProcessMetrics, OpenFilesAreCounted) {
  Registry registry;
  add_process_metrics(registry);
  const auto before = value_of(registry, "process_open_fds");
  ASSERT_GT(before, 0);
  const std::ifstream one("/proc/self/stat");
  EXPECT_EQ(value_of(registry, "process_open_fds"), before + 1);
}

}  // namespace
}  // namespace sextant::metrics

#include "core/process_metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

#include "core/strings.h"

namespace sextant::metrics {
namespace {

using Value = std::optional<double>;

std::string text_of(const char* file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

Value number(std::string_view text) {
  double value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  return read.ec == std::errc{} ? Value(value) : std::nullopt;
}

// proc(5): the fields of /proc/self/stat behind the program's name, which may hold anything.
Value stat_field(std::size_t field) {
  const auto text = text_of("/proc/self/stat");
  const auto name_end = text.rfind(") ");
  if (name_end == std::string::npos) return std::nullopt;
  constexpr std::size_t kFirst = 3;  // the state
  std::size_t at = kFirst;
  for (const auto word : split(std::string_view(text).substr(name_end + 2), ' ')) {
    if (at++ == field) return number(word);
  }
  return std::nullopt;
}

Value cpu_seconds() {
  rusage used{};
  if (::getrusage(RUSAGE_SELF, &used) != 0) return std::nullopt;
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

Value resident_bytes() {
  const auto pages = stat_field(24);
  return pages ? Value(*pages * static_cast<double>(::sysconf(_SC_PAGESIZE))) : std::nullopt;
}

Value virtual_bytes() { return stat_field(23); }

Value open_fds() {
  std::error_code failed;
  const std::filesystem::directory_iterator all("/proc/self/fd", failed);
  if (failed) return std::nullopt;
  const auto count = std::distance(begin(all), end(all));
  return static_cast<double>(count - 1);  // without the one that reads the folder
}

Value max_fds() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return std::nullopt;
  return static_cast<double>(limit.rlim_cur);
}

Value start_time() {
  constexpr std::string_view kKey = "\nbtime ";
  const auto text = text_of("/proc/stat");
  const auto at = text.find(kKey);
  const auto ticks = stat_field(22);
  if (at == std::string::npos || !ticks) return std::nullopt;
  const auto boot = number(std::string_view(text).substr(at + kKey.size()));
  if (!boot) return std::nullopt;
  return *boot + *ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

}  // namespace

void add_process_metrics(Registry& registry) {
  const auto add = [&](const char* name, const char* help, Kind kind, Value (*read)()) {
    registry.collect(name, help, kind, [read]() -> std::vector<Sample> {
      const auto value = read();
      if (!value) return {};
      return {{.value = *value}};
    });
  };
  add("process_cpu_seconds_total", "User and system CPU time spent.", Kind::Counter, cpu_seconds);
  add("process_resident_memory_bytes", "Resident memory.", Kind::Gauge, resident_bytes);
  add("process_virtual_memory_bytes", "Virtual memory.", Kind::Gauge, virtual_bytes);
  add("process_open_fds", "Open file descriptors.", Kind::Gauge, open_fds);
  add("process_max_fds", "Open file descriptors that there may be.", Kind::Gauge, max_fds);
  add("process_start_time_seconds", "When the process started, since the Unix epoch.", Kind::Gauge,
      start_time);
}

}  // namespace sextant::metrics

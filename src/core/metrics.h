#pragma once
// Counters, gauges and histograms, written out in Prometheus' text format 0.0.4. A metric is looked
// up once and then costs one atomic add. Names end in their unit (_total, _seconds, _bytes).
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/guarded.h"

namespace sextant::metrics {

using Labels = std::vector<std::pair<std::string, std::string>>;

class Counter {
 public:
  void add(std::uint64_t by = 1) { value_.fetch_add(by, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_ = 0;
};

class Gauge {
 public:
  void set(std::int64_t value) { value_.store(value, std::memory_order_relaxed); }
  void add(std::int64_t by) { value_.fetch_add(by, std::memory_order_relaxed); }
  std::int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> value_ = 0;
};

// Fixed buckets from 100 µs to 100 s, three a decade.
class Histogram {
 public:
  void observe(double seconds);
  struct Snapshot {
    std::vector<double> bounds;         // upper bounds in seconds
    std::vector<std::uint64_t> counts;  // one more than bounds: the last is +Inf; not cumulative
    double sum = 0;
  };
  Snapshot snapshot() const;

 private:
  static constexpr std::size_t kBuckets = 20;
  std::atomic<std::uint64_t> counts_[kBuckets] = {};
  std::atomic<std::uint64_t> sum_micros_ = 0;
};

// A series that is asked for when metrics are read.
struct Sample {
  Labels labels = {};
  double value = 0;
};
enum class Kind { Counter, Gauge };

// Owns all metrics of a node; references stay valid as long as the registry. Any thread.
class Registry {
 public:
  Counter& counter(std::string_view name, std::string_view help, Labels labels = {});
  Gauge& gauge(std::string_view name, std::string_view help, Labels labels = {});
  Histogram& histogram(std::string_view name, std::string_view help, Labels labels = {});
  // A family that costs nothing until metrics are read: then `read` says which series there are. It
  // runs on the reader's thread, so it must be short. What was given before under that name goes.
  void collect(std::string_view name, std::string_view help, Kind kind,
               std::function<std::vector<Sample>()> read);
  std::string prometheus() const;

 private:
  struct Family;
  Guarded<std::map<std::string, std::shared_ptr<Family>, std::less<>>> families_;
};

}  // namespace sextant::metrics

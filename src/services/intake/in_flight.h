#pragma once
// How many batches are read at once, of a source and of all: each may hold a window of up to 32 MiB
// to decompress, and its client decides how long it takes to send it.
#include <cstddef>
#include <map>
#include <string>
#include <utility>

#include "core/guarded.h"
#include "core/result.h"

namespace sextant::services::intake {

struct InFlightLimits {
  std::size_t of_source_max = 16;
  std::size_t max = 64;
};

// Any thread. Outlives its slots.
class InFlight {
 public:
  // The place of one batch, given back when it goes.
  class Slot {
   public:
    Slot(InFlight& all, std::string source) : all_(&all), source_(std::move(source)) {}
    Slot(Slot&& other) noexcept
        : all_(std::exchange(other.all_, nullptr)), source_(std::move(other.source_)) {}
    Slot& operator=(Slot&&) = delete;
    ~Slot() {
      if (all_ != nullptr) all_->leave(source_);
    }

   private:
    InFlight* all_;
    std::string source_;
  };

  explicit InFlight(InFlightLimits limits = {}) : limits_(limits) {}
  // Exhausted: "ThrottlingException" when the source has as many as it may, "SlowDown" when all
  // together have.
  Result<Slot> enter(const std::string& source);

 private:
  struct Counts {
    std::size_t all = 0;
    std::map<std::string, std::size_t> of;  // only those that have any
  };
  void leave(const std::string& source);

  const InFlightLimits limits_;
  Guarded<Counts> counts_;
};

}  // namespace sextant::services::intake

#pragma once
// Partitions that got files and are to be looked at: at once when they got many, otherwise when
// nothing came for a while. Those with most files first, so that a thousand old hours that got a
// late file each do not keep the present one waiting.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/id.h"
#include "lake/merge_plan.h"

namespace sextant::lake {

struct Partition {
  TableName table;
  std::string folder;  // table/date=…/hour=…
  friend auto operator<=>(const Partition&, const Partition&) = default;
};

std::string folder_of(std::string_view path);

// One thread at a time.
class MergeQueue {
 public:
  explicit MergeQueue(const MergeLimits& limits) : limits_(limits) {}

  // True when whoever waits for next_due() must look again.
  bool added(const Partition& partition, std::size_t files, Time now);
  void look_at(const Partition& partition, Time when);
  // The most urgent one that is due; it is in here no more.
  std::optional<Partition> take(Time now);
  // In the past for what is due now; nullopt when there is none.
  std::optional<Time> next_due() const;
  std::size_t size() const { return waiting_.size(); }

 private:
  struct Waiting {
    std::size_t files = 0;  // that came since it was looked at
    Time due;
  };
  const MergeLimits limits_;
  std::map<Partition, Waiting> waiting_;
};

}  // namespace sextant::lake

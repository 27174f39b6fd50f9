#pragma once
// Tables whose Delta log could not be published: when each is tried again, twice as long after each
// failure, and what was said of it already. A damaged file stays damaged until somebody puts it
// right, and costs little meanwhile.
#include <map>
#include <optional>
#include <set>
#include <string>

#include "core/clock.h"
#include "core/id.h"

namespace sextant::lake {

// One thread at a time.
class DeltaRetries {
 public:
  static constexpr Duration kFirst = std::chrono::seconds(1);
  static constexpr Duration kLongest = std::chrono::minutes(5);

  // True when this reason was not the last one, too: then it is worth a line in the log.
  bool failed(const TableName& table, const std::string& reason, Time now);
  void published(const TableName& table) { waiting_.erase(table); }
  // Whether it failed and is not due.
  bool rests(const TableName& table, Time now) const;
  std::set<TableName> due(Time now) const;
  std::optional<Time> next_due() const;

 private:
  struct Waiting {
    std::string reason;
    Duration wait;
    Time due;
  };
  std::map<TableName, Waiting> waiting_;
};

}  // namespace sextant::lake

#include "lake/delta_retries.h"

#include <algorithm>
#include <utility>

namespace sextant::lake {

bool DeltaRetries::failed(const TableName& table, const std::string& reason, Time now) {
  const auto [found, fresh] = waiting_.try_emplace(table, Waiting{"", kFirst, now + kFirst});
  auto& waiting = found->second;
  if (!fresh) {
    waiting.wait = std::min(waiting.wait * 2, kLongest);
    waiting.due = now + waiting.wait;
  }
  return std::exchange(waiting.reason, reason) != reason;
}

bool DeltaRetries::rests(const TableName& table, Time now) const {
  const auto found = waiting_.find(table);
  return found != waiting_.end() && found->second.due > now;
}

std::set<TableName> DeltaRetries::due(Time now) const {
  std::set<TableName> due;
  for (const auto& [table, waiting] : waiting_) {
    if (waiting.due <= now) due.insert(table);
  }
  return due;
}

std::optional<Time> DeltaRetries::next_due() const {
  std::optional<Time> next;
  for (const auto& [table, waiting] : waiting_)
    next = std::min(next.value_or(waiting.due), waiting.due);
  return next;
}

}  // namespace sextant::lake

#include "dispatch/due_window.h"

#include <iterator>
#include <utility>

namespace sextant::dispatch {

void DueWindow::insert(DueEntry entry) {
  if (in_flight_.contains(entry.id)) return;
  if (!when_.emplace(entry.id, entry.when).second) return;
  waiting_.insert(std::move(entry));
}

void DueWindow::drop_last() {
  const auto last = std::prev(waiting_.end());
  when_.erase(last->id);
  waiting_.erase(last);
  complete_ = false;
}

void DueWindow::add(DueEntry entry) {
  // While a refill reads the store it may have passed this entry's place: then it must come in
  // here. One that is due before the last of an incomplete window belongs into it.
  if (refilling_) return insert(std::move(entry));
  const bool belongs = complete_ || (!waiting_.empty() && entry < *waiting_.rbegin());
  if (!belongs) return;
  insert(std::move(entry));
  if (waiting_.size() > items_max_) drop_last();
}

std::optional<DueEntry> DueWindow::take(Time now) {
  if (waiting_.empty() || waiting_.begin()->when > now) return std::nullopt;
  auto entry = std::move(waiting_.extract(waiting_.begin()).value());
  when_.erase(entry.id);
  in_flight_.insert(entry.id);
  return entry;
}

void DueWindow::finished(const DeliveryId& id) { in_flight_.erase(id); }

std::optional<Time> DueWindow::next() const {
  return waiting_.empty() ? std::nullopt : std::optional(waiting_.begin()->when);
}

void DueWindow::end_refill(const std::vector<DueEntry>& entries, bool all) {
  refilling_ = false;
  complete_ = all;
  // What came in meanwhile and lies behind the part that was read: the next refill finds it.
  while (!all && !entries.empty() && !waiting_.empty() && entries.back() < *waiting_.rbegin())
    drop_last();
  for (const auto& entry : entries) insert(entry);
}

}  // namespace sextant::dispatch

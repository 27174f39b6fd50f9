#include "dispatch/due_window.h"

namespace sextant::dispatch {

void DueWindow::add(DueEntry entry) {
  // While a refill reads the store it may have passed this entry's place: then it must come in
  // here.
  if (refilling_ || (complete_ && waiting_.size() < kItemsMax)) {
    waiting_.insert(std::move(entry));
  } else {
    complete_ = false;
  }
}

std::optional<DueEntry> DueWindow::take(Time now) {
  if (waiting_.empty() || waiting_.begin()->when > now) return std::nullopt;
  auto entry = std::move(waiting_.extract(waiting_.begin()).value());
  in_flight_.insert(entry.id);
  return entry;
}

void DueWindow::finished(const DeliveryId& id) { in_flight_.erase(id); }

std::optional<Time> DueWindow::next() const {
  return waiting_.empty() ? std::nullopt : std::optional(waiting_.begin()->when);
}

void DueWindow::end_refill(const std::vector<DueEntry>& entries, bool all) {
  for (const auto& entry : entries) {
    if (!in_flight_.contains(entry.id)) waiting_.insert(entry);
  }
  refilling_ = false;
  complete_ = all;
}

}  // namespace sextant::dispatch

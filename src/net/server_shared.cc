#include "net/server_shared.h"

namespace sextant::net {

bool InProgress::try_enter(std::size_t beyond) {
  if (count_.fetch_add(1) < count_max_ + beyond) return true;
  leave();
  return false;
}

void InProgress::leave() {
  if (count_.fetch_sub(1) != 1) return;
  {
    std::lock_guard lock(mutex_);
  }  // whoever is about to wait has either seen 0 or is waiting
  none_.notify_all();
}

bool InProgress::wait_for_none(std::chrono::seconds longest) {
  std::unique_lock lock(mutex_);
  return none_.wait_for(lock, longest, [this] { return count_ == 0; });
}

}  // namespace sextant::net

#include "lake/merge_queue.h"

#include <algorithm>
#include <utility>

namespace sextant::lake {

std::string folder_of(std::string_view path) {
  return std::string(path.substr(0, path.rfind('/')));
}

bool MergeQueue::added(const Partition& partition, std::size_t files, Time now) {
  const bool was_empty = waiting_.empty();
  auto& waiting = waiting_[partition];
  const bool was_many = waiting.files >= limits_.files_min;
  waiting.files += files;
  const bool is_many = waiting.files >= limits_.files_min;
  waiting.due = is_many ? now : now + limits_.quiet;
  return was_empty || (is_many && !was_many);
}

void MergeQueue::look_at(const Partition& partition, Time when) {
  const auto [at, fresh] = waiting_.try_emplace(partition, Waiting{.files = 0, .due = when});
  if (!fresh) at->second.due = std::min(at->second.due, when);
}

std::optional<Partition> MergeQueue::take(Time now) {
  auto best = waiting_.end();
  for (auto at = waiting_.begin(); at != waiting_.end(); ++at) {
    if (at->second.due > now) continue;
    if (best == waiting_.end() || at->second.files > best->second.files) best = at;
  }
  if (best == waiting_.end()) return std::nullopt;
  return waiting_.extract(best).key();
}

std::optional<Time> MergeQueue::next_due() const {
  std::optional<Time> next;
  for (const auto& [partition, waiting] : waiting_) {
    next = next ? std::min(*next, waiting.due) : waiting.due;
  }
  return next;
}

}  // namespace sextant::lake

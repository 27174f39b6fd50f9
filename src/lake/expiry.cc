#include "lake/expiry.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "lake/merge_queue.h"
#include "lake/partitions.h"

namespace sextant::lake {
namespace {

// Of digits that this node wrote itself.
int number_at(std::string_view text, std::size_t at, std::size_t length) {
  int number = 0;
  const auto digits = text.substr(at, length);
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

// When the hour of a partition ends; nullopt for rows without a time.
std::optional<Time> end_of(const PartitionValues& values) {
  constexpr std::size_t kDateLength = 10;  // 2026-07-02
  if (!values.date || !values.hour || values.date->size() != kDateLength) return std::nullopt;
  const std::string_view date = *values.date;
  const std::chrono::year_month_day day{
      std::chrono::year(number_at(date, 0, 4)),
      std::chrono::month(static_cast<unsigned>(number_at(date, 5, 2))),
      std::chrono::day(static_cast<unsigned>(number_at(date, 8, 2)))};
  return std::chrono::sys_days(day) +
         std::chrono::hours(number_at(*values.hour, 0, values.hour->size()) + 1);
}

}  // namespace

Expired find_expired(const ports::LakeTable& table, std::chrono::days kept, Time now) {
  std::set<std::string> folders;
  for (const auto& file : table.files) folders.insert(folder_of(file->path));
  Expired expired;
  for (const auto& folder : folders) {
    const auto end = end_of(partition_of(folder + "/"));
    if (!end) {
      expired.timeless = folder;
    } else if (*end + kept <= now) {
      expired.folders.push_back(folder);
    } else {
      expired.next = std::min(expired.next.value_or(*end + kept), *end + kept);
    }
  }
  return expired;
}

}  // namespace sextant::lake

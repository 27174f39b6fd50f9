#include "lake/partitions.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <unordered_map>
#include <utility>

namespace sextant::lake {
namespace {

constexpr std::string_view kNullFolder = "__HIVE_DEFAULT_PARTITION__";
constexpr std::int64_t kMicrosAnHour = 3'600'000'000;

constexpr std::int64_t hours_until(int year) {
  const std::chrono::sys_days day{std::chrono::year(year) / 1 / 1};
  return std::chrono::floor<std::chrono::hours>(day.time_since_epoch()).count();
}
constexpr std::int64_t kFirstHour = hours_until(1);
constexpr std::int64_t kEndHour = hours_until(10'000);

std::int64_t floor_hour(std::int64_t micros) {
  const auto hour = micros / kMicrosAnHour;
  return micros % kMicrosAnHour < 0 ? hour - 1 : hour;
}

Hour hour_of(std::int64_t micros) {
  const auto hour = floor_hour(micros);
  if (hour < kFirstHour || hour >= kEndHour) return std::nullopt;
  return hour;
}

Result<const arrow::TimestampArray*> time_column(const arrow::RecordBatch& batch) {
  const int at = batch.schema()->GetFieldIndex("ts");
  if (at < 0) return fail(Code::Invalid, "rows without a column 'ts' cannot land");
  const auto& type = *batch.schema()->field(at)->type();
  if (type.id() != arrow::Type::TIMESTAMP ||
      static_cast<const arrow::TimestampType&>(type).unit() != arrow::TimeUnit::MICRO) {
    return fail(Code::Invalid, "column 'ts' is " + type.ToString() + ", not timestamp[us, UTC]");
  }
  return static_cast<const arrow::TimestampArray*>(batch.column_data(at) ? batch.column(at).get()
                                                                         : nullptr);
}

// Whether all rows lie in one hour: then the smallest and the largest time do.
bool within_one_hour(const arrow::TimestampArray& times) {
  if (times.null_count() > 0) return times.null_count() == times.length();
  const auto [min, max] =
      std::minmax_element(times.raw_values(), times.raw_values() + times.length());
  return hour_of(*min) == hour_of(*max);
}

}  // namespace

Result<std::vector<HourRows>> split_by_hour(const BatchPtr& batch) {
  SX_TRY_AS(const auto* column, time_column(*batch));
  const auto& times = *column;
  std::vector<HourRows> parts;
  if (times.length() == 0) return parts;
  const auto hour_at = [&](std::int64_t row) {
    return times.IsNull(row) ? Hour{} : hour_of(times.Value(row));
  };
  if (within_one_hour(times)) {
    parts.push_back({.hour = hour_at(0), .all = true, .rows = {}});
    return parts;
  }
  constexpr auto kNoHour = std::numeric_limits<std::int64_t>::min();
  std::unordered_map<std::int64_t, std::size_t> index;
  std::int64_t last_key = kNoHour + 1;
  std::size_t at = 0;
  for (std::int64_t row = 0; row < times.length(); ++row) {
    const auto hour = hour_at(row);
    const auto key = hour.value_or(kNoHour);
    if (key != last_key) {
      const auto [found, fresh] = index.try_emplace(key, parts.size());
      if (fresh) parts.push_back({.hour = hour, .all = false, .rows = {}});
      at = found->second;
      last_key = key;
    }
    parts[at].rows.push_back(static_cast<std::int32_t>(row));
  }
  return parts;
}

std::string partition_folder(const TableName& table, Hour hour) {
  if (!hour) return fmt::format("{}/date={}/hour={}", table.text(), kNullFolder, kNullFolder);
  const std::chrono::sys_time<std::chrono::hours> time{std::chrono::hours(*hour)};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  return fmt::format("{}/date={:04}-{:02}-{:02}/hour={:02}", table.text(),
                     static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()), (time - day).count());
}

PartitionValues partition_of(std::string_view path) {
  const auto value = [&](std::string_view name) -> std::optional<std::string> {
    const auto at = path.find(name);
    if (at == std::string_view::npos) return std::nullopt;
    const auto begin = at + name.size();
    const auto text = path.substr(begin, path.find('/', begin) - begin);
    if (text == kNullFolder) return std::nullopt;
    return std::string(text);
  };
  PartitionValues values{.date = value("/date="), .hour = value("/hour=")};
  if (values.hour && values.hour->size() == 2 && values.hour->front() == '0')
    values.hour->erase(0, 1);
  return values;
}

}  // namespace sextant::lake

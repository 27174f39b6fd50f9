#pragma once
// Flat batches as a parser makes them, for tests of the lake. Deterministic: the same arguments,
// the same rows.
#include <arrow/api.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/columns.h"

namespace sextant::test {

inline const Time kLakeTime{std::chrono::sys_days{std::chrono::year(2026) / 7 / 2} +
                            std::chrono::hours(22) + std::chrono::minutes(23)};

inline std::shared_ptr<arrow::DataType> utc_micros() {
  return arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");
}

inline std::shared_ptr<arrow::DataType> text_dictionary() {
  return arrow::dictionary(arrow::int32(), arrow::utf8());
}

struct LakeRows {
  std::int64_t rows = 10;
  Time first = kLakeTime;
  Duration step = std::chrono::milliseconds(1);
  std::string marker = "a";  // in url.original, with the row's number: tells deliveries apart
  bool extra_column = false;
};

// ts, source.ip (dictionary), http.response.status_code (int16, every seventh null), url.original,
// event.duration (double), tags (list); with extra_column also user.name (dictionary).
inline BatchPtr make_lake_rows(const LakeRows& options = {}) {
  arrow::TimestampBuilder ts(utc_micros(), arrow::default_memory_pool());
  arrow::StringDictionary32Builder ip;
  arrow::StringDictionary32Builder user;
  arrow::Int16Builder status;
  arrow::StringBuilder url;
  arrow::DoubleBuilder duration;
  arrow::ListBuilder tags(arrow::default_memory_pool(), std::make_shared<arrow::StringBuilder>());
  auto& tag = static_cast<arrow::StringBuilder&>(*tags.value_builder());
  bool good = true;
  const auto keep = [&](const arrow::Status& status_of) { good = good && status_of.ok(); };
  for (std::int64_t i = 0; i < options.rows; ++i) {
    keep(ts.Append((options.first + i * options.step).time_since_epoch().count()));
    keep(ip.Append("198.51.100." + std::to_string(i % 50)));
    keep(user.Append("user-" + std::to_string(i % 3)));
    keep(i % 7 == 6 ? status.AppendNull() : status.Append(static_cast<std::int16_t>(200 + i % 5)));
    keep(url.Append("https://example.com/" + options.marker + "/" + std::to_string(i)));
    keep(duration.Append(static_cast<double>(i) / 8));
    keep(tags.Append());
    for (std::int64_t k = 0; k < i % 3; ++k) keep(tag.Append("tag" + std::to_string(k)));
  }
  std::vector<std::shared_ptr<arrow::Field>> fields{
      arrow::field("ts", utc_micros()),
      arrow::field("source.ip", text_dictionary()),
      arrow::field("http.response.status_code", arrow::int16()),
      arrow::field("url.original", arrow::utf8()),
      arrow::field("event.duration", arrow::float64()),
      arrow::field("tags", arrow::list(arrow::utf8()))};
  std::vector<std::shared_ptr<arrow::Array>> columns{*ts.Finish(),       *ip.Finish(),
                                                     *status.Finish(),   *url.Finish(),
                                                     *duration.Finish(), *tags.Finish()};
  if (options.extra_column) {
    fields.push_back(arrow::field("user.name", text_dictionary()));
    columns.push_back(*user.Finish());
  }
  if (!good) return nullptr;
  return arrow::RecordBatch::Make(arrow::schema(fields), options.rows, columns);
}

}  // namespace sextant::test

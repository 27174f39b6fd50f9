#include "services/audit/audit_rows.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "core/json.h"
#include "core/time_text.h"
#include "sdk/column_builders.h"

namespace sextant::services::audit {
namespace {

using boost::json::value;

// A column of ours and where its value stands in a record.
struct Field {
  const char* column;
  const char* pointer;
};
constexpr std::array kFields{
    Field{"trace.id", "/additionalEventData/traceId"},
    Field{"sextant.audit.decision", "/additionalEventData/decision"},
    Field{"sextant.audit.reason", "/additionalEventData/reason"},
    Field{"sextant.audit.delivery_id", "/serviceEventDetails/deliveryId"},
};

const value* at(const value& record, const char* pointer) {
  boost::system::error_code absent;
  return record.find_pointer(pointer, absent);
}

std::string_view text_at(const value& record, const char* pointer) {
  const auto* found = at(record, pointer);
  return found != nullptr && found->is_string() ? std::string_view(found->get_string())
                                                : std::string_view();
}

std::int64_t number_at(const value& record, const char* pointer) {
  const auto* found = at(record, pointer);
  return found != nullptr && found->is_int64() ? found->get_int64()
                                               : sdk::NumberColumn<std::int64_t>::kNull;
}

// "A,B"
std::string joined(const value* list) {
  std::string text;
  if (list == nullptr || !list->is_array()) return text;
  for (const auto& item : list->get_array()) {
    if (item.is_string()) text += (text.empty() ? "" : ",") + std::string(item.get_string());
  }
  return text;
}

std::optional<Time> time_of(const value& record) {
  auto text = text_at(record, "/additionalEventData/time");  // with its fraction of a second
  if (text.empty()) text = text_at(record, "/eventTime");
  return parse_iso8601(text);
}

}  // namespace

struct AuditRows::Columns {
  std::size_t rows = 0;
  Time last_time = {};
  sdk::NumberColumn<std::int64_t> ts;  // CloudTrail's, with the fraction of its second
  sdk::NumberColumn<std::int64_t> sequence;
  sdk::NumberColumn<std::int64_t> attempt;
  std::array<sdk::DictionaryColumn, kFields.size()> fields;
  sdk::DictionaryColumn event_class;
  sdk::DictionaryColumn original;  // of what is no record

  void add(const value& record) {
    for (std::size_t i = 0; i < kFields.size(); ++i)
      fields[i].set(rows, text_at(record, kFields[i].pointer));
    event_class.set(rows, joined(at(record, "/additionalEventData/eventClass")));
    attempt.set(rows, number_at(record, "/serviceEventDetails/attempt"));
    last_time = time_of(record).value_or(last_time);
  }
  // A record that says nothing, at the time of the one before: so that every sequence has a row.
  std::string stand_in() const { return R"({"eventTime":")" + iso8601(last_time) + "\"}"; }
  void end_row(std::uint64_t number, std::string_view unread) {
    original.set(rows, unread);
    ts.set(rows, last_time.time_since_epoch().count());
    sequence.set(rows, static_cast<std::int64_t>(number));
    ++rows;
  }
};

AuditRows::AuditRows(std::unique_ptr<CloudTrailRows> cloudtrail)
    : cloudtrail_(std::move(cloudtrail)), columns_(std::make_unique<Columns>()) {}
AuditRows::~AuditRows() = default;

void AuditRows::add(std::uint64_t sequence, std::string_view record) {
  const auto read = json::parse(record);
  const bool is_read = read && read->is_object() && cloudtrail_->add(sequence, record);
  if (!is_read) SX_CHECK(cloudtrail_->add(sequence, columns_->stand_in()));
  columns_->add(is_read ? *read : value());
  columns_->end_row(sequence, is_read ? std::string_view() : record);
}

Result<BatchPtr> AuditRows::finish() {
  auto& columns = *columns_;
  const auto rows = columns.rows;
  if (rows == 0) return nullptr;
  SX_TRY_AS(const auto cloudtrail, cloudtrail_->finish());
  SX_CHECK(cloudtrail->num_rows() == static_cast<std::int64_t>(rows));
  auto fields = cloudtrail->schema()->fields();
  auto arrays = cloudtrail->columns();
  const auto put = [&](const std::string& name, ArrayPtr array) {
    auto field = arrow::field(name, array->type());
    const auto same = std::ranges::find(fields, name, [](const auto& one) { return one->name(); });
    if (same != fields.end()) {
      arrays[static_cast<std::size_t>(same - fields.begin())] = std::move(array);
      *same = std::move(field);
      return;
    }
    fields.push_back(std::move(field));
    arrays.push_back(std::move(array));
  };
  put("ts", columns.ts.finish(rows, arrow::timestamp(arrow::TimeUnit::MICRO, "UTC")));
  put("sextant.audit.sequence", columns.sequence.finish(rows, arrow::int64()));
  put("sextant.audit.attempt", columns.attempt.finish(rows, arrow::int64()));
  for (std::size_t i = 0; i < kFields.size(); ++i)
    put(kFields[i].column, columns.fields[i].finish(rows));
  put("sextant.audit.event_class", columns.event_class.finish(rows));
  put("event.original", columns.original.finish(rows));
  const auto last_time = columns.last_time;
  columns_ = std::make_unique<Columns>();
  columns_->last_time = last_time;
  return arrow::RecordBatch::Make(arrow::schema(std::move(fields)), static_cast<std::int64_t>(rows),
                                  std::move(arrays));
}

}  // namespace sextant::services::audit

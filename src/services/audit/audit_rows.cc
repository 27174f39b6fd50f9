#include "services/audit/audit_rows.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include <array>
#include <boost/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "core/json.h"
#include "core/time_text.h"
#include "sdk/column_builders.h"
#include "sdk/ip_address.h"

namespace sextant::services::audit {
namespace {

using boost::json::value;

// A column and where its value stands in a record; objects and lists become their JSON text.
struct Field {
  const char* column;
  const char* pointer;
};
constexpr std::array kFields{
    Field{"aws.cloudtrail.event_version", "/eventVersion"},
    Field{"aws.cloudtrail.user_identity.type", "/userIdentity/type"},
    Field{"user.id", "/userIdentity/principalId"},
    Field{"aws.cloudtrail.user_identity.arn", "/userIdentity/arn"},
    Field{"cloud.account.id", "/userIdentity/accountId"},
    Field{"aws.cloudtrail.user_identity.access_key_id", "/userIdentity/accessKeyId"},
    Field{"user.name", "/userIdentity/userName"},
    Field{"aws.cloudtrail.user_identity.invoked_by", "/userIdentity/invokedBy"},
    Field{"aws.cloudtrail.user_identity.session_context.creation_date",
          "/userIdentity/sessionContext/attributes/creationDate"},
    Field{"aws.cloudtrail.user_identity.session_context.mfa_authenticated",
          "/userIdentity/sessionContext/attributes/mfaAuthenticated"},
    Field{"aws.cloudtrail.user_identity.session_context.session_issuer.type",
          "/userIdentity/sessionContext/sessionIssuer/type"},
    Field{"aws.cloudtrail.user_identity.session_context.session_issuer.principal_id",
          "/userIdentity/sessionContext/sessionIssuer/principalId"},
    Field{"aws.cloudtrail.user_identity.session_context.session_issuer.arn",
          "/userIdentity/sessionContext/sessionIssuer/arn"},
    Field{"aws.cloudtrail.user_identity.session_context.session_issuer.account_id",
          "/userIdentity/sessionContext/sessionIssuer/accountId"},
    Field{"aws.cloudtrail.user_identity.session_context.session_issuer.user_name",
          "/userIdentity/sessionContext/sessionIssuer/userName"},
    Field{"event.provider", "/eventSource"},
    Field{"event.action", "/eventName"},
    Field{"cloud.region", "/awsRegion"},
    Field{"source.address", "/sourceIPAddress"},
    Field{"user_agent.original", "/userAgent"},
    Field{"aws.cloudtrail.error_code", "/errorCode"},
    Field{"aws.cloudtrail.error_message", "/errorMessage"},
    Field{"aws.cloudtrail.request_parameters", "/requestParameters"},
    Field{"aws.cloudtrail.response_elements", "/responseElements"},
    Field{"aws.cloudtrail.additional_eventdata", "/additionalEventData"},
    Field{"aws.cloudtrail.service_event_details", "/serviceEventDetails"},
    Field{"aws.cloudtrail.request_id", "/requestID"},
    Field{"event.id", "/eventID"},
    Field{"aws.cloudtrail.read_only", "/readOnly"},
    Field{"aws.cloudtrail.resource_list", "/resources"},
    Field{"aws.cloudtrail.resources.arn", "/resources/0/ARN"},
    Field{"aws.cloudtrail.resources.account_id", "/resources/0/accountId"},
    Field{"aws.cloudtrail.resources.type", "/resources/0/type"},
    Field{"aws.cloudtrail.event_type", "/eventType"},
    Field{"aws.cloudtrail.management_event", "/managementEvent"},
    Field{"aws.cloudtrail.recipient_account_id", "/recipientAccountId"},
    Field{"aws.cloudtrail.event_category", "/eventCategory"},
    Field{"trace.id", "/additionalEventData/traceId"},
    Field{"sextant.audit.decision", "/additionalEventData/decision"},
    Field{"sextant.audit.reason", "/additionalEventData/reason"},
    Field{"sextant.audit.delivery_id", "/serviceEventDetails/deliveryId"},
};

// What no member tells alone.
enum Derived : std::size_t { kOutcome, kSourceIp, kEventClass, kOriginal, kDerivedCount };
constexpr std::array<const char*, kDerivedCount> kDerived{
    "event.outcome", "source.ip", "sextant.audit.event_class", "event.original"};

struct Constant {
  const char* column;
  const char* text;
};
constexpr std::array kConstants{Constant{"event.kind", "event"},
                                Constant{"event.dataset", "sextant.audit"},
                                Constant{"cloud.provider", "sextant"}};

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
  sdk::NumberColumn<std::int64_t> ts;
  sdk::NumberColumn<std::int64_t> sequence;
  sdk::NumberColumn<std::int64_t> attempt;
  std::array<sdk::DictionaryColumn, kFields.size()> fields;
  std::array<sdk::DictionaryColumn, kDerivedCount> derived;

  void add_fields(const value& record) {
    for (std::size_t i = 0; i < kFields.size(); ++i) {
      const auto* found = at(record, kFields[i].pointer);
      if (found == nullptr || found->is_null()) {
        fields[i].set(rows, {});
      } else if (found->is_string()) {
        fields[i].set(rows, found->get_string());
      } else {
        fields[i].set(rows, json::to_text(*found));
      }
    }
  }
  void add_derived(const value& record) {
    derived[kOutcome].set(rows, at(record, "/errorCode") == nullptr ? "success" : "failure");
    const auto address = text_at(record, "/sourceIPAddress");
    derived[kSourceIp].set(rows, sdk::IpAddress::parse(address) ? address : std::string_view());
    derived[kEventClass].set(rows, joined(at(record, "/additionalEventData/eventClass")));
    derived[kOriginal].set(rows, {});
    attempt.set(rows, number_at(record, "/serviceEventDetails/attempt"));
  }
  void add_unread(std::string_view text) {
    for (auto& field : fields) field.set(rows, {});
    for (auto& field : derived) field.set(rows, {});
    derived[kOriginal].set(rows, text);
    attempt.set(rows, sdk::NumberColumn<std::int64_t>::kNull);
  }
};

AuditRows::AuditRows() : columns_(std::make_unique<Columns>()) {}
AuditRows::~AuditRows() = default;

void AuditRows::add(std::uint64_t sequence, std::string_view record) {
  auto& columns = *columns_;
  const auto read = json::parse(record);
  if (read && read->is_object()) {
    columns.add_fields(*read);
    columns.add_derived(*read);
    columns.last_time = time_of(*read).value_or(columns.last_time);
  } else {
    columns.add_unread(record);
  }
  columns.ts.set(columns.rows, columns.last_time.time_since_epoch().count());
  columns.sequence.set(columns.rows, static_cast<std::int64_t>(sequence));
  ++columns.rows;
}

BatchPtr AuditRows::finish() {
  auto& columns = *columns_;
  const auto rows = columns.rows;
  if (rows == 0) return nullptr;
  arrow::FieldVector fields;
  arrow::ArrayVector arrays;
  const auto put = [&](const char* name, ArrayPtr array) {
    fields.push_back(arrow::field(name, array->type()));
    arrays.push_back(std::move(array));
  };
  put("ts", columns.ts.finish(rows, arrow::timestamp(arrow::TimeUnit::MICRO, "UTC")));
  put("sextant.audit.sequence", columns.sequence.finish(rows, arrow::int64()));
  put("sextant.audit.attempt", columns.attempt.finish(rows, arrow::int64()));
  for (std::size_t i = 0; i < kFields.size(); ++i)
    put(kFields[i].column, columns.fields[i].finish(rows));
  for (std::size_t i = 0; i < kDerivedCount; ++i) put(kDerived[i], columns.derived[i].finish(rows));
  for (const auto& [name, text] : kConstants)
    put(name, sdk::make_constant_array(sdk::make_single_value(text), rows));
  const auto last_time = columns.last_time;
  columns_ = std::make_unique<Columns>();
  columns_->last_time = last_time;
  return arrow::RecordBatch::Make(arrow::schema(std::move(fields)), static_cast<std::int64_t>(rows),
                                  std::move(arrays));
}

}  // namespace sextant::services::audit

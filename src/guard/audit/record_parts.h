#pragma once
// The members that all audit records have in common, in CloudTrail's names and order. Only the
// writers of records include it.
#include <string_view>

#include "guard/audit/event_class.h"
#include "guard/audit/json_line.h"
#include "sdk/call.h"

namespace sextant::guard::record_parts {

// The longest ARN that names something: an object's, of 13 + 63 + 1 + 1'024 bytes, or a role's.
inline constexpr std::size_t kArnBytesMax = 2'048;

// At most so many bytes of it, whole characters; CloudTrail cuts most fields at 1 KB.
std::string_view cut(std::string_view text, std::size_t bytes_max = 1'024);
std::string_view to_string(sdk::Verdict verdict);

// eventVersion to awsRegion.
void head(JsonLine& line, const sdk::Principal& principal, Time time, std::string_view service,
          std::string_view operation, const Scope& scope);
// errorCode, errorMessage.
void failure(JsonLine& line, std::string_view code, std::string_view message);
// requestParameters, responseElements: null when empty, left out with its size told when large.
void elements(JsonLine& line, std::string_view name, const boost::json::value& value);
void resources(JsonLine& line, const sdk::Call& call);
// decision, reason, statements.
void verdict(JsonLine& line, const sdk::Decision& decision);
void event_classes(JsonLine& line, EventClasses classes);
// requestID to eventCategory.
void tail(JsonLine& line, std::string_view request_id, std::string_view type, bool read_only,
          sdk::EventCategory category, const Scope& scope);

}  // namespace sextant::guard::record_parts

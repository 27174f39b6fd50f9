#include "guard/audit/record_parts.h"

#include <boost/json/object.hpp>
#include <chrono>

#include "core/random.h"
#include "core/time_text.h"

namespace sextant::guard::record_parts {
namespace {

// Larger parameters and answers are left out, with their size told, so that a record stays a
// record.
constexpr std::size_t kParametersBytesMax = 16 * 1'024;

// The last part of arn:aws:iam::…:role/path/name.
std::string_view name_of(std::string_view arn) {
  const auto slash = arn.rfind('/');
  return slash == std::string_view::npos ? arn : arn.substr(slash + 1);
}

void session_context(JsonLine& line, const sdk::Principal& principal) {
  line.open("sessionContext");
  line.open("sessionIssuer");
  line.text("type", "Role");
  line.text("principalId",
            std::string_view(principal.principal_id).substr(0, principal.principal_id.find(':')));
  line.text("arn", principal.role_arn);
  line.text("accountId", principal.account.text());
  line.text("userName", name_of(principal.role_arn));
  line.close();
  line.open("attributes");
  if (principal.session_started) line.text("creationDate", iso8601(*principal.session_started));
  line.text("mfaAuthenticated", "false");
  line.close();
  line.close();
}

void identified(JsonLine& line, std::string_view type, const sdk::Principal& principal) {
  line.text("type", type);
  line.text("principalId", principal.principal_id);
  line.text("arn", principal.arn);
  line.text("accountId", principal.account.text());
  line.text_if("accessKeyId", principal.access_key_id);
}

void user_identity(JsonLine& line, const sdk::Principal& principal) {
  line.open("userIdentity");
  switch (principal.kind) {
    case sdk::PrincipalKind::Anonymous:
      line.text("type", "AWSAccount");
      line.text("principalId", "");
      line.text("accountId", "ANONYMOUS_PRINCIPAL");
      line.text_if("accessKeyId", cut(principal.access_key_id, 128));  // what it claimed
      break;
    case sdk::PrincipalKind::Root: identified(line, "Root", principal); break;
    case sdk::PrincipalKind::User:
      identified(line, "IAMUser", principal);
      line.text("userName", name_of(principal.arn));
      break;
    case sdk::PrincipalKind::AssumedRole:
      identified(line, "AssumedRole", principal);
      session_context(line, principal);
      break;
    case sdk::PrincipalKind::Service:
      line.text("type", "AWSService");
      line.text("invokedBy", principal.service);
      break;
  }
  line.close();
}

std::string seconds_text(Time time) {
  return iso8601(std::chrono::floor<std::chrono::seconds>(time));
}

}  // namespace

std::string_view cut(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  while (bytes_max > 0 && (static_cast<unsigned char>(text[bytes_max]) & 0xC0) == 0x80) --bytes_max;
  return text.substr(0, bytes_max);
}

std::string_view to_string(sdk::Verdict verdict) {
  switch (verdict) {
    case sdk::Verdict::Allow: return "Allow";
    case sdk::Verdict::Deny: return "Deny";
    case sdk::Verdict::Throttle: return "Throttle";
  }
  return "Deny";
}

void head(JsonLine& line, const sdk::Principal& principal, Time time, std::string_view service,
          std::string_view operation, const Scope& scope) {
  line.open();
  line.text("eventVersion", "1.11");
  user_identity(line, principal);
  line.text("eventTime", seconds_text(time));
  line.text("eventSource", std::string(service) + ".amazonaws.com");
  line.text("eventName", cut(operation));
  line.text("awsRegion", scope.region.text());
}

void failure(JsonLine& line, std::string_view code, std::string_view message) {
  line.text("errorCode", code);
  // Its first paragraph: what follows is for who sent the request, and has what was to be signed.
  line.text("errorMessage", cut(message.substr(0, message.find("\n\n"))));
}

// requestParameters, responseElements.
void elements(JsonLine& line, std::string_view name, const boost::json::value& value) {
  const auto* object = value.if_object();
  if (value.is_null() || (object != nullptr && object->empty())) return line.null(name);
  const auto before = line.size();
  line.value(name, value);
  const auto bytes = line.size() - before;
  if (bytes <= kParametersBytesMax) return;
  line.cut(before);
  line.open(name);
  line.boolean("omitted", true);
  line.number("originalSize", bytes);
  line.close();
}

void resources(JsonLine& line, const sdk::Call& call) {
  if (call.resource.empty() || call.resource == "*") return;
  line.open_list("resources");
  line.open();
  line.text("ARN", cut(call.resource, kArnBytesMax));
  line.text("accountId",
            (call.resource_owner.empty() ? call.scope.account : call.resource_owner).text());
  if (call.service == "s3") {
    line.text("type",
              call.resource.find('/') == std::string::npos ? "AWS::S3::Bucket" : "AWS::S3::Object");
  }
  line.close();
  line.close_list();
}

void verdict(JsonLine& line, const sdk::Decision& decision) {
  line.text("decision", to_string(decision.verdict));
  line.text_if("reason", cut(decision.reason));
  line.open_list("statements");
  for (const auto& statement : decision.deciding_statements) line.text({}, statement);
  line.close_list();
}

void event_classes(JsonLine& line, EventClasses classes) {
  if (classes.empty()) return;
  line.open_list("eventClass");
  for (const auto& [event_class, name] : kEventClasses) {
    if (classes.has(event_class)) line.text({}, name);
  }
  line.close_list();
}

void tail(JsonLine& line, std::string_view request_id, std::string_view type, bool read_only,
          sdk::EventCategory category, const Scope& scope) {
  const bool management = category == sdk::EventCategory::Management;
  line.text("requestID", request_id);
  line.text("eventID", make_uuid());
  line.boolean("readOnly", read_only);
  line.text("eventType", type);
  line.boolean("managementEvent", management);
  line.text("recipientAccountId", scope.account.text());
  line.text("eventCategory", management ? "Management" : "Data");
}

}  // namespace sextant::guard::record_parts

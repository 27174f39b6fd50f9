#include "intel/parsers/cloudtrail_cutter.h"

#include <algorithm>

#include "intel/parsers/json_cutter.h"
#include "intel/parsers/json_flatten.h"

namespace sextant::intel {
namespace {

constexpr Spelling kSpellings[] = {{"sharedEventId", "sharedEventID"}};

std::size_t field_of(const Format& format, std::string_view name) {
  const auto found = std::ranges::find(format.fields, name, &FieldSpec::name);
  SX_CHECK(found != format.fields.end());
  return static_cast<std::size_t>(found - format.fields.begin());
}

std::string_view yes_no(std::string_view text) {
  return text.empty() ? "" : text == "No" ? "false" : "true";
}

class CloudTrailCutter final : public Cutter {
 public:
  explicit CloudTrailCutter(const Format& format)
      : cutter_(make_json_cutter(format, kSpellings)),
        event_time_(field_of(format, "eventTime")),
        event_name_(field_of(format, "eventName")),
        event_type_(field_of(format, "eventType")),
        digest_end_(field_of(format, "digestEndTime")),
        user_name_(field_of(format, "userIdentity.userName")),
        issuer_name_(field_of(format, "userIdentity.sessionContext.sessionIssuer.userName")),
        account_(field_of(format, "userIdentity.accountId")),
        recipient_(field_of(format, "recipientAccountId")),
        digest_account_(field_of(format, "awsAccountId")),
        error_code_(field_of(format, "errorCode")),
        error_message_(field_of(format, "errorMessage")),
        response_(field_of(format, "responseElements")),
        additional_(field_of(format, "additionalEventData")),
        outcome_(field_of(format, kOutcome)),
        mobile_(field_of(format, kMobileVersion)),
        login_to_(field_of(format, kLoginTo)),
        mfa_(field_of(format, kMfaUsed)) {}

  void group(std::span<const Line> lines) override {
    cutter_->group(lines);
    next_ = 0;
  }

  std::optional<std::string> cut(std::string_view line, CutLine& into) override {
    if (auto refused = cutter_->cut(line, into)) return refused;
    auto& fields = into.fields;
    for (const auto own : {outcome_, mobile_, login_to_, mfa_}) fields[own] = {};
    const auto otherwise = [&fields](std::size_t field, std::size_t other) {
      if (fields[field].empty()) fields[field] = fields[other];
    };
    otherwise(event_time_, digest_end_);
    otherwise(user_name_, issuer_name_);
    otherwise(account_, digest_account_);
    otherwise(account_, recipient_);
    const bool failed = !fields[error_code_].empty() || !fields[error_message_].empty();
    fields[outcome_] = failed ? "failure" : "success";
    if (fields[event_type_] == "AwsConsoleSignIn" || fields[event_name_] == "ConsoleLogin") {
      sign_in(fields, failed);
    }
    return std::nullopt;
  }

 private:
  // {"ConsoleLogin":"Failure"}: such events are named in their answer.
  void sign_in(std::span<std::string_view> fields, bool failed) {
    flatten_json(fields[response_], flat_, std::array{Wanted{fields[event_name_], &answer_}});
    if (!failed && answer_ == "Failure") fields[outcome_] = "failure";
    if (fields[event_name_] != "ConsoleLogin") return;
    auto& login_to = logins_[next_++];
    flatten_json(fields[additional_], flat_,
                 std::array{Wanted{"MobileVersion", &mobile_version_}, Wanted{"LoginTo", &login_to},
                            Wanted{"MFAUsed", &mfa_used_}});
    fields[mobile_] = yes_no(mobile_version_);
    fields[login_to_] = login_to;
    fields[mfa_] = yes_no(mfa_used_);
  }

  std::unique_ptr<Cutter> cutter_;
  std::size_t event_time_, event_name_, event_type_, digest_end_, user_name_, issuer_name_;
  std::size_t account_, recipient_, digest_account_, error_code_, error_message_, response_;
  std::size_t additional_, outcome_, mobile_, login_to_, mfa_;
  std::string flat_, answer_, mobile_version_, mfa_used_;
  std::array<std::string, kGroupLines> logins_;  // of the group's lines
  std::size_t next_ = 0;
};

}  // namespace

std::unique_ptr<Cutter> make_cloudtrail_cutter(const Format& format) {
  return std::make_unique<CloudTrailCutter>(format);
}

}  // namespace sextant::intel

#include "guard/iam/request_view.h"

#include <algorithm>
#include <utility>

#include "core/strings.h"
#include "core/time_text.h"

namespace sextant::guard::iam {
namespace {

constexpr std::pair<std::string_view, KeyId> kDerivedKeys[] = {
    {"aws:currenttime", KeyId::CurrentTime},
    {"aws:epochtime", KeyId::EpochTime},
    {"aws:multifactorauthpresent", KeyId::MultiFactorAuthPresent},
    {"aws:principalaccount", KeyId::PrincipalAccount},
    {"aws:principalarn", KeyId::PrincipalArn},
    {"aws:principalisawsservice", KeyId::PrincipalIsAwsService},
    {"aws:principalservicename", KeyId::PrincipalServiceName},
    {"aws:principaltype", KeyId::PrincipalType},
    {"aws:requestedregion", KeyId::RequestedRegion},
    {"aws:resourceaccount", KeyId::ResourceAccount},
    {"aws:sourceip", KeyId::SourceIp},
    {"aws:tokenissuetime", KeyId::TokenIssueTime},
    {"aws:useragent", KeyId::UserAgent},
    {"aws:userid", KeyId::UserId},
    {"aws:username", KeyId::UserName},
    {"aws:viaawsservice", KeyId::ViaAwsService},
    {"s3:resourceaccount", KeyId::ResourceAccount},
};
constexpr std::string_view kPrincipalTag = "aws:principaltag/";

const std::string kTrue = "true";
const std::string kFalse = "false";
const std::string kTypeAccount = "Account";
const std::string kTypeUser = "User";
const std::string kTypeAssumedRole = "AssumedRole";
const std::string kTypeAnonymous = "Anonymous";

Values one(const std::string& value) { return {Values::State::Present, &value, 1}; }
Values one_unless_empty(const std::string& value) { return value.empty() ? Values{} : one(value); }

Values type_of(sdk::PrincipalKind kind) {
  switch (kind) {
    case sdk::PrincipalKind::Anonymous: return one(kTypeAnonymous);
    case sdk::PrincipalKind::Root: return one(kTypeAccount);
    case sdk::PrincipalKind::User: return one(kTypeUser);
    case sdk::PrincipalKind::AssumedRole: return one(kTypeAssumedRole);
    case sdk::PrincipalKind::Service: return {};
  }
  return {};
}

// Whose ARN and account conditions may name.
bool is_identity(sdk::PrincipalKind kind) {
  return kind == sdk::PrincipalKind::Root || kind == sdk::PrincipalKind::User ||
         kind == sdk::PrincipalKind::AssumedRole;
}

Time whole_seconds(Time time) { return std::chrono::floor<std::chrono::seconds>(time); }

// Length and two characters that tell most names apart.
std::uint32_t print_of(std::string_view name) {
  if (name.empty()) return 0;
  const auto character = [&](std::size_t at) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(to_lower(name[at])));
  };
  return static_cast<std::uint32_t>(name.size() << 16U) | character(name.size() / 2) << 8U |
         character(name.size() - 1);
}

}  // namespace

Key make_key(std::string_view name) {
  Key key{.id = KeyId::Other, .name = to_lower(name), .tag = {}, .print = print_of(name)};
  if (key.name.starts_with(kPrincipalTag)) {
    key.id = KeyId::PrincipalTag;
    key.tag = key.name.substr(kPrincipalTag.size());
    return key;
  }
  const auto* found =
      std::ranges::find(kDerivedKeys, key.name, &std::pair<std::string_view, KeyId>::first);
  if (found != std::end(kDerivedKeys)) key.id = found->second;
  return key;
}

namespace {

template <typename Characters>
std::string_view lower_in_place(Characters& text) {
  for (char& c : text) c = to_lower(c);
  return {text.data(), text.size()};
}

}  // namespace

bool split_arn(std::string_view text, std::array<std::string_view, 6>& parts) {
  for (std::size_t i = 0; i < 5; ++i) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) return false;
    parts[i] = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  parts[5] = text;
  return true;
}

RequestView::RequestView(const sdk::Call& call)
    : call_(call),
      action_(call.action.begin(), call.action.end()),
      hashed_action_(lower_in_place(action_)),
      hashed_vendor_(action().substr(0, action().find(':'))) {
  if (split_arn(call.resource, resource_parts_)) return;
  resource_parts_.fill({});
  resource_parts_.back() = call.resource;
}

const AccountId& RequestView::resource_owner() const {
  return call_.resource_owner.empty() ? call_.scope.account : call_.resource_owner;
}

Values RequestView::values(const Key& key) const {
  return key.id == KeyId::Other ? from_context(key) : derived(key);
}

const std::string* RequestView::single(const Key& key) const {
  const auto found = values(key);
  const bool one_value = found.state == Values::State::Present && found.count == 1;
  return one_value && !found.begin->empty() ? found.begin : nullptr;
}

Values RequestView::derived(const Key& key) const {
  switch (key.id) {
    case KeyId::CurrentTime:
    case KeyId::EpochTime:
    case KeyId::TokenIssueTime: return of_time(key.id);
    case KeyId::RequestedRegion: return one_unless_empty(call_.scope.region.text());
    case KeyId::ResourceAccount: return one_unless_empty(resource_owner().text());
    // Absent when one of the platform's services calls, as AWS has it.
    case KeyId::SourceIp: return address(key) ? one(call_.source_ip) : Values{};
    case KeyId::UserAgent: return one_unless_empty(call_.user_agent);
    case KeyId::ViaAwsService: {
      const auto given = from_context(key);
      return given.state == Values::State::Absent ? one(kFalse) : given;
    }
    default: return of_principal(key);
  }
}

Values RequestView::of_principal(const Key& key) const {
  const auto& principal = call_.principal;
  const bool service = principal.kind == sdk::PrincipalKind::Service;
  switch (key.id) {
    case KeyId::PrincipalAccount:
      return is_identity(principal.kind) ? one(principal.account.text()) : Values{};
    case KeyId::PrincipalArn:
      if (principal.kind == sdk::PrincipalKind::AssumedRole) return one(principal.role_arn);
      return is_identity(principal.kind) ? one(principal.arn) : Values{};
    case KeyId::PrincipalIsAwsService: return one(service ? kTrue : kFalse);
    case KeyId::PrincipalServiceName: return service ? one(principal.service) : Values{};
    // As AWS: of temporary credentials only; nobody has a second factor here.
    case KeyId::MultiFactorAuthPresent: {
      const bool temporary =
          principal.kind == sdk::PrincipalKind::AssumedRole || principal.session_started;
      return temporary ? one(kFalse) : Values{};
    }
    case KeyId::PrincipalTag: return principal_tag(key.tag);
    case KeyId::PrincipalType: return type_of(principal.kind);
    case KeyId::UserId: return one_unless_empty(principal.principal_id);
    case KeyId::UserName: return user_name();
    default: return {};
  }
}

Values RequestView::of_time(KeyId id) const {
  if (id == KeyId::CurrentTime) {
    computed_[1] = iso8601(whole_seconds(call_.time));
    return one(computed_[1]);
  }
  if (id == KeyId::EpochTime) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(call_.time);
    computed_[2] = std::to_string(seconds.time_since_epoch().count());
    return one(computed_[2]);
  }
  if (!call_.principal.session_started) return {};
  computed_[3] = iso8601(*call_.principal.session_started);
  return one(computed_[3]);
}

std::optional<Time> RequestView::time(const Key& key) const {
  const bool now = key.id == KeyId::CurrentTime || key.id == KeyId::EpochTime;
  return now ? std::optional(whole_seconds(call_.time)) : std::nullopt;
}

std::optional<sdk::IpAddress> RequestView::address(const Key& key) const {
  if (key.id != KeyId::SourceIp) return std::nullopt;
  if (!source_ip_) source_ip_ = sdk::IpAddress::parse(call_.source_ip);
  return *source_ip_;
}

Values RequestView::user_name() const {
  if (call_.principal.kind != sdk::PrincipalKind::User) return {};
  const auto& arn = call_.principal.arn;
  computed_[0] = arn.substr(arn.rfind('/') + 1);
  return one(computed_[0]);
}

Values RequestView::principal_tag(const std::string& tag) const {
  Values found;
  for (const auto& [name, value] : call_.principal.session_tags) {
    if (name.size() != tag.size() || !iequals(name, tag)) continue;
    if (found.state != Values::State::Absent) return {Values::State::Ambiguous, nullptr, 0};
    found = one(value);
  }
  return found;
}

Values RequestView::from_context(const Key& key) const {
  if (!listed_) {
    for (const auto& entry : call_.context) context_.push_back({print_of(entry.first), &entry});
    listed_ = true;
  }
  Values found;
  for (const auto& [print, entry] : context_) {
    if (print != key.print || !iequals(entry->first, key.name)) continue;
    if (found.state != Values::State::Absent) return {Values::State::Ambiguous, nullptr, 0};
    const auto& values = entry->second;
    if (!values.empty()) found = {Values::State::Present, values.data(), values.size()};
  }
  return found;
}

}  // namespace sextant::guard::iam

#pragma once
// A call as conditions and variables see it: every condition key by name, the global ones derived
// from the call itself (a caller cannot forge them), the others from its context. Lives as long as
// one evaluation.
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "sdk/call.h"

namespace sextant::guard::iam {

enum class KeyId : std::uint8_t {
  Other,  // of the context
  CurrentTime,
  EpochTime,
  PrincipalAccount,
  PrincipalArn,
  PrincipalIsAwsService,
  PrincipalServiceName,
  PrincipalTag,  // with the tag's name
  PrincipalType,
  RequestedRegion,
  ResourceAccount,
  SourceIp,
  TokenIssueTime,
  UserAgent,
  UserId,
  UserName,
  ViaAwsService,
};

struct Key {
  KeyId id = KeyId::Other;
  std::string name;  // lower case
  std::string tag;   // of PrincipalTag, lower case
};

Key make_key(std::string_view name);

// The values of a key in one request.
struct Values {
  enum class State { Absent, Present, Ambiguous };  // Ambiguous: two spellings of one key
  State state = State::Absent;
  const std::string* begin = nullptr;
  std::size_t count = 0;
};

class RequestView {
 public:
  explicit RequestView(const sdk::Call& call);

  const sdk::Call& call() const { return call_; }
  std::string_view action() const { return action_; }  // lower case
  const AccountId& resource_owner() const;
  // The resource's six parts; all empty but the last, when it is no ARN.
  const std::array<std::string_view, 6>& resource_parts() const { return resource_parts_; }

  // Valid as long as the view.
  Values values(const Key& key) const;
  // The value of a key that has exactly one, for variables; nullptr otherwise.
  const std::string* single(const Key& key) const;

 private:
  Values derived(const Key& key) const;
  Values of_principal(const Key& key) const;
  Values of_time(KeyId id) const;
  Values user_name() const;
  Values principal_tag(const std::string& tag) const;
  Values from_context(std::string_view name) const;

  const sdk::Call& call_;
  std::string action_;
  std::array<std::string_view, 6> resource_parts_;
  mutable std::array<std::string, 4> computed_;  // user name, now, epoch, token issue time
};

// The six parts of an ARN (the last with its colons); false when there are fewer.
bool split_arn(std::string_view text, std::array<std::string_view, 6>& parts);

}  // namespace sextant::guard::iam

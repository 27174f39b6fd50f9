#pragma once
// A call as conditions and variables see it: every condition key by name, the global ones derived
// from the call itself (a caller cannot forge them), the others from its context. Lives as long as
// one evaluation.
#include <array>
#include <boost/container/small_vector.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "sdk/call.h"
#include "sdk/ip_address.h"

namespace sextant::guard::iam {

enum class KeyId : std::uint8_t {
  Other,  // of the context
  CurrentTime,
  EpochTime,
  MultiFactorAuthPresent,
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
  std::string name;         // lower case
  std::string tag;          // of PrincipalTag, lower case
  std::uint32_t print = 0;  // of the name: equal names have equal ones, whatever their case
};

Key make_key(std::string_view name);

// The values of a key in one request.
struct Values {
  enum class State { Absent, Present, Ambiguous };  // Ambiguous: two spellings of one key
  State state = State::Absent;
  const std::string* begin = nullptr;
  std::size_t count = 0;
};

// A text that many maps are asked for: hashed once.
struct HashedText {
  explicit HashedText(std::string_view what)
      : text(what), hash(std::hash<std::string_view>{}(what)) {}

  struct Hash {
    using is_transparent = void;
    std::size_t operator()(const std::string& key) const { return HashedText(key).hash; }
    std::size_t operator()(const HashedText& asked) const { return asked.hash; }
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(const std::string& a, const std::string& b) const { return a == b; }
    bool operator()(const HashedText& asked, const std::string& key) const {
      return asked.text == key;
    }
    bool operator()(const std::string& key, const HashedText& asked) const {
      return asked.text == key;
    }
  };

  std::string_view text;
  std::size_t hash;
};

class RequestView {
 public:
  explicit RequestView(const sdk::Call& call);
  RequestView(const RequestView&) = delete;
  RequestView& operator=(const RequestView&) = delete;

  const sdk::Call& call() const { return call_; }
  std::string_view action() const { return hashed_action_.text; }  // lower case
  const HashedText& hashed_action() const { return hashed_action_; }
  const HashedText& hashed_vendor() const { return hashed_vendor_; }  // "s3"
  const AccountId& resource_owner() const;
  // The resource's six parts; all empty but the last, when it is no ARN.
  const std::array<std::string_view, 6>& resource_parts() const { return resource_parts_; }

  // Valid as long as the view.
  Values values(const Key& key) const;
  // The value of a key that has exactly one, and not an empty one, for variables; nullptr
  // otherwise.
  const std::string* single(const Key& key) const;
  // The key's only value, where the call has it in this form rather than as text.
  std::optional<Time> time(const Key& key) const;
  std::optional<sdk::IpAddress> address(const Key& key) const;

 private:
  Values derived(const Key& key) const;
  Values of_principal(const Key& key) const;
  Values of_time(KeyId id) const;
  Values user_name() const;
  Values principal_tag(const std::string& tag) const;
  Values from_context(const Key& key) const;

  // What stands in the context, listed once: looked through faster than a map.
  struct ContextEntry {
    std::uint32_t print;
    const sdk::ConditionContext::value_type* entry;
  };
  template <typename T, std::size_t kInline>
  using SmallVector = boost::container::small_vector<T, kInline>;

  const sdk::Call& call_;
  SmallVector<char, 48> action_;
  HashedText hashed_action_;
  HashedText hashed_vendor_;
  std::array<std::string_view, 6> resource_parts_;
  mutable bool listed_ = false;
  mutable SmallVector<ContextEntry, 16> context_;
  mutable std::optional<std::optional<sdk::IpAddress>> source_ip_;  // once it was asked for
  mutable std::array<std::string, 4> computed_;  // user name, now, epoch, token issue time
};

// The six parts of an ARN (the last with its colons); false when there are fewer.
bool split_arn(std::string_view text, std::array<std::string_view, 6>& parts);

}  // namespace sextant::guard::iam

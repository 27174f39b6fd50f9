#pragma once
// A policy document, compiled: statements ready to match, indexed by action. Immutable, so any
// number of threads may read one. What cannot be compiled becomes a policy with a defect, and every
// call that a defective policy has a say in is denied.
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/result.h"
#include "guard/iam/applied_policies.h"
#include "guard/iam/arn_pattern.h"
#include "guard/iam/condition.h"
#include "guard/iam/pattern.h"
#include "guard/iam/principal_set.h"
#include "guard/iam/request_view.h"
#include "guard/iam/statement_places.h"

namespace sextant::guard::iam {

enum class Effect { Allow, Deny };

// Which elements a document must and may have.
enum class PolicyUse {
  Identity,  // also boundaries, session and service control policies: no principal
  Resource,  // bucket policies, function permissions, resource control policies: a principal
  Trust,     // of a role: a principal and no resource
};

struct Statement {
  std::string label;  // "policy#Sid", or "policy#Statement[2]" without a Sid
  Effect effect = Effect::Deny;
  bool not_action = false;
  std::vector<Pattern> actions;  // lower case
  bool not_resource = false;
  std::vector<ArnPattern> resources;  // empty: of a trust policy, any
  std::string resource_start;         // what they all begin with: most statements end here
  bool not_principal = false;
  std::optional<PrincipalSet> principals;
  std::vector<Condition> conditions;
  StatementPlace place = {};  // in the document's text

  // Derives what matching is quick by; once, when the elements are complete.
  void settle();

  // How the statement stands to a call whose action the index has found.
  struct Hit {
    Match match = Match::No;
    Naming naming = Naming::None;         // when there are principals
    const Condition* doubtful = nullptr;  // the condition behind Unknown
  };
  Hit matches(const RequestView& request) const;

  // Its parts, for whoever explains: action in lower case.
  bool speaks_of(std::string_view action) const;
  Naming principal_match(const sdk::Principal& principal) const;
  bool resource_match(const RequestView& request) const;
};

class Policy {
 public:
  Policy(std::string name, std::vector<Statement> statements);
  // A document that could not be read: denies whatever it is asked about.
  Policy(std::string name, Error defect);

  const std::string& name() const { return name_; }
  const std::optional<std::string>& defect() const { return defect_; }
  const std::vector<Statement>& statements() const { return statements_; }

  // Calls use(statement) for the statements of that effect that speak of the request's action,
  // until it returns false.
  template <typename Use>
  // Three indexes looked at in turn.
  // NOLINTNEXTLINE(readability-function-cognitive-complexity)
  bool for_each(Effect effect, const RequestView& request, Use&& use) const {
    const auto action = request.action();
    const auto& index = effect == Effect::Deny ? denies_ : allows_;
    for (const auto at : index.any_action) {
      if (statements_[at].speaks_of(action) && !use(statements_[at])) return false;
    }
    if (const auto exact = index.by_action.find(request.hashed_action());
        exact != index.by_action.end()) {
      for (const auto at : exact->second) {
        if (!use(statements_[at])) return false;
      }
    }
    const auto vendor = index.by_vendor.find(request.hashed_vendor());
    if (vendor == index.by_vendor.end()) return true;
    for (const auto& [pattern, at] : vendor->second) {
      if (pattern.matches(action) && !use(statements_[at])) return false;
    }
    return true;
  }

 private:
  template <typename Value>
  using ByText = std::unordered_map<std::string, Value, HashedText::Hash, HashedText::Equal>;
  struct Index {
    std::vector<std::uint32_t> any_action;  // "*", "*:*" and all NotAction
    ByText<std::vector<std::uint32_t>> by_action;
    ByText<std::vector<std::pair<Pattern, std::uint32_t>>> by_vendor;  // "s3:get*"
  };
  static void add_to_index(Index& index, const Statement& statement, std::uint32_t at);

  std::string name_;
  std::optional<std::string> defect_;
  std::vector<Statement> statements_;
  Index denies_;
  Index allows_;
};

inline constexpr std::size_t kPolicyBytesMax = 256 * 1024;
inline constexpr std::size_t kStatementsMax = 5'000;

// Compiles a document. `name` is the policy's ARN or whatever names it in reasons. Invalid
// ("MalformedPolicyDocument"): the message begins with the path ("Statement[1].Condition: …").
Result<PolicyPtr> parse_policy(std::string_view text, PolicyUse use, std::string name);

// Every statement that parse_policy would refuse, not only the first, or what is wrong with the
// document as a whole (no path). The message begins with the element: "Action: …".
struct GrammarDefect {
  std::vector<std::string> path;  // "Statement", "0"; or "Statement" when it is not a list
  std::string message;
  TextPosition at = {};  // of text that is no JSON, where no path leads
};
std::vector<GrammarDefect> grammar_defects(std::string_view text, PolicyUse use);

// The same, but a document that cannot be compiled becomes a defective policy: for configuration
// that is already stored, where refusing is no longer possible and ignoring would be wrong.
PolicyPtr policy_or_defect(std::string_view text, PolicyUse use, std::string name);

}  // namespace sextant::guard::iam

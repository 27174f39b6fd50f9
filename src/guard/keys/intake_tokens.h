#pragma once
// The tokens of the HTTP intake's sources: a token is shown once, when it is made, and kept as its
// SHA-256 only. Held in memory as one snapshot; look-ups never touch the state store.
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/guarded.h"
#include "core/id.h"
#include "core/result.h"
#include "ports/state_store.h"
#include "store/intake_records.h"

namespace sextant::guard {

using IntakeSourcePtr = std::shared_ptr<const store::IntakeSource>;

// "sxi_" + 16 hex digits that name it + "_" + 64 hex digits that are the secret.
struct IntakeToken {
  std::string text;
  std::string id;      // "sxi_0123456789abcdef": no secret
  std::string sha256;  // raw
};
IntakeToken make_intake_token();
// The part of a token that names it; "" when the text is no token.
std::string_view intake_token_id(std::string_view token);

class IntakeTokens {
 public:
  // Reads all sources. `state` outlives it. Errors: Corrupt (a record), Unavailable.
  static Result<std::unique_ptr<IntakeTokens>> open(Scope scope, const ports::StateStore& state);

  // Whose token it is; null when it is nobody's. Any thread.
  IntakeSourcePtr find(std::string_view token) const;
  // Null when there is none of that name. Any thread.
  IntakeSourcePtr find_source(std::string_view name) const;
  std::vector<IntakeSourcePtr> all() const;  // by name
  // Reads that source's record again, after it was made or erased. Errors: Corrupt, Unavailable.
  Result<> refresh(const std::string& name);

  const Scope& scope() const { return scope_; }

 private:
  struct Snapshot {
    std::unordered_map<std::string, IntakeSourcePtr> by_token_id;
    std::unordered_map<std::string, IntakeSourcePtr> by_name;
  };
  IntakeTokens(Scope scope, const ports::StateStore& state)
      : scope_(std::move(scope)), state_(state) {}
  std::shared_ptr<const Snapshot> snapshot() const;

  const Scope scope_;
  const ports::StateStore& state_;
  Guarded<std::shared_ptr<const Snapshot>> snapshot_{std::make_shared<const Snapshot>()};
};

}  // namespace sextant::guard

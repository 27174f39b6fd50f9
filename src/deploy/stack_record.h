#pragma once
// What a stack was deployed from, and what happened to it: the side of a deploy that
// CloudFormation's Describe… calls ask for. The app itself has its own record. Format:
// docs/formats/stack.md.
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "store/configuration_change.h"

namespace sextant::deploy {

// What a deploy was asked to do; also what a change set keeps until it is executed.
struct StackInput {
  std::string template_text;
  std::map<std::string, std::string> parameters;  // as given, without defaults
  std::vector<std::string> capabilities;
  std::map<std::string, std::string> tags;
  friend bool operator==(const StackInput&, const StackInput&) = default;
};

struct ShownParameter {  // with its default when none was given; a secret shows as ****
  std::string name;
  std::string value;
  friend bool operator==(const ShownParameter&, const ShownParameter&) = default;
};

inline constexpr std::size_t kHistoryMax = 20;  // deploys of a stack that are kept

struct StackRecord {
  std::string id;  // arn:aws:cloudformation:…:stack/name/uuid
  std::string name;
  std::string description;
  Time created;
  std::optional<Time> updated = std::nullopt;
  StackInput input = {};
  std::vector<ShownParameter> parameters = {};
  std::vector<store::ConfigurationChange> history = {};  // oldest first
  friend bool operator==(const StackRecord&, const StackRecord&) = default;
};

// Whether there is a stack behind the record. There is none when its creation failed: then the
// record only tells what happened.
inline bool is_made(const StackRecord& stack) {
  if (stack.history.empty()) return true;
  const auto& last = stack.history.back();
  return last.action != store::StackAction::Create || last.failures.empty();
}

enum class ChangeSetStatus { Ready = 1, Failed = 2 };

struct ChangeSetRecord {
  std::string id;  // arn:aws:cloudformation:…:changeSet/name/uuid
  std::string name;
  std::string stack;
  std::string stack_id;  // also of a stack that it would create
  std::string description;
  store::StackAction action = store::StackAction::Create;
  ChangeSetStatus status = ChangeSetStatus::Ready;
  std::string reason;  // of Failed
  Time created;
  StackInput input = {};
  std::vector<model::ResourceChange> changes = {};
  friend bool operator==(const ChangeSetRecord&, const ChangeSetRecord&) = default;
};

std::string encode(const StackRecord& record);
std::string encode(const ChangeSetRecord& record);
Result<StackRecord> decode_stack(std::string_view bytes);
Result<ChangeSetRecord> decode_change_set(std::string_view bytes);

}  // namespace sextant::deploy

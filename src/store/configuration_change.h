#pragma once
// One entry of the configuration's change feed (keys::config_stream): which stack a deploy changed,
// when, by which call, and what. In the same batch as the app's record. Format:
// docs/formats/stack.md.
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/id.h"
#include "core/result.h"
#include "model/changes.h"

namespace sextant::store {

enum class StackAction { Create = 1, Update = 2, Delete = 3 };
std::string_view to_string(StackAction action);  // "CREATE", "UPDATE", "DELETE"

// A resource that a deploy could not change, and why.
struct FailedChange {
  model::ResourceChange resource;
  std::string reason;
  friend bool operator==(const FailedChange&, const FailedChange&) = default;
};

struct ConfigurationChange {
  std::string stack;
  StackAction action = StackAction::Create;
  Time time;
  RequestId request_id;
  std::vector<model::ResourceChange> changes;
  std::vector<FailedChange> failures = {};  // when there are any, nothing was changed
  friend bool operator==(const ConfigurationChange&, const ConfigurationChange&) = default;
};

std::string encode(const ConfigurationChange& change);
Result<ConfigurationChange> decode_configuration_change(std::string_view bytes);

}  // namespace sextant::store

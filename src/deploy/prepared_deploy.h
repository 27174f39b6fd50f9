#pragma once
// A deploy that was checked and waits for its commit.
#include <optional>
#include <vector>

#include "deploy/stacks.h"

namespace sextant::deploy {

struct Stacks::Prepared {
  Deployed deployed;  // what it was checked against
  std::optional<model::App> app;
  std::optional<StackRecord> before;  // the stack's record as it is; nullopt: there is no stack
  StackRecord record;
  std::optional<std::uint64_t> read_at;  // the version of the stored record that it replaces
  std::vector<model::ResourceChange> changes;
  std::vector<std::string> warnings;
};

}  // namespace sextant::deploy

#pragma once
// A deploy that was checked and waits for its commit.
#include <optional>
#include <vector>

#include "deploy/stacks.h"

namespace sextant::deploy {

struct Stacks::Prepared {
  Deployed deployed;  // what it was checked against
  std::optional<model::App> app;
  StackRecord record;
  std::vector<model::ResourceChange> changes;
};

}  // namespace sextant::deploy

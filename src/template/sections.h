#pragma once
// The parts of a template: its sections and resources, taken apart and checked for what needs no
// values.
#include <optional>
#include <string>
#include <vector>

#include "template/node.h"
#include "template/parameters.h"
#include "template/resource.h"

namespace sextant::templates {

struct Sections {
  std::string description;
  std::vector<std::string> transforms;
  const Node* parameters = nullptr;
  const Node* mappings = nullptr;
  const Node* conditions = nullptr;
  const Node* outputs = nullptr;
  Resources resources;  // with SAM's Globals merged in, and the roles that functions imply
};

inline constexpr std::size_t kResourcesMax = 500;  // CloudFormation's

// Points into `root`, which must outlive the result.
Sections read_sections(const Node& root, Diagnostics& diagnostics);

}  // namespace sextant::templates

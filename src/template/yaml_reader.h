#pragma once
// A template's text to a tree (core/yaml.h has the limits).
#include <optional>
#include <string_view>

#include "template/diagnostics.h"
#include "template/node.h"

namespace sextant::templates {

using yaml::kDepthMax;
using yaml::kNodesMax;
using yaml::kTextBytesMax;  // CloudFormation's own limit

// As yaml::read; findings go to `diagnostics`.
std::optional<Node> read_yaml(std::string_view text, Diagnostics& diagnostics);

}  // namespace sextant::templates

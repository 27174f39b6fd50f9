#pragma once
// YAML or JSON text to a tree, within limits that no text can get round: 1 MiB, 64 levels, 50,000
// values, no aliases (CloudFormation has none either, and without them a small text is a small
// tree).
#include <optional>
#include <string_view>

#include "template/diagnostics.h"
#include "template/node.h"

namespace sextant::templates {

inline constexpr std::size_t kTextBytesMax = 1024 * 1024;  // CloudFormation's own limit
inline constexpr std::size_t kDepthMax = 64;
inline constexpr std::size_t kNodesMax = 50'000;

// The tree of the one document, or nullopt when there is none to go on with (reported). Duplicate
// keys, aliases, merge keys and unknown tags are reported, and the rest of the tree still comes.
std::optional<Node> read_yaml(std::string_view text, Diagnostics& diagnostics);

}  // namespace sextant::templates

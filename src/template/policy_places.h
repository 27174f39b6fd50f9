#pragma once
// Where in a text something of a policy document stands, for messages with a line.
#include <string>
#include <string_view>
#include <vector>

#include "template/node.h"

namespace sextant::templates {

// Where a path ("Statement", "0", "Action") leads, as far as it leads anywhere: the name of a
// member, an item of a list.
Where place_of(const Node& document, const std::vector<std::string>& path);

// The same in a text of its own (JSON or YAML); nowhere when it cannot be read.
Where place_of(std::string_view text, const std::vector<std::string>& path);

}  // namespace sextant::templates

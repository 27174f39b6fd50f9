#pragma once
// The Parameters section: declarations, and the values that a deploy gives them.
#include <map>
#include <string>
#include <vector>

#include "template/node.h"
#include "template/template.h"

namespace sextant::templates {

// The declarations; wrong ones are reported and still come, so that references to them are known.
std::vector<ParameterDeclaration> read_parameters(const Node* section, Diagnostics& diagnostics);

// Every declared parameter's value: given, or the default, checked against type and constraints.
// Lists come as lists. A parameter that has none is reported and Broken.
std::map<std::string, Node> parameter_values(const Node* section,
                                             const std::map<std::string, std::string>& given,
                                             Diagnostics& diagnostics);

}  // namespace sextant::templates

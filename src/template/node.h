#pragma once
// A template's text as a tree, with the place of everything. Intrinsics stand in their long form
// only: `!Ref x` has become {Ref: x}, `!Sub x` {Fn::Sub: x}. What evaluated to AWS::NoValue is
// Absent, what could not be evaluated Broken.
#include "core/yaml.h"
#include "template/diagnostics.h"

namespace sextant::templates {

using yaml::broken;
using yaml::make_node;
using yaml::Member;
using yaml::Node;
using yaml::scalar;

}  // namespace sextant::templates

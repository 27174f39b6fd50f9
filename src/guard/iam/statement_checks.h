#pragma once
// The checks of one statement whose form is right: names, ARNs, and what Access Analyzer warns of.
#include <boost/json/fwd.hpp>
#include <vector>

#include "guard/iam/validate.h"

namespace sextant::guard::iam {

// Paths begin at the statement ("Action", "1"). variables: the document's version has policy
// variables.
std::vector<Finding> check_statement(const boost::json::object& statement, PolicyKind kind,
                                     bool variables);

}  // namespace sextant::guard::iam

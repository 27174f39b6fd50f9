#pragma once
// Where the statements of a policy document stand in its text, for MatchedStatements of IAM's
// simulations and for whoever explains a decision.
#include <string_view>
#include <vector>

#include "core/text_position.h"

namespace sextant::guard::iam {

// As AWS counts: a statement ends behind its brace. It begins behind its own brace when it is the
// only one, and behind the list's bracket, or the end of the statement before, when it is in a
// list.
struct StatementPlace {
  TextPosition begin;
  TextPosition end;
};

// In the order of the document, which must be well-formed JSON. Empty: there is no "Statement".
std::vector<StatementPlace> statement_places(std::string_view document);

}  // namespace sextant::guard::iam

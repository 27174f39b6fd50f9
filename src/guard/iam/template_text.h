#pragma once
// A text of a policy that may hold wildcards and policy variables: ${key}, ${key, 'default'} and
// the escapes ${*} ${?} ${$}. Parsed once; without variables it is a ready pattern. What a variable
// brings in is taken literally, its own wildcards too. Source:
// docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "guard/iam/pattern.h"
#include "guard/iam/request_view.h"

namespace sextant::guard::iam {

struct TextRules {
  bool wildcards = true;
  bool variables = true;   // only documents of version 2012-10-17 have them
  bool fold_case = false;  // not with wildcards
};

class TemplateText {
 public:
  // Invalid: a variable is not closed, or is malformed.
  static Result<TemplateText> parse(std::string_view text, TextRules rules);

  // Whether the text, its variables resolved, matches; false when one does not resolve.
  bool matches(std::string_view value, const RequestView& request) const;
  // Null when there are variables.
  const Pattern* constant() const { return pieces_.empty() ? &constant_ : nullptr; }

 private:
  struct Piece {
    enum class Kind { Text, AnyCharacter, AnyRun, Variable } kind = Kind::Text;
    std::string text;  // or the default of a variable
    Key key;
    bool has_default = false;
    bool resolves = true;  // false: of a key that may have several values, which is no variable
  };
  Result<std::size_t> parse_variable(std::string_view text);
  void add(Piece::Kind kind, std::string_view text = {});
  void settle();
  static std::optional<PatternPiece> resolve(const Piece& piece, const RequestView& request);

  TextRules rules_;
  std::vector<Piece> pieces_;  // empty once settled to a constant
  Pattern constant_;
};

}  // namespace sextant::guard::iam

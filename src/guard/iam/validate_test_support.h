#pragma once
// What the validator finds, as text, for its tests.
#include <string>
#include <string_view>

#include "guard/iam/validate.h"

namespace sextant::guard::iam::test {

// One finding a line: "E InvalidAction Statement[0].Action[1] (Sid): message; hint".
inline std::string lines_of(std::string_view document, PolicyKind kind = PolicyKind::RoleInline) {
  std::string lines;
  for (const auto& finding : validate(document, kind)) {
    lines += finding.severity == Severity::Error ? "E " : "W ";
    lines += finding.code + " " + path_text(finding.path);
    if (!finding.sid.empty()) lines += " (" + finding.sid + ")";
    lines += ": " + finding.message;
    if (!finding.hint.empty()) lines += "; " + finding.hint;
    lines += "\n";
  }
  return lines;
}

}  // namespace sextant::guard::iam::test

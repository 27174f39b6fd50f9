#pragma once
// An ARN with wildcards, as in Resource and the Arn operators: the first five parts are matched
// each for itself, so that a '*' there never crosses a colon; the last one takes the rest.
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"
#include "guard/iam/request_view.h"
#include "guard/iam/template_text.h"

namespace sextant::guard::iam {

class ArnPattern {
 public:
  enum class Variables { None, LastPart, Everywhere };
  // Invalid: neither "*" nor six parts that begin with "arn", or a variable where none may be.
  static Result<ArnPattern> parse(std::string_view text, Variables variables);

  // `parts` are those of `arn` (split_arn).
  bool matches(std::string_view arn, const std::array<std::string_view, 6>& parts,
               const RequestView& request) const;
  bool matches_everything() const { return everything_; }
  // What every ARN that matches begins with, as far as that is known beforehand.
  std::string_view literal_start() const { return literal_start_; }

 private:
  bool everything_ = false;
  std::string literal_start_;
  // The whole ARN at once, where no wildcard or variable stands in the first five parts.
  std::optional<TemplateText> whole_;
  std::array<TemplateText, 6> parts_;
};

}  // namespace sextant::guard::iam

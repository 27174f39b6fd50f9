#include "guard/iam/arn_pattern.h"

#include <algorithm>
#include <string>
#include <utility>

namespace sextant::guard::iam {
namespace {

// The next colon that is not inside a variable.
std::size_t find_colon(std::string_view text, bool variables) {
  if (!variables) return text.find(':');
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text.substr(at).starts_with("${")) {
      const auto close = text.find('}', at);
      if (close == std::string_view::npos) return std::string_view::npos;
      at = close;
    } else if (text[at] == ':') {
      return at;
    }
  }
  return std::string_view::npos;
}

bool split_pattern(std::string_view text, bool variables, std::array<std::string_view, 6>& parts) {
  for (std::size_t i = 0; i < 5; ++i) {
    const auto colon = find_colon(text, variables);
    if (colon == std::string_view::npos) return false;
    parts[i] = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  parts[5] = text;
  return true;
}

}  // namespace

Result<ArnPattern> ArnPattern::parse(std::string_view text, Variables variables) {
  ArnPattern pattern;
  if (text == "*") {
    pattern.everything_ = true;
    return pattern;
  }
  std::array<std::string_view, 6> parts;
  if (!split_pattern(text, variables != Variables::None, parts) || parts[0] != "arn") {
    return fail(Code::Invalid,
                "\"" + std::string(text.substr(0, 200)) + "\" must be in ARN format or \"*\"");
  }
  pattern.literal_start_ = std::string(text.substr(0, text.find_first_of("*?$")));
  bool plain = true;
  for (std::size_t i = 0; i < 5; ++i) {
    if (variables == Variables::LastPart && parts[i].contains("${")) {
      return fail(Code::Invalid, "\"" + std::string(text.substr(0, 200)) +
                                     "\": policy variables may stand only after the fifth colon");
    }
    const TextRules rules{.wildcards = true, .variables = variables == Variables::Everywhere};
    SX_TRY_AS(pattern.parts_[i], TemplateText::parse(parts[i], rules));
    const auto* constant = pattern.parts_[i].constant();
    plain = plain && constant != nullptr && !constant->has_wildcard();
  }
  const TextRules last_rules{.wildcards = true, .variables = variables != Variables::None};
  SX_TRY_AS(pattern.parts_[5], TemplateText::parse(parts[5], last_rules));
  if (plain) {
    SX_TRY_AS(auto whole, TemplateText::parse(text, last_rules));
    pattern.whole_ = std::move(whole);
  }
  return pattern;
}

bool ArnPattern::matches(std::string_view arn, const std::array<std::string_view, 6>& parts,
                         const RequestView& request) const {
  if (everything_) return true;
  if (whole_) return whole_->matches(arn, request);
  for (std::size_t i = 0; i < 6; ++i) {
    if (!parts_[i].matches(parts[i], request)) return false;
  }
  return true;
}

}  // namespace sextant::guard::iam

#include "template/diagnostics.h"

#include <algorithm>
#include <tuple>

namespace sextant::templates {

std::string to_text(const Diagnostic& diagnostic) {
  std::string text = diagnostic.at.file;
  if (diagnostic.at.line > 0) {
    text += ":" + std::to_string(diagnostic.at.line) + ":" + std::to_string(diagnostic.at.column);
  }
  text += ": " + diagnostic.message;
  if (!diagnostic.hint.empty()) text += "; " + diagnostic.hint;
  return text;
}

std::string to_text(const std::vector<Diagnostic>& diagnostics) {
  std::string text;
  for (const auto& diagnostic : diagnostics) {
    if (!text.empty()) text += "\n";
    text += to_text(diagnostic);
  }
  return text;
}

void Diagnostics::add(Where at, std::string message, std::string hint) {
  if (found_.size() >= kMax) {
    ++left_out_;
    return;
  }
  found_.push_back({position(at), std::move(message), std::move(hint)});
}

std::vector<Diagnostic> Diagnostics::take() && {
  const auto order = [](const Diagnostic& d) {
    return std::tie(d.at.line, d.at.column, d.message);
  };
  std::ranges::stable_sort(found_, {}, order);
  const auto repeated = std::ranges::unique(found_, {}, order);
  found_.erase(repeated.begin(), repeated.end());
  if (left_out_ > 0) {
    found_.push_back({position({}), std::to_string(left_out_) + " more findings are left out", {}});
  }
  return std::move(found_);
}

}  // namespace sextant::templates

#include "guard/iam/template_text.h"

#include <algorithm>
#include <boost/container/small_vector.hpp>
#include <utility>

#include "core/strings.h"
#include "guard/iam/service_data.h"

namespace sextant::guard::iam {
namespace {

bool is_key_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view(":/_.@+=- ").contains(c);
}

std::unexpected<Error> malformed(std::string_view text) {
  return fail(Code::Invalid, "policy variable '" + std::string(text.substr(0, 80)) +
                                 "' is malformed: write ${key} or ${key, 'default'}");
}

}  // namespace

Result<TemplateText> TemplateText::parse(std::string_view text, TextRules rules) {
  SX_CHECK(!(rules.fold_case && rules.wildcards));
  TemplateText result;
  result.rules_ = rules;
  std::size_t at = 0;
  while (at < text.size()) {
    if (rules.variables && text.substr(at).starts_with("${")) {
      SX_TRY_AS(const auto length, result.parse_variable(text.substr(at)));
      at += length;
      continue;
    }
    const char c = text[at];
    if (rules.wildcards && c == '*') {
      result.add(Piece::Kind::AnyRun);
    } else if (rules.wildcards && c == '?') {
      result.add(Piece::Kind::AnyCharacter);
    } else {
      result.add(Piece::Kind::Text, text.substr(at, 1));
    }
    ++at;
  }
  result.settle();
  return result;
}

// Reads one ${…} from the front and returns its length.
Result<std::size_t> TemplateText::parse_variable(std::string_view text) {
  const auto inside = text.substr(2);
  if (inside.size() >= 2 && inside[1] == '}' && std::string_view("*?$").contains(inside[0])) {
    add(Piece::Kind::Text, inside.substr(0, 1));
    return 4;
  }
  const auto stop = inside.find_first_of(",}");
  if (stop == std::string_view::npos) return malformed(text);
  const auto name = trim(inside.substr(0, stop));
  if (name.empty() || !std::ranges::all_of(name, is_key_character)) return malformed(text);
  Piece piece{.kind = Piece::Kind::Variable,
              .text = {},
              .key = make_key(name),
              .has_default = false,
              .resolves = !ServiceData::get().is_multivalued(name)};
  auto end = stop;
  if (inside[stop] == ',') {
    const auto opening = inside.find_first_not_of(' ', stop + 1);
    if (opening == std::string_view::npos || inside[opening] != '\'') return malformed(text);
    const auto closing = inside.find('\'', opening + 1);
    if (closing == std::string_view::npos) return malformed(text);
    piece.text = std::string(inside.substr(opening + 1, closing - opening - 1));
    piece.has_default = true;
    end = inside.find_first_not_of(' ', closing + 1);
    if (end == std::string_view::npos || inside[end] != '}') return malformed(text);
  }
  pieces_.push_back(std::move(piece));
  return end + 3;
}

void TemplateText::add(Piece::Kind kind, std::string_view text) {
  const bool grows =
      kind == Piece::Kind::Text && !pieces_.empty() && pieces_.back().kind == Piece::Kind::Text;
  if (!grows) pieces_.push_back({.kind = kind, .text = {}, .key = {}, .has_default = false});
  pieces_.back().text.append(text);
}

void TemplateText::settle() {
  const auto is_variable = [](const Piece& piece) { return piece.kind == Piece::Kind::Variable; };
  if (rules_.fold_case) {
    for (auto& piece : pieces_) piece.text = to_lower(piece.text);
  }
  if (std::ranges::any_of(pieces_, is_variable)) return;
  for (const auto& piece : pieces_) {
    if (piece.kind == Piece::Kind::Text) constant_.add_text(piece.text);
    if (piece.kind == Piece::Kind::AnyCharacter) constant_.add_any_character();
    if (piece.kind == Piece::Kind::AnyRun) constant_.add_any_run();
  }
  pieces_.clear();
}

// Nothing when its variable has no value.
std::optional<PatternPiece> TemplateText::resolve(const Piece& piece, const RequestView& request) {
  using Kind = PatternPiece::Kind;
  switch (piece.kind) {
    case Piece::Kind::Text: return PatternPiece{Kind::Text, piece.text};
    case Piece::Kind::AnyCharacter: return PatternPiece{Kind::AnyCharacter};
    case Piece::Kind::AnyRun: return PatternPiece{Kind::AnyRun};
    case Piece::Kind::Variable: break;
  }
  const auto* value = piece.resolves ? request.single(piece.key) : nullptr;
  if (value != nullptr) return PatternPiece{Kind::Text, *value};
  return piece.has_default ? std::optional(PatternPiece{Kind::Text, piece.text}) : std::nullopt;
}

bool TemplateText::matches(std::string_view value, const RequestView& request) const {
  if (pieces_.empty()) {
    // Who folds case has no wildcards.
    return rules_.fold_case ? iequals(value, constant_.literal_start()) : constant_.matches(value);
  }
  boost::container::small_vector<PatternPiece, 8> resolved;
  for (const auto& piece : pieces_) {
    const auto made = resolve(piece, request);
    if (!made) return false;
    resolved.push_back(*made);
  }
  return iam::matches({resolved.data(), resolved.size()}, value, rules_.fold_case);
}

}  // namespace sextant::guard::iam

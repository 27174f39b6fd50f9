#include "core/xml.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

#include "core/encoding.h"
#include "core/strings.h"

namespace sextant::xml {
namespace {

constexpr std::size_t kBytesMax = 1 << 20;
constexpr std::size_t kDepthMax = 16;
constexpr std::string_view kBlank = " \t\r\n";

// XML 1.0 §2.2: what may stand in a document at all.
constexpr bool is_xml_char(std::uint32_t code) {
  return code == 0x9 || code == 0xA || code == 0xD || (code >= 0x20 && code <= 0xD7FF) ||
         (code >= 0xE000 && code <= 0xFFFD) || (code >= 0x10000 && code <= 0x10FFFF);
}

constexpr bool is_name_char(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == ':' || static_cast<std::uint8_t>(c) >= 0x80;
}

void append_utf8(std::uint32_t code, std::string& out) {
  const auto tail = [&](int shift) { return static_cast<char>(0x80 | (code >> shift & 0x3F)); };
  if (code < 0x80) {
    out.push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out.append({static_cast<char>(0xC0 | code >> 6), tail(0)});
  } else if (code < 0x10000) {
    out.append({static_cast<char>(0xE0 | code >> 12), tail(6), tail(0)});
  } else {
    out.append({static_cast<char>(0xF0 | code >> 18), tail(12), tail(6), tail(0)});
  }
}

// The character that a reference ("amp", "#38", "#x26") stands for; only XML's own five names.
std::optional<std::uint32_t> character_of(std::string_view reference) {
  if (reference == "amp") return '&';
  if (reference == "lt") return '<';
  if (reference == "gt") return '>';
  if (reference == "quot") return '"';
  if (reference == "apos") return '\'';
  if (!reference.starts_with('#')) return std::nullopt;
  const bool is_hex = reference.starts_with("#x");
  reference.remove_prefix(is_hex ? 2 : 1);
  std::uint32_t code = 0;
  const char* const last = reference.data() + reference.size();
  const auto [end, error] = std::from_chars(reference.data(), last, code, is_hex ? 16 : 10);
  if (error != std::errc{} || end != last || !is_xml_char(code)) return std::nullopt;
  return code;
}

// Control characters may not stand in a document, not even as references (XML 1.0 §2.2).
bool has_control_character(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    return static_cast<std::uint8_t>(c) < 0x20 && !is_xml_char(static_cast<std::uint8_t>(c));
  });
}

class Parser {
 public:
  explicit Parser(std::string_view text) : all_(text), rest_(text) {}

  Result<Element> document() {
    if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
    if (rest_.starts_with("<?xml") && rest_.size() > 5 && kBlank.contains(rest_[5])) {
      SX_TRY(skip_past("?>"));
    }
    SX_TRY(skip_between());
    Element root;
    SX_TRY(element(root, 1));
    SX_TRY(skip_between());
    if (!rest_.empty()) return refuse("text after the root element");
    return root;
  }

 private:
  std::unexpected<Error> refuse(std::string_view why) const {
    return fail(Code::Invalid, "not valid XML at byte " +
                                   std::to_string(all_.size() - rest_.size()) + ": " +
                                   std::string(why));
  }

  void skip_blank() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(kBlank), rest_.size()));
  }

  bool take(std::string_view literal) {
    if (!rest_.starts_with(literal)) return false;
    rest_.remove_prefix(literal.size());
    return true;
  }

  Result<> skip_past(std::string_view end) {
    const auto at = rest_.find(end);
    if (at == std::string_view::npos) return refuse("'" + std::string(end) + "' is missing");
    rest_.remove_prefix(at + end.size());
    return {};
  }

  // Blanks and comments before and after the root element.
  Result<> skip_between() {
    skip_blank();
    while (take("<!--")) {
      SX_TRY(skip_past("-->"));
      skip_blank();
    }
    return {};
  }

  std::string_view name() {
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), is_name_char);
    const std::string_view found = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    rest_.remove_prefix(found.size());
    return found;
  }

  // Attributes are read over: of AWS's protocols only xmlns and xsi:type have any.
  Result<> attributes() {
    for (;;) {
      const bool apart = !rest_.empty() && kBlank.contains(rest_.front());
      skip_blank();
      if (rest_.empty() || rest_.front() == '>' || rest_.front() == '/') return {};
      if (!apart || name().empty()) return refuse("an attribute has no name");
      skip_blank();
      if (!take("=")) return refuse("'=' is missing");
      skip_blank();
      if (rest_.empty() || (rest_.front() != '"' && rest_.front() != '\'')) {
        return refuse("an attribute's value has no quotes");
      }
      const char quote = rest_.front();
      rest_.remove_prefix(1);
      SX_TRY(skip_past({&quote, 1}));
    }
  }

  Result<> element(Element& into, std::size_t depth) {
    if (depth > kDepthMax) return refuse("nested deeper than " + std::to_string(kDepthMax));
    if (!take("<")) return refuse("an element is missing");
    const std::string_view full_name = name();
    if (full_name.empty()) return refuse("an element has no name (DTDs are refused)");
    into.name = full_name.substr(full_name.find(':') + 1);
    if (into.name.empty() || full_name.front() == ':' || into.name.contains(':')) {
      return refuse("'" + std::string(full_name) + "' is no name");
    }
    SX_TRY(attributes());
    if (take("/>")) return {};
    if (!take(">")) return refuse("'>' is missing");
    SX_TRY(content(into, depth));
    if (name() != full_name) return refuse("the end tag is not '" + std::string(full_name) + "'");
    skip_blank();
    if (!take(">")) return refuse("'>' is missing");
    if (!into.children.empty() && trim(into.text).empty()) into.text.clear();
    return {};
  }

  // All up to and with the "</" of the end tag.
  Result<> content(Element& into, std::size_t depth) {
    for (;;) {
      SX_TRY(text(into.text));
      if (take("</")) return {};
      if (take("<!--")) {
        SX_TRY(skip_past("-->"));
      } else if (take("<![CDATA[")) {
        const std::string_view before = rest_;
        SX_TRY(skip_past("]]>"));
        into.text.append(before.substr(0, before.size() - rest_.size() - 3));
      } else if (rest_.empty()) {
        return refuse("element '" + into.name + "' has no end");
      } else {
        SX_TRY(element(into.children.emplace_back(), depth + 1));
      }
    }
  }

  Result<> text(std::string& into) {
    while (!rest_.empty() && rest_.front() != '<') {
      const auto plain = rest_.substr(0, rest_.find_first_of("<&"));
      into.append(plain);
      rest_.remove_prefix(plain.size());
      if (!rest_.starts_with('&')) continue;
      const auto end = rest_.substr(0, 16).find(';');
      if (end == std::string_view::npos) return refuse("'&' without ';'");
      const auto code = character_of(rest_.substr(1, end - 1));
      if (!code) return refuse("unknown entity '" + std::string(rest_.substr(0, end + 1)) + "'");
      append_utf8(*code, into);
      rest_.remove_prefix(end + 1);
    }
    return {};
  }

  std::string_view all_;
  std::string_view rest_;
};

// Control characters have no legal form in XML 1.0; they are written as references, as S3 does.
void append_escaped(std::string_view text, std::string& out) {
  const bool keep_high_bytes = valid_utf8(text);
  for (const char c : text) {
    const auto byte = static_cast<std::uint8_t>(c);
    switch (c) {
      case '&': out.append("&amp;"); break;
      case '<': out.append("&lt;"); break;
      case '>': out.append("&gt;"); break;
      case '"': out.append("&quot;"); break;
      default:
        if (byte < 0x20 && c != '\n' && c != '\t') {
          out.append("&#").append(std::to_string(byte)).push_back(';');
        } else {
          out.push_back(byte < 0x80 || keep_high_bytes ? c : '?');
        }
    }
  }
}

}  // namespace

const Element* Element::child(std::string_view child_name) const {
  const auto found = std::ranges::find(children, child_name, &Element::name);
  return found == children.end() ? nullptr : &*found;
}

std::string Element::text_of(std::string_view child_name) const {
  const Element* found = child(child_name);
  return found == nullptr ? std::string() : found->text;
}

Result<Element> parse(std::string_view text) {
  if (text.size() > kBytesMax) {
    return fail(Code::Invalid, "XML text is larger than " + std::to_string(kBytesMax) + " bytes");
  }
  if (!valid_utf8(text)) return fail(Code::Invalid, "XML text is not UTF-8");
  if (has_control_character(text)) {
    return fail(Code::Invalid, "XML text has a control character");
  }
  return Parser(text).document();
}

Writer::Writer(std::string_view root, std::string_view xmlns)
    : text_("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<") {
  text_.append(root);
  if (!xmlns.empty()) {
    text_.append(" xmlns=\"");
    append_escaped(xmlns, text_);
    text_.push_back('"');
  }
  text_.push_back('>');
  open_.emplace_back(root);
}

Writer& Writer::open(std::string_view name) {
  text_.append("<").append(name).push_back('>');
  open_.emplace_back(name);
  return *this;
}

Writer& Writer::close() {
  SX_CHECK(!open_.empty());
  text_.append("</").append(open_.back()).push_back('>');
  open_.pop_back();
  return *this;
}

Writer& Writer::leaf(std::string_view name, std::string_view text) {
  text_.append("<").append(name).push_back('>');
  append_escaped(text, text_);
  text_.append("</").append(name).push_back('>');
  return *this;
}

std::string Writer::finish() {
  while (!open_.empty()) close();
  return std::move(text_);
}

}  // namespace sextant::xml

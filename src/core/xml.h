#pragma once
// The XML that AWS's REST and Query protocols speak: elements and text. Attributes are read over,
// and there are no entities beyond the five of XML 1.0 and no DTD (refused: XXE).
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace sextant::xml {

struct Element {
  std::string name;  // without namespace prefix
  std::string text;
  std::vector<Element> children;
  const Element* child(std::string_view name) const;  // the first one, or nullptr
  std::string text_of(std::string_view name) const;   // its text, or ""
};

// Limits: 1 MiB, depth 16. Invalid names the byte offset. Text that is only blank is kept in an
// element without children, and dropped beside them.
Result<Element> parse(std::string_view text);

class Writer {
 public:
  explicit Writer(std::string_view root, std::string_view xmlns = {});
  Writer& open(std::string_view name);
  Writer& close();
  Writer& leaf(std::string_view name, std::string_view text);
  std::string finish();  // closes all that is open

 private:
  std::string text_;
  std::vector<std::string> open_;
};

}  // namespace sextant::xml

// XML text. What is read, written again and read again has the same shape and the same leaves.
// links: core
#include "core/xml.h"

#include "tests/fuzz/fuzz_input.h"

using namespace sextant;

namespace {

void write_children(const xml::Element& element, xml::Writer& writer) {
  for (const auto& child : element.children) {
    if (child.children.empty()) {
      writer.leaf(child.name, child.text);
    } else {
      writer.open(child.name);
      write_children(child, writer);
      writer.close();
    }
  }
}

void check_same(const xml::Element& a, const xml::Element& b) {
  SX_CHECK(a.children.size() == b.children.size());
  for (std::size_t i = 0; i < a.children.size(); ++i) {
    const auto& child = a.children[i];
    SX_CHECK(!child.children.empty() || child.text == b.children[i].text);
    check_same(child, b.children[i]);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto root = xml::parse(fuzz::as_text(data, size));
  if (!root) return 0;
  xml::Writer writer(root->name);
  write_children(*root, writer);
  const auto again = xml::parse(writer.finish());
  SX_CHECK(again.has_value());
  check_same(*root, *again);
  return 0;
}

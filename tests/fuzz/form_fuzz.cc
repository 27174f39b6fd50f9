// Forms of the Query protocol. What is read, written as a form and read again is the same; what is
// refused says why.
// links: api core
#include "api/query/form.h"

#include <boost/json.hpp>

#include "core/encoding.h"
#include "tests/fuzz/fuzz_input.h"

using namespace sextant;

namespace {

void write(const std::string& name, const boost::json::value& value, std::string& form) {
  if (const auto* object = value.if_object()) {
    for (const auto& [child, inner] : *object)
      write(name + "." + uri_encode({child.data(), child.size()}), inner, form);
  } else if (const auto* list = value.if_array()) {
    if (list->empty()) form += (form.empty() ? "" : "&") + name + ".member=";
    for (std::size_t i = 0; i < list->size(); ++i)
      write(name + ".member." + std::to_string(i + 1), (*list)[i], form);
  } else {
    const auto& text = value.get_string();
    form += (form.empty() ? "" : "&") + name + "=" + uri_encode({text.data(), text.size()});
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read = api::query::parse_form(fuzz::as_text(data, size));
  if (!read) {
    SX_CHECK(read.error().name == "MalformedQueryString" && !read.error().message.empty());
    SX_CHECK(read.error().message.size() < 1'000);
    return 0;
  }
  std::string form;
  for (const auto& [name, value] : *read)
    write(uri_encode({name.data(), name.size()}), value, form);
  const auto again = api::query::parse_form(form);
  SX_CHECK(again && *again == *read);
  return 0;
}

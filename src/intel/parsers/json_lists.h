#pragma once
// Fields whose text is JSON, and what is joined from them: for parsers' Split functions. Include it
// in .cc files only: simdjson is heavy.
#include <simdjson.h>

#include <string>
#include <string_view>

namespace sextant::intel {

using JsonList = simdjson::dom::array;
using JsonObject = simdjson::dom::object;
using JsonElement = simdjson::dom::element;

// The list or value that `text` is; false when it is none. Until the thread's next call.
bool read_json_list(std::string_view text, JsonList& list);
bool read_json(std::string_view text, JsonElement& element);

// The text of a member; empty when there is none, or it is no string.
std::string_view text_of(const JsonObject& object, std::string_view member);
// Calls `each` with every object of the list that is a member; no list is one without objects.
template <typename Each>
void for_each_object(const JsonObject& object, std::string_view member, Each each) {
  JsonList list;
  if (object[member].get(list) != simdjson::SUCCESS) return;
  for (const auto element : list) {
    JsonObject inside;
    if (element.get(inside) == simdjson::SUCCESS) each(inside);
  }
}
template <typename Each>
void for_each_object(const JsonList& list, Each each) {
  for (const auto element : list) {
    JsonObject inside;
    if (element.get(inside) == simdjson::SUCCESS) each(inside);
  }
}

// "a,b,c". Text that holds NUL is left out: no column may; the JSON text tells it.
void append_item(std::string_view text, std::string& list, char between = ',');
// Once, however often it comes; no more when the list is 4 KiB long.
void append_distinct(std::string_view text, std::string& list);

}  // namespace sextant::intel

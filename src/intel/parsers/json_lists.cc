#include "intel/parsers/json_lists.h"

#include <algorithm>

namespace sextant::intel {

bool read_json(std::string_view text, JsonElement& element) {
  thread_local simdjson::dom::parser parser;
  return parser.parse(text.data(), text.size()).get(element) == simdjson::SUCCESS;
}

bool read_json_list(std::string_view text, JsonList& list) {
  JsonElement element;
  return read_json(text, element) && element.get(list) == simdjson::SUCCESS;
}

std::string_view text_of(const JsonObject& object, std::string_view member) {
  std::string_view text;
  return object[member].get(text) == simdjson::SUCCESS ? text : std::string_view();
}

void append_item(std::string_view text, std::string& list, char between) {
  if (text.empty() || text.contains('\0')) return;
  if (!list.empty()) list += between;
  list += text;
}

void append_distinct(std::string_view text, std::string& list) {
  constexpr std::size_t kBytesMax = 4096;
  if (list.size() >= kBytesMax) return;
  for (auto rest = std::string_view(list); !rest.empty();) {
    const auto item = rest.substr(0, rest.find(','));
    if (item == text) return;
    rest.remove_prefix(std::min(item.size() + 1, rest.size()));
  }
  append_item(text, list);
}

}  // namespace sextant::intel

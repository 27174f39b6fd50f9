#include "intel/parsers/json_cutter.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace sextant::intel {
namespace {

namespace ondemand = simdjson::ondemand;

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

// A member that some field names, or an object whose members fields name.
struct Name {
  std::size_t object = 0;  // that it is a member of: index into objects_
  std::string_view key;
  std::size_t field = kNone;
  std::size_t inside = kNone;  // the object that it is
};

std::string_view without_blanks_behind(std::string_view text) {
  const auto last = text.find_last_not_of(" \t\r\n");
  return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

bool take_digits(std::string_view& text) {
  const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
  text.remove_prefix(digits);
  return digits > 0;
}

bool take_one_of(std::string_view chars, std::string_view& text) {
  if (text.empty() || !chars.contains(text.front())) return false;
  text.remove_prefix(1);
  return true;
}

// RFC 8259, section 6.
bool is_number(std::string_view text) {
  take_one_of("-", text);
  if (!take_one_of("0", text) && !take_digits(text)) return false;
  if (take_one_of(".", text) && !take_digits(text)) return false;
  if (take_one_of("eE", text)) {
    take_one_of("+-", text);
    if (!take_digits(text)) return false;
  }
  return text.empty();
}

bool is_number_or_word(std::string_view token) {
  return token == "true" || token == "false" || token == "null" || is_number(token);
}

// As it stands between the quotes of a JSON string.
void append_escaped(std::string_view text, std::string& json) {
  for (const char c : text) {
    if (c == '"' || c == '\\') json += '\\';
    if (static_cast<unsigned char>(c) >= 0x20) {
      json += c;
    } else {
      constexpr std::string_view kDigits = "0123456789abcdef";
      json.append("\\u00").append({kDigits[static_cast<unsigned char>(c) >> 4], kDigits[c & 15]});
    }
  }
}

// Memory for the texts of a group of lines, which does not move while they are read.
class Arena {
 public:
  void reserve(std::size_t bytes) {
    used_ = 0;
    if (bytes_.size() < bytes) bytes_.resize(std::max(bytes, 2 * bytes_.size()));
  }
  // A copy, with `zeros` zero bytes behind it.
  std::string_view add(std::string_view text, std::size_t zeros) {
    auto* at = bytes_.data() + used_;
    if (!text.empty()) std::memcpy(at, text.data(), text.size());
    std::memset(at + text.size(), 0, zeros);
    used_ += text.size() + zeros;
    return {at, text.size()};
  }

 private:
  std::vector<char> bytes_;
  std::size_t used_ = 0;
};

class JsonCutter final : public Cutter {
 public:
  JsonCutter(const Format& format, std::span<const Spelling> spellings, Repeats repeats)
      : keep_repeats_(repeats == Repeats::FirstCounts) {
    for (std::size_t field = 0; field < format.fields.size(); ++field) {
      add_name(format.fields[field].name, field);
    }
    for (const auto& [spelling, name] : spellings) {
      const auto found = std::ranges::find(format.fields, name, &FieldSpec::name);
      add_name(spelling, static_cast<std::size_t>(found - format.fields.begin()));
    }
    behind_.resize(names_.size());
  }

  void group(std::span<const Line> lines) override {
    next_other_ = 0;
    std::size_t bytes = 0;  // the line, and its strings once more at most
    for (const auto& line : lines) bytes += 2 * line.text.size() + simdjson::SIMDJSON_PADDING;
    arena_.reserve(bytes);
  }

  std::optional<std::string> cut(std::string_view line, CutLine& into) override {
    std::ranges::fill(into.fields, std::string_view());
    others_[next_other_].clear();
    const auto text = arena_.add(line, simdjson::SIMDJSON_PADDING);
    auto error = walk(text, into);
    if (error == simdjson::INCORRECT_TYPE) return "it is no JSON object";
    if (error != simdjson::SUCCESS) {
      return "it is no JSON: " + std::string(simdjson::error_message(error));
    }
    auto& other = others_[next_other_];
    if (other.empty()) return std::nullopt;
    into.rest = other.append("}");
    ++next_other_;
    return std::nullopt;
  }

 private:
  // "outer.inner": a member of the object that is member "outer"; "list[0]": of a list.
  void add_name(std::string_view path, std::size_t field) {
    const auto end = path.find_last_of(".[");
    if (end == std::string_view::npos) return names_.push_back({0, path, field, kNone});
    const auto object = object_of(path.substr(0, end));
    const bool of_list = path[end] == '[';
    if (of_list) is_list_[object] = true;
    names_.push_back({object, path.substr(of_list ? end : end + 1), field, kNone});
  }

  std::size_t object_of(std::string_view path) {
    const auto found = std::ranges::find(objects_, path);
    if (found != objects_.end()) return static_cast<std::size_t>(found - objects_.begin());
    add_name(path, kNone);
    names_.back().inside = objects_.size();
    objects_.push_back(path);
    is_list_.push_back(false);
    return objects_.size() - 1;
  }

  simdjson::error_code walk(std::string_view text, CutLine& into) {
    ondemand::document document;
    const auto room = text.size() + simdjson::SIMDJSON_PADDING;
    if (auto error = parser_.iterate(text.data(), text.size(), room).get(document)) return error;
    ondemand::object object;
    if (auto error = document.get_object().get(object)) return error;
    if (auto error = walk_object(object, 0, into)) return error;
    const bool at_end = document.current_location().error() == simdjson::OUT_OF_BOUNDS;
    return at_end ? simdjson::SUCCESS : simdjson::TRAILING_CONTENT;
  }

  // No deeper than fields have names.
  // NOLINTNEXTLINE(misc-no-recursion)
  simdjson::error_code walk_object(ondemand::object& object, std::size_t number, CutLine& into) {
    for (auto member : object) {
      ondemand::field field;
      if (auto error = std::move(member).get(field)) return error;
      std::string_view key;
      if (auto error = field.unescaped_key().get(key)) return error;
      if (auto error = take(number, key, field.value(), into)) return error;
    }
    return simdjson::SUCCESS;
  }

  // NOLINTNEXTLINE(misc-no-recursion)
  simdjson::error_code walk_list(ondemand::array& list, std::size_t number, CutLine& into) {
    std::size_t index = 0;
    for (auto element : list) {
      ondemand::value value;
      if (auto error = std::move(element).get(value)) return error;
      const auto key = "[" + std::to_string(index++) + "]";
      if (auto error = take(number, key, value, into)) return error;
    }
    return simdjson::SUCCESS;
  }

  // NOLINTNEXTLINE(misc-no-recursion)
  simdjson::error_code take(std::size_t object, std::string_view key, ondemand::value value,
                            CutLine& into) {
    const auto* name = find(object, key);
    const bool is_field = name != nullptr && name->field != kNone;
    if (is_field && !(keep_repeats_ && !into.fields[name->field].empty()))
      return set(value, into.fields[name->field]);
    ondemand::json_type type{};
    if (auto error = value.type().get(type)) return error;
    std::string_view nothing;
    if (is_field && type == ondemand::json_type::null) return set(value, nothing);
    if (name == nullptr || is_field) return keep(object, key, value, type);
    const auto expected =
        is_list_[name->inside] ? ondemand::json_type::array : ondemand::json_type::object;
    if (type == expected) return walk_inside(value, type, name->inside, into);
    if (type == ondemand::json_type::null) return set(value, nothing);
    return keep(object, key, value, type);
  }

  // NOLINTNEXTLINE(misc-no-recursion)
  simdjson::error_code walk_inside(ondemand::value& value, ondemand::json_type type,
                                   std::size_t number, CutLine& into) {
    if (type == ondemand::json_type::object) {
      ondemand::object inside;
      if (auto error = value.get_object().get(inside)) return error;
      return walk_object(inside, number, into);
    }
    ondemand::array inside;
    if (auto error = value.get_array().get(inside)) return error;
    return walk_list(inside, number, into);
  }

  // nullptr when no field has that name. Members mostly come in the same order in every line.
  const Name* find(std::size_t object, std::string_view key) {
    const auto is_it = [&](const Name& name) { return name.key == key && name.object == object; };
    if (is_it(names_[behind_[last_]])) return &names_[last_ = behind_[last_]];
    const auto found = std::ranges::find_if(names_, is_it);
    if (found == names_.end()) return nullptr;
    const auto number = static_cast<std::size_t>(found - names_.begin());
    behind_[last_] = number;
    last_ = number;
    return &*found;
  }

  simdjson::error_code set(ondemand::value& value, std::string_view& text) {
    ondemand::json_type type{};
    if (auto error = value.type().get(type)) return error;
    switch (type) {
      case ondemand::json_type::string: return set_string(value, text);
      case ondemand::json_type::object:
      case ondemand::json_type::array: return json_of(value, type, text);
      default: break;
    }
    text = without_blanks_behind(value.raw_json_token());
    if (!is_number_or_word(text)) return simdjson::TAPE_ERROR;
    if (text == "null") text = {};
    return simdjson::SUCCESS;
  }

  // Without escapes it is the text between the quotes.
  simdjson::error_code set_string(ondemand::value& value, std::string_view& text) {
    const auto token = without_blanks_behind(value.raw_json_token());
    std::string_view unescaped;
    if (token.size() >= 2 && !token.contains('\\')) {
      text = token.substr(1, token.size() - 2);
      return value.get_string().get(unescaped);
    }
    if (auto error = value.get_string().get(unescaped)) return error;
    // A column of text holds no NUL: such a string stays escaped.
    text = unescaped.contains('\0') ? token.substr(1, token.size() - 2) : arena_.add(unescaped, 0);
    return simdjson::SUCCESS;
  }

  simdjson::error_code json_of(ondemand::value& value, ondemand::json_type type,
                               std::string_view& text) {
    if (type == ondemand::json_type::object) {
      ondemand::object object;
      if (auto error = value.get_object().get(object)) return error;
      if (auto error = object.raw_json().get(text)) return error;
    } else {
      ondemand::array array;
      if (auto error = value.get_array().get(array)) return error;
      if (auto error = array.raw_json().get(text)) return error;
    }
    text = without_blanks_behind(text);
    // What reads on demand goes over brackets only. Behind the line there is room for the reader.
    return checker_.parse(text.data(), text.size(), false).error();
  }

  // A member that no field names.
  simdjson::error_code keep(std::size_t object, std::string_view key, ondemand::value& value,
                            ondemand::json_type type) {
    std::string_view json;
    if (type == ondemand::json_type::object || type == ondemand::json_type::array) {
      if (auto error = json_of(value, type, json)) return error;
    } else {
      std::string_view text;
      json = without_blanks_behind(value.raw_json_token());
      if (auto error = set(value, text)) return error;
    }
    auto& other = others_[next_other_];
    other.append(other.empty() ? "{\"" : ",\"");
    if (object != 0) other.append(objects_[object]).append(is_list_[object] ? "" : ".");
    append_escaped(key, other);
    other.append("\":").append(json);
    return simdjson::SUCCESS;
  }

  const bool keep_repeats_;
  std::vector<Name> names_;
  std::vector<std::string_view> objects_ = {""};  // by their paths; the line's own is the first
  std::vector<bool> is_list_ = {false};           // of each: not an object, but a list
  std::vector<std::size_t> behind_;               // which name came behind each of them last time
  std::size_t last_ = 0;
  ondemand::parser parser_;
  simdjson::dom::parser checker_;
  Arena arena_;
  std::array<std::string, kGroupLines> others_;
  std::size_t next_other_ = 0;
};

}  // namespace

std::unique_ptr<Cutter> make_json_cutter(const Format& format, std::span<const Spelling> spellings,
                                         Repeats repeats) {
  return std::make_unique<JsonCutter>(format, spellings, repeats);
}

}  // namespace sextant::intel

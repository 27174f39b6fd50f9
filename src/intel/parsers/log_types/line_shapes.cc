#include "intel/parsers/log_types/line_shapes.h"

#include <algorithm>
#include <set>
#include <utility>

#include "core/strings.h"
#include "core/suggest.h"

namespace sextant::intel {
namespace {

using yaml::Node;

constexpr std::size_t kPathBytesMax = 512;

void read_pattern(Members& members, CompiledLogType& into) {
  const auto text = members.text("pattern");
  if (!text) return;
  auto pattern = LinePattern::compile(*text);
  if (!pattern) return members.report("pattern", "'pattern': " + pattern.error().message);
  into.shape = LineShape::Pattern;
  into.pattern = std::move(*pattern);
  into.field_names = into.pattern->groups();
}

void read_json(Members& members, CompiledLogType& into) {
  const auto how = members.text("json");
  if (!how) return;
  into.shape = LineShape::Json;
  into.records = *how == "records";
  if (!into.records && *how != "lines") {
    members.report("json", "'json' is '" + *how + "'",
                   "write 'lines' where each line is an object, 'records' where objects are "
                   "wrapped in lists or envelopes");
  }
}

void read_delimited(const Node& node, CompiledLogType& into, Findings& findings) {
  Members members(node, "'delimited'", findings);
  into.shape = LineShape::Delimited;
  auto& how = into.delimited;
  how.separator = members.character("separator").value_or(',');
  if (members.any("quote") != nullptr)
    how.quote = members.text("quote") == "" ? '\0' : members.character("quote").value_or('"');
  if (how.quote == how.separator)
    members.report("quote", "the quote and the separator are the same character");
  into.field_names = members.texts_or_text("columns");
  how.columns = into.field_names.size();
  if (how.columns == 0 || how.columns > kFieldsMax)
    members.report("columns", "'columns' names the 1 to 256 columns of a line");
  const std::set<std::string> once(into.field_names.begin(), into.field_names.end());
  if (once.size() != how.columns) members.report("columns", "two columns have the same name");
  how.columns_min = members.number("at_least", how.columns).value_or(how.columns);
  into.heading = members.flag("heading").value_or(false);
  into.comment = members.character("comment").value_or('\0');
  members.finish();
}

void read_key_value(const Node& node, CompiledLogType& into, Findings& findings) {
  into.shape = LineShape::KeyValue;
  if (node.is(Node::Kind::Null)) return;  // all as usual
  Members members(node, "'key_value'", findings);
  auto& how = into.key_value;
  how.separator = members.character("separator").value_or(' ');
  how.assign = members.character("assign").value_or('=');
  if (members.any("quote") != nullptr)
    how.quote = members.text("quote") == "" ? '\0' : members.character("quote").value_or('"');
  const std::set<char> once = {how.separator, how.assign, how.quote};
  if (once.size() != 3)
    members.report("separator", "separator, assign and quote must be three characters");
  members.finish();
}

// The object or list that a path's last part belongs to: "a.b[0]" of "a.b[0].c".
std::string_view holder_of(std::string_view path) {
  const auto end = path.find_last_of(".[");
  return end == std::string_view::npos ? std::string_view() : path.substr(0, end);
}

bool is_path(std::string_view path) {
  if (path.empty() || path.size() > kPathBytesMax) return false;
  for (const auto part : split(path, '.')) {
    auto rest = part.substr(std::min(part.find('['), part.size()));
    if (part.size() == rest.size()) return false;  // no name before
    while (!rest.empty()) {
      const auto end = rest.find(']');
      const auto index =
          end == std::string_view::npos ? std::nullopt : parse_u64(rest.substr(1, end - 1));
      if (!rest.starts_with('[') || !index || std::to_string(*index) != rest.substr(1, end - 1))
        return false;
      rest.remove_prefix(end + 1);
    }
  }
  return true;
}

struct Path {
  std::string_view text;
  yaml::Where at;
};

std::vector<Path> paths_of(const Node& fields, const std::vector<Spelling>& spellings) {
  std::vector<Path> paths;
  for (const auto& member : fields.members) paths.push_back({member.name, member.at});
  for (const auto& [path, field] : spellings) {
    const auto of = std::ranges::find(fields.members, field, &yaml::Member::name);
    paths.push_back({path, of == fields.members.end() ? fields.at : of->at});
  }
  return paths;
}

// What the last parts of paths belong to.
struct Holders {
  std::set<std::string_view> lists;
  std::set<std::string_view> objects;

  void add(std::string_view path) {
    for (auto holder = holder_of(path); !holder.empty(); holder = holder_of(path)) {
      (path[holder.size()] == '[' ? lists : objects).insert(holder);
      path = holder;
    }
  }
  bool has(std::string_view path) const { return lists.contains(path) || objects.contains(path); }
};

}  // namespace

void read_shape(Members& members, CompiledLogType& into, Findings& findings) {
  const std::vector<std::string_view> shapes = {"pattern", "json", "delimited", "key_value"};
  std::vector<std::string_view> given;
  for (const auto name : shapes) {
    if (members.any(name) != nullptr) given.push_back(name);
  }
  if (given.size() != 1) {
    return members.report(
        given.empty() ? "" : given[1],
        given.empty() ? "nothing says how lines are cut" : "lines can be cut in one way only",
        "write one of " + listed(shapes));
  }
  if (given[0] == "pattern") read_pattern(members, into);
  if (given[0] == "json") read_json(members, into);
  const auto* node = members.any(given[0]);
  if (given[0] == "delimited") read_delimited(*node, into, findings);
  if (given[0] == "key_value") read_key_value(*node, into, findings);
}

bool has_fixed_fields(const CompiledLogType& type) {
  return type.shape == LineShape::Pattern || type.shape == LineShape::Delimited;
}

void check_paths(const Node& fields, const std::vector<Spelling>& spellings, Findings& findings) {
  const auto paths = paths_of(fields, spellings);
  Holders holders;
  for (const auto& [path, at] : paths) {
    if (is_path(path)) {
      holders.add(path);
      continue;
    }
    return findings.add(at, "'" + std::string(path) + "' is no path in a JSON object",
                        "write it as outer.inner, or list[0].inner");
  }
  std::set<std::string_view> once;
  for (const auto& [path, at] : paths) {
    if (!once.insert(path).second)
      findings.add(at, "'" + std::string(path) + "' stands here a second time");
    if (!holders.has(path)) continue;
    findings.add(at, "'" + std::string(path) + "' is taken as a whole, and a part of it too",
                 "take the whole, or its parts");
  }
  for (const auto list : holders.lists) {
    if (!holders.objects.contains(list)) continue;
    findings.add(fields.at, "'" + std::string(list) + "' is named as a list and as an object");
  }
}

}  // namespace sextant::intel

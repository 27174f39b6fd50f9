#include "intel/parsers/log_types/log_type.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <span>
#include <utility>

#include "core/suggest.h"
#include "intel/parsers/json_cutter.h"
#include "intel/parsers/log_types/compiled.h"
#include "intel/parsers/log_types/ecs_columns.h"
#include "intel/parsers/log_types/field_forms.h"
#include "intel/parsers/log_types/line_shapes.h"
#include "intel/parsers/log_types/made_fields.h"
#include "intel/parsers/log_types/members.h"

namespace sextant::intel {
namespace {

using yaml::Node;

constexpr std::size_t kConstantsMax = 256;
constexpr std::size_t kNameBytesMax = 60;

constexpr yaml::Dialect kLogTypeText{.noun = "log type",
                                     .when_too_large = "a log type describes one kind of log",
                                     .when_empty = "docs/guide/log-types.md shows one",
                                     .instead_of_alias = "write the value out"};

// Tables that the node fills itself: the parsers' malformed lines, its audit trail, the inventory.
constexpr std::string_view kTakenNames[] = {"malformed", "sextant_audit", "inventory"};

// Of a table: what `FROM nginx_access` takes without quotes.
bool is_table_name(std::string_view name) {
  return !name.empty() && name.size() <= kNameBytesMax && name.front() >= 'a' &&
         name.front() <= 'z' &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos;
}

std::unique_ptr<Cutter> make_cutter(const CompiledLogType& type) {
  switch (type.shape) {
    case LineShape::Pattern: return make_pattern_cutter(*type.pattern);
    case LineShape::Delimited: return make_delimited_cutter(type.delimited);
    case LineShape::KeyValue: return make_key_value_cutter(type.key_value, type.field_names);
    case LineShape::Json: break;
  }
  return make_json_cutter(type.cut, type.spellings, Repeats::FirstCounts);
}

// Cheap: of every line.
bool may_name_columns(const CompiledLogType& type, std::string_view line) {
  const auto quote = type.delimited.quote;
  const auto name = std::string_view(type.field_names.front());
  if (quote != 0 && line.starts_with(quote)) line.remove_prefix(1);
  return line.starts_with(name.substr(0, quote == 0 ? name.size() : name.find(quote)));
}

bool names_columns(const CompiledLogType& type, std::string_view line) {
  const auto cutter = make_delimited_cutter(type.delimited);
  std::vector<std::string_view> fields(type.field_names.size());
  CutLine cut{fields, {}};
  return !cutter->cut(line, cut) && cut.rest.empty() &&
         std::ranges::equal(fields, type.field_names);
}

bool is_heading(const CompiledLogType& type, std::string_view line) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  if (type.comment != 0 && line.starts_with(type.comment)) return true;
  return type.heading && may_name_columns(type, line) && names_columns(type, line);
}

Parser parser_of(const std::shared_ptr<const CompiledLogType>& type) {
  Parser parser{.id = type->id,
                .kind = type->name,
                .title = type->title,
                .summary = "Reads lines as its log type says.",
                .make_reader = [type](const ObjectFacts& facts,
                                      const ReaderOptions& options) -> std::unique_ptr<LineReader> {
                  return std::make_unique<TableReader>(type->format, facts, options,
                                                       OwnParts{make_cutter(*type), type->schemas});
                }};
  parser.json = type->shape == LineShape::Json;
  parser.records = type->records;
  if (type->heading || type->comment != 0) {
    parser.heading = [type](std::string_view line) { return is_heading(*type, line); };
  }
  return parser;
}

class LogTypeReader {
 public:
  std::expected<Parser, LogTypeFindings> read(const Node& tree) {
    Members members(tree, "the log type", findings_);
    read_names(members);
    ColumnNames columns(type_->own, findings_);
    read_shape(members, *type_, findings_);
    read_fields(members, columns);
    read_constants(members, columns);
    read_rest(members, columns);
    members.finish();
    columns.check_nesting();
    if (!findings_.empty()) return std::unexpected(std::move(findings_).take());
    type_->format.fields = type_->fields;
    type_->format.constants = type_->constants;
    type_->cut.fields = std::span(type_->fields).first(type_->field_names.size());
    return parser_of(std::move(type_));
  }

  Findings& findings() { return findings_; }

 private:
  void read_names(Members& members) {
    type_->name = members.text("name").value_or("");
    if (!is_table_name(type_->name)) {
      members.report("name", "the log type needs a name, which is its table's too",
                     "write 'name: my_log': a to z, 0 to 9 and _, at most 60 characters");
    } else if (std::ranges::find(kTakenNames, type_->name) != std::end(kTakenNames)) {
      members.report("name", "table '" + type_->name + "' is filled by the node",
                     "give the log type another name");
    }
    type_->id = "parsers." + type_->name;
    type_->title = members.text("title").value_or(type_->name);
    type_->own = members.text("own_columns").value_or(type_->name);
    const auto root = type_->own.substr(0, type_->own.find('.'));
    const bool of_ecs = std::ranges::any_of(ecs_columns(), [&](std::string_view column) {
      return column == root || column.starts_with(root + ".");
    });
    if (!is_column_name(type_->own)) {
      members.report("own_columns", "'" + type_->own + "' cannot begin columns' names",
                     "use letters, digits and '_', with dots between parts");
    } else if (of_ecs && members.any("own_columns") != nullptr) {
      members.report("own_columns", "'" + root + "' belongs to ECS", "choose another name");
    } else if (of_ecs) {
      members.report("name", "'" + root + "' belongs to ECS, and would begin columns of your own",
                     "give another 'own_columns'");
    }
  }

  const Node* field_of(const Node* fields, const std::string& name) {
    return fields == nullptr ? nullptr : fields->find(name);
  }

  // Fields in the order of the cutter; those that nobody mentions get a column of their own.
  void read_fields(Members& members, ColumnNames& columns) {
    const auto* fields = members.map("fields");
    if (has_fixed_fields(*type_)) {
      check_names(fields);
    } else if (fields == nullptr) {
      members.report("fields", "a log type of this shape needs 'fields'");
    } else {
      for (const auto& member : fields->members) type_->field_names.push_back(member.name);
    }
    if (type_->field_names.size() > kFieldsMax)
      return members.report("fields", "there are more than 256 fields");
    if (type_->field_names.empty() && findings_.empty())
      return members.report("fields", "lines have no fields", "name at least one");
    for (const auto& name : type_->field_names) {
      if (const auto* node = field_of(fields, name)) {
        type_->fields.push_back(read_field(name, *node, *type_, columns, findings_));
      } else {
        const auto node_of_own = yaml::scalar(members.where("fields"), type_->own + "." + name);
        type_->fields.push_back(read_field(name, node_of_own, *type_, columns, findings_));
      }
    }
    if (type_->shape == LineShape::Json && fields != nullptr)
      check_paths(*fields, type_->spellings, findings_);
    if (!columns.has("ts")) add_time();
  }

  void check_names(const Node* fields) {
    if (fields == nullptr) return;
    const std::vector<std::string_view> names(type_->field_names.begin(), type_->field_names.end());
    for (const auto& member : fields->members) {
      if (findings_.full()) return;
      if (names.empty() || std::ranges::find(names, member.name) != names.end()) continue;
      auto hint = did_you_mean(member.name, names);
      if (hint.empty()) hint = "there is " + listed(names);
      findings_.add(member.at, "lines have no field '" + member.name + "'", std::move(hint));
    }
  }

  // Rows of lines that tell no time have the object's.
  void add_time() {
    auto& spec = type_->fields.emplace_back();
    spec.name = "";
    spec.form = Form::Made;
    spec.columns[0] = {"ts"};
    spec.maker = type_->makers.emplace_back(make_date({}, Need::Optional)).get();
  }

  void read_constants(Members& members, ColumnNames& columns) {
    const auto* constants = members.map("constants");
    if (constants == nullptr) return;
    if (constants->members.size() > kConstantsMax)
      return members.report("constants", "there are more than 256 constants");
    for (const auto& member : constants->members) {
      std::string column = member.name;
      if (!member.value.is(Node::Kind::Scalar) || member.value.text.empty()) {
        findings_.add(member.at, "the constant '" + column + "' must be a text");
        continue;
      }
      if (!columns.add(member.at, column)) continue;
      const auto type = ecs_type(column);
      if (column == "ts" || (type && *type != EcsType::Keyword && *type != EcsType::Text)) {
        findings_.add(member.at, "'" + member.name + "' is no text in ECS",
                      "constants are texts: fill it from a field");
        continue;
      }
      type_->constants.emplace_back(type_->keep(std::move(column)), type_->keep(member.value.text));
    }
  }

  // The column of what no field takes. A pattern leaves nothing.
  void read_rest(Members& members, ColumnNames& columns) {
    const bool given = members.any("rest") != nullptr;
    auto column = members.text("rest").value_or(type_->own + ".rest");
    if (type_->shape == LineShape::Pattern) {
      if (given) members.report("rest", "a pattern leaves nothing over", "leave 'rest' out");
      return;
    }
    if (columns.add(members.where("rest"), column))
      type_->format.trailing = type_->keep(std::move(column));
  }

  std::shared_ptr<CompiledLogType> type_ = std::make_shared<CompiledLogType>();
  Findings findings_;
};

}  // namespace

std::string to_text(const LogTypeFindings& findings, std::string_view file) {
  std::string text;
  for (const auto& finding : findings) {
    if (!text.empty()) text += '\n';
    text += file;
    if (finding.at.line > 0) {
      text += ":" + std::to_string(finding.at.line) + ":" + std::to_string(finding.at.column);
    }
    text += ": " + finding.message;
    if (!finding.hint.empty()) text += "; " + finding.hint;
  }
  return text;
}

std::expected<Parser, LogTypeFindings> parse_log_type(std::string_view text) {
  LogTypeReader reader;
  if (text.size() > kLogTypeBytesMax) {
    return std::unexpected(LogTypeFindings{
        {{}, "the log type has " + std::to_string(text.size()) + " bytes", "128 KiB is the most"}});
  }
  const auto tree =
      yaml::read(text, kLogTypeText, [&](yaml::Where at, std::string message, std::string hint) {
        reader.findings().add(at, std::move(message), std::move(hint));
      });
  if (!tree) return std::unexpected(std::move(reader.findings()).take());
  return reader.read(*tree);
}

}  // namespace sextant::intel

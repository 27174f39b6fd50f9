#include "intel/parsers/log_types/field_forms.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/strings.h"
#include "core/suggest.h"
#include "intel/parsers/log_types/ecs_columns.h"
#include "intel/parsers/log_types/made_fields.h"
#include "intel/parsers/log_types/splits.h"

namespace sextant::intel {
namespace {

const std::vector<std::string_view> kTypes = {
    "keyword", "text",     "ip",       "long", "port",         "double", "boolean",
    "date",    "duration", "endpoint", "json", "request_line", "url"};

constexpr PartSpec kRequestLine[] = {{"http.request.method"},
                                     {"url.original"},
                                     {"http.version"},
                                     {"url.scheme"},
                                     {"url.domain"},
                                     {"url.port", PartType::Integer},
                                     {"url.path"},
                                     {"url.query"}};
constexpr PartSpec kUrl[] = {{"url.original"}, {"url.scheme"},
                             {"url.domain"},   {"url.port", PartType::Integer},
                             {"url.path"},     {"url.query"}};

bool is_port(std::string_view column) { return column == "port" || column.ends_with(".port"); }

// What a column of ECS is when its field does not say.
std::string_view usual_type(std::string_view column) {
  switch (ecs_type(column).value_or(EcsType::Keyword)) {
    case EcsType::Text: return "text";
    case EcsType::Ip: return "ip";
    case EcsType::Long: return is_port(column) ? "port" : "long";
    case EcsType::Double: return "double";
    case EcsType::Boolean: return "boolean";
    case EcsType::Date: return "date";
    case EcsType::Keyword: break;
  }
  return "keyword";
}

// Whether rows of ECS can hold that type in the column.
bool fits(std::string_view column, std::string_view type) {
  const auto wanted = ecs_type(column);
  if (!wanted) return true;
  const bool texts = type == "keyword" || type == "text" || type == "json";
  switch (*wanted) {
    case EcsType::Keyword:
    case EcsType::Text: return texts || type == "ip";
    case EcsType::Long:
      return type == "long" || type == "port" || (type == "duration" && column == "event.duration");
    case EcsType::Double: return type == "double" || type == "long";
    default: return type == usual_type(column);
  }
}

// Columns that enrichers read, which take them in one form only: texts that repeat, or ports.
constexpr std::string_view kReadAsTexts[] = {"source.ip",
                                             "source.address",
                                             "destination.ip",
                                             "network.iana_number",
                                             "network.transport",
                                             "user_agent.original",
                                             "cloud.account.id",
                                             "cloud.instance.id",
                                             "cloud.instance.name",
                                             "host.name",
                                             "container.name",
                                             "container.image.name",
                                             "orchestrator.type",
                                             "orchestrator.cluster.name",
                                             "orchestrator.resource.type",
                                             "orchestrator.resource.id",
                                             "orchestrator.resource.name",
                                             "aws.elb.backend.ip",
                                             "aws.route53.vpc_id",
                                             "aws.vpcflow.interface_id",
                                             "aws.vpcflow.vpc_id"};
constexpr std::string_view kReadAsPorts[] = {"source.port", "destination.port"};

// The type that enrichers want the column to be of, where they cannot take this one; "": they can.
std::string_view wanted_by_enrichers(std::string_view column, std::string_view type) {
  const bool is_texts = type == "keyword" || type == "ip";
  if (!is_texts && std::ranges::find(kReadAsTexts, column) != std::end(kReadAsTexts))
    return ecs_type(column) == EcsType::Ip ? "ip" : "keyword";
  const bool is_ports = type == "port";
  if (!is_ports && std::ranges::find(kReadAsPorts, column) != std::end(kReadAsPorts)) return "port";
  return {};
}

// "+02:00", "-0330", "UTC": minutes ahead of UTC.
std::optional<int> zone_minutes(std::string_view text) {
  if (text == "UTC" || text == "Z") return 0;
  std::string digits;
  for (const char c : text.substr(std::min<std::size_t>(1, text.size()))) {
    if (c != ':') digits += c;
  }
  const auto number = parse_u64(digits);
  const bool sign = text.starts_with('+') || text.starts_with('-');
  if (!sign || digits.size() != 4 || !number || *number / 100 > 14 || *number % 100 > 59)
    return std::nullopt;
  const auto minutes = static_cast<int>(*number / 100 * 60 + *number % 100);
  return text.front() == '-' ? -minutes : minutes;
}

class FieldForm {
 public:
  FieldForm(std::string name, const yaml::Node& node, CompiledLogType& into, ColumnNames& columns,
            Findings& findings)
      : members_(node, "field '" + name + "'", findings), into_(into), columns_(columns) {
    spec_.name = into.keep(std::move(name));
  }

  FieldSpec read() {
    const auto to = members_.texts_or_text("to");
    const auto given = members_.text("type");
    type_ = given ? *given : std::string(to.empty() ? "keyword" : usual_type(to.front()));
    if (std::ranges::find(kTypes, type_) == kTypes.end()) {
      auto hint = did_you_mean(type_, kTypes);
      if (hint.empty()) hint = "use " + one_of(kTypes);
      members_.report("type", "there is no type '" + type_ + "'", std::move(hint));
      type_ = "keyword";
    }
    if (take_columns(to)) take_form();
    const bool required = members_.flag("required").value_or(is_time());
    take_spellings();
    check_options();
    members_.finish();
    return required && !is_time() ? made_required() : spec_;
  }

 private:
  bool is_time() const { return spec_.columns[0].column == "ts"; }

  bool take_fixed(const std::vector<std::string>& to, std::span<const PartSpec> parts,
                  Split split) {
    if (!to.empty())
      members_.report("to", "type '" + type_ + "' has its columns from ECS", "leave 'to' out");
    spec_.form = Form::Split;
    spec_.split = split;
    std::ranges::copy(parts, spec_.columns.begin());
    bool right = to.empty();
    for (const auto& part : parts) {
      std::string column(part.column);
      right = columns_.add(members_.where("type"), column) && right;
    }
    return right;
  }

  bool take_columns(const std::vector<std::string>& to) {
    if (type_ == "request_line") return take_fixed(to, kRequestLine, split_request_line);
    if (type_ == "url") return take_fixed(to, kUrl, split_url);
    const std::size_t most = type_ == "endpoint" || type_ == "json" ? 2 : 1;
    const std::size_t least = type_ == "endpoint" ? 2 : 1;
    if (to.size() < least || to.size() > most) {
      members_.report("to",
                      "type '" + type_ + "' needs " +
                          (least == 2  ? "two columns, [address, port]"
                           : most == 2 ? "a column, or two: [text, flattened text]"
                                       : "one column"),
                      "write it as 'to: column'");
      return false;
    }
    bool right = true;
    for (std::size_t i = 0; i < to.size(); ++i) right = take_column(i, to[i]) && right;
    return right;
  }

  bool take_column(std::size_t number, std::string column) {
    const auto at = members_.where("to");
    if (!columns_.add(at, column)) return false;
    std::string_view type = type_;
    if (type == "endpoint") type = number == 0 ? "ip" : "port";
    const auto ecs_name = column == "ts" ? std::string_view("@timestamp") : column;
    if (!fits(ecs_name, type)) {
      members_.report("type",
                      "'" + std::string(ecs_name) + "' is of type " +
                          std::string(usual_type(ecs_name)) + " in ECS, not " + std::string(type),
                      "leave 'type' out, or use a column of your own");
      return false;
    }
    if (const auto wanted = wanted_by_enrichers(column, type); !wanted.empty()) {
      members_.report("type",
                      "'" + column + "' is of type " + std::string(wanted) +
                          " where enrichers read it, not " + std::string(type),
                      "leave 'type' out, or use a column of your own");
      return false;
    }
    spec_.columns[number] = {into_.keep(std::move(column))};
    return true;
  }

  void take_form() {
    if (spec_.split != nullptr) return;
    if (type_ == "keyword") return take_keyword();
    if (type_ == "json") return take_json();
    if (type_ == "date") return take_date();
    if (type_ == "duration") return take_duration();
    if (type_ == "boolean") return use(make_boolean());
    if (type_ == "double") return use(make_double());
    constexpr std::pair<std::string_view, Form> kPlain[] = {{"text", Form::Unique},
                                                            {"ip", Form::Address},
                                                            {"long", Form::Integer},
                                                            {"port", Form::Port},
                                                            {"endpoint", Form::Endpoint}};
    for (const auto& [name, form] : kPlain) {
      if (name == type_) spec_.form = form;
    }
  }

  void use(std::unique_ptr<FieldMaker> maker) {
    spec_.form = Form::Made;
    spec_.maker = into_.makers.emplace_back(std::move(maker)).get();
  }

  void take_json() {
    spec_.form = spec_.columns[1].column.empty() ? Form::Unique : Form::Split;
    if (spec_.form == Form::Split) spec_.split = split_json;
  }

  void take_keyword() {
    TextChange change;
    change.lowercase = members_.flag("lowercase").value_or(false);
    if (const auto* values = members_.map("values")) {
      for (const auto& member : values->members) {
        if (member.value.is(yaml::Node::Kind::Scalar)) {
          change.values[member.name] = member.value.text;
        } else {
          members_.report("values", "'" + member.name + "' must stand for a text");
        }
      }
    }
    change.otherwise = members_.text("otherwise");
    if (change.otherwise && change.values.empty())
      members_.report("otherwise", "'otherwise' is for texts that 'values' lacks",
                      "add 'values', or use 'constants'");
    if (change.lowercase || !change.values.empty()) use(make_changed_text(std::move(change)));
  }

  void take_date() {
    const auto zone_text = members_.text("zone");
    const auto zone = zone_minutes(zone_text.value_or("UTC"));
    if (!zone)
      members_.report("zone", "'" + *zone_text + "' is no time zone here", "write it as +02:00");
    auto texts = members_.texts_or_text("format");
    if (texts.empty()) texts.emplace_back("iso8601");
    std::vector<TimeFormat> formats;
    for (const auto& text : texts) {
      auto format = TimeFormat::parse(text, zone.value_or(0));
      if (format) {
        formats.push_back(std::move(*format));
      } else {
        members_.report("format", format.error().message);
      }
    }
    const bool required = members_.flag("required").value_or(is_time());
    use(make_date(std::move(formats), required && is_time() ? Need::Required : Need::Optional));
  }

  void take_duration() {
    constexpr std::pair<std::string_view, std::int64_t> kUnits[] = {
        {"s", 1'000'000'000}, {"ms", 1'000'000}, {"us", 1'000}, {"ns", 1}};
    const auto unit = members_.text("unit").value_or("");
    const auto found =
        std::ranges::find(kUnits, unit, &std::pair<std::string_view, std::int64_t>::first);
    if (found == std::end(kUnits)) {
      members_.report("unit", "a duration needs its unit: s, ms, us or ns");
    } else {
      use(make_duration(found->second));
    }
  }

  void take_spellings() {
    if (into_.shape != LineShape::Json) return;
    if (members_.any("also") == nullptr) return;
    auto paths = members_.texts_or_text("also");
    if (into_.field_names.size() + into_.spellings.size() + paths.size() > kFieldsMax)
      return members_.report("also", "there are more than 256 fields, 'also' counted");
    for (auto& path : paths) into_.spellings.emplace_back(into_.keep(std::move(path)), spec_.name);
  }

  // Those of another type are known, but do nothing here.
  void check_options() {
    constexpr std::pair<std::string_view, std::string_view> kOptions[] = {
        {"lowercase", "keyword"}, {"values", "keyword"}, {"otherwise", "keyword"},
        {"format", "date"},       {"zone", "date"},      {"unit", "duration"}};
    for (const auto& [option, type] : kOptions) {
      if (members_.any(option) == nullptr || type == type_) continue;
      members_.report(option, "'" + std::string(option) + "' is for type " + std::string(type) +
                                  ", and this is of type " + type_);
    }
  }

  FieldSpec made_required() {
    auto required = spec_;
    required.form = Form::Made;
    required.split = nullptr;
    required.maker = into_.makers.emplace_back(make_required(spec_)).get();
    return required;
  }

  Members members_;
  CompiledLogType& into_;
  ColumnNames& columns_;
  FieldSpec spec_;
  std::string type_;
};

}  // namespace

FieldSpec read_field(const std::string& name, const yaml::Node& node, CompiledLogType& into,
                     ColumnNames& columns, Findings& findings) {
  if (!node.is(yaml::Node::Kind::Scalar))
    return FieldForm(name, node, into, columns, findings).read();
  auto map = yaml::make_node(yaml::Node::Kind::Map, node.at);  // short for {to: column}
  map.members.push_back({"to", node.at, node});
  return FieldForm(name, map, into, columns, findings).read();
}

}  // namespace sextant::intel

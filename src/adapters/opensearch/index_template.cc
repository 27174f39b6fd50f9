#include "adapters/opensearch/index_template.h"

#include <arrow/type.h>
#include <arrow/util/key_value_metadata.h>

#include <boost/json.hpp>
#include <map>

#include "core/json.h"
#include "core/strings.h"

namespace sextant::adapters {
namespace {

constexpr int kKeywordCharactersMax = 8191;  // Lucene's terms end at 32,766 bytes
constexpr int kFieldsMax = 2000;
constexpr int kPriority = 300;  // above those that products bring along

using Types = std::map<std::string, std::string>;  // by field

std::string type_of(std::string_view name, const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::DICTIONARY:
      return type_of(name, *static_cast<const arrow::DictionaryType&>(type).value_type());
    case arrow::Type::LIST:
      return type_of(name, *static_cast<const arrow::ListType&>(type).value_type());
    case arrow::Type::BOOL: return "boolean";
    case arrow::Type::INT8:
    case arrow::Type::INT16:
    case arrow::Type::INT32:
    case arrow::Type::INT64: return "long";
    case arrow::Type::FLOAT:
    case arrow::Type::DOUBLE: return "double";
    case arrow::Type::TIMESTAMP: return "date";
    case arrow::Type::BINARY: return "binary";
    default: return name == "ip" || name.ends_with(".ip") ? "ip" : "keyword";
  }
}

// "source.geo.location.lat" -> the point that it is half of; "" for other fields.
std::string_view point_of(std::string_view name) {
  for (const std::string_view half : {".location.lat", ".location.lon"}) {
    if (name.ends_with(half)) return name.substr(0, name.rfind('.'));
  }
  return {};
}

void add(Types& types, std::string_view name, const arrow::DataType& type) {
  if (name == "ts") name = "@timestamp";
  if (const auto point = point_of(name); !point.empty()) {
    types[std::string(point)] = "geo_point";
    return;
  }
  const auto wanted = type_of(name, type);
  auto& known = types[std::string(name)];
  // Two kinds that do not agree: the type that holds both.
  if (known.empty() || (known == "long" && wanted == "double")) {
    known = wanted;
  } else if (known != wanted && !(known == "double" && wanted == "long")) {
    known = "keyword";
  }
}

void add_schema(Types& types, const arrow::Schema& schema) {
  for (const auto& field : schema.fields()) add(types, field->name(), *field->type());
  if (!schema.metadata()) return;
  const auto& metadata = *schema.metadata();
  for (std::int64_t i = 0; i < metadata.size(); ++i) {
    if (!metadata.key(i).starts_with(kAliasPrefix)) continue;
    const auto field = schema.GetFieldByName(metadata.value(i));
    if (field) add(types, metadata.key(i).substr(kAliasPrefix.size()), *field->type());
  }
}

json::Object mapping_of(const std::string& type) {
  if (type == "keyword") return {{"type", type}, {"ignore_above", kKeywordCharactersMax}};
  // What stands where an address belongs and is none stays readable, and stops no document.
  if (type == "ip") return {{"type", type}, {"ignore_malformed", true}};
  return {{"type", type}};
}

// Into {"source":{"properties":{"ip":{…}}}}.
Result<> place(json::Object& properties, const std::string& name, const std::string& type) {
  auto* level = &properties;
  const auto parts = split(name, '.');
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    auto& inner = (*level)[parts[i]];
    if (inner.is_null()) inner = json::Object{{"properties", json::Object()}};
    auto* deeper = inner.get_object().if_contains("properties");
    if (deeper == nullptr)
      return fail(Code::Invalid, "'" + name + "' lies inside a field that is no object");
    level = &deeper->get_object();
  }
  if (level->contains(parts.back()))
    return fail(Code::Invalid, "'" + name + "' is a field and an object");
  (*level)[parts.back()] = mapping_of(type);
  return {};
}

// For fields that no schema names.
json::Array dynamic_templates() {
  return {
      json::Object{
          {"ip",
           {{"match", "ip"}, {"match_mapping_type", "string"}, {"mapping", mapping_of("ip")}}}},
      json::Object{
          {"text", {{"match_mapping_type", "string"}, {"mapping", mapping_of("keyword")}}}},
  };
}

}  // namespace

Result<std::string> index_template(std::string_view prefix, std::span<const SchemaPtr> schemas) {
  Types types;
  for (const auto& schema : schemas) add_schema(types, *schema);
  json::Object properties;
  for (const auto& [name, type] : types) SX_TRY(place(properties, name, type));
  json::Object body;
  body["index_patterns"] = json::Array{json::Value(std::string(prefix) + "-*")};
  body["priority"] = kPriority;
  body["template"] = json::Object{{"settings", {{"index.mapping.total_fields.limit", kFieldsMax}}},
                                  {"mappings",
                                   {{"date_detection", false},
                                    {"dynamic_templates", dynamic_templates()},
                                    {"properties", std::move(properties)}}}};
  return json::to_text(body);
}

}  // namespace sextant::adapters

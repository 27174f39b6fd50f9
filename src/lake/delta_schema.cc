#include <arrow/type.h>

#include <boost/json.hpp>

#include "core/json.h"
#include "lake/delta_actions.h"

namespace sextant::lake {
namespace {

using json::Object;

Result<json::Value> delta_type(const arrow::DataType& type);

Object delta_field(const std::string& name, json::Value type) {
  return {{"name", name}, {"type", std::move(type)}, {"nullable", true}, {"metadata", Object{}}};
}

Result<Object> delta_struct(const arrow::FieldVector& fields) {
  json::Array members;
  for (const auto& field : fields) {
    SX_TRY_AS(auto type, within("column '" + field->name() + "'", delta_type(*field->type())));
    members.push_back(delta_field(field->name(), std::move(type)));
  }
  return Object{{"type", "struct"}, {"fields", std::move(members)}};
}

Result<json::Value> delta_list(const arrow::DataType& type) {
  SX_TRY_AS(auto element, delta_type(*type.field(0)->type()));
  return json::Value(
      Object{{"type", "array"}, {"elementType", std::move(element)}, {"containsNull", true}});
}

// Unsigned numbers take the next wider type.
Result<json::Value> delta_type(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::BOOL: return json::Value("boolean");
    case arrow::Type::INT8: return json::Value("byte");
    case arrow::Type::INT16:
    case arrow::Type::UINT8: return json::Value("short");
    case arrow::Type::INT32:
    case arrow::Type::UINT16: return json::Value("integer");
    case arrow::Type::INT64:
    case arrow::Type::UINT32: return json::Value("long");
    case arrow::Type::FLOAT: return json::Value("float");
    case arrow::Type::DOUBLE: return json::Value("double");
    case arrow::Type::STRING:
    case arrow::Type::LARGE_STRING: return json::Value("string");
    case arrow::Type::BINARY:
    case arrow::Type::LARGE_BINARY: return json::Value("binary");
    case arrow::Type::DATE32: return json::Value("date");
    case arrow::Type::TIMESTAMP: return json::Value("timestamp");
    case arrow::Type::LIST: return delta_list(type);
    case arrow::Type::STRUCT: {
      SX_TRY_AS(auto nested, delta_struct(type.fields()));
      return json::Value(std::move(nested));
    }
    default: return fail(Code::Invalid, "Delta Lake has no type for " + type.ToString());
  }
}

}  // namespace

Result<std::string> delta_schema(const SchemaPtr& schema) {
  SX_TRY_AS(auto root, delta_struct(schema->fields()));
  auto& fields = root["fields"].get_array();
  fields.push_back(delta_field("date", "date"));
  fields.push_back(delta_field("hour", "integer"));
  return json::to_text(root);
}

}  // namespace sextant::lake

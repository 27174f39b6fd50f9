#include "adapters/embedded/query_types.h"

#include <arrow/type.h>

#include "adapters/embedded/query_session.h"

namespace sextant::adapters {
namespace {

Result<std::string> sql_type(const arrow::DataType& type);

Result<std::string> struct_type(const arrow::DataType& type) {
  std::string fields;
  for (const auto& field : type.fields()) {
    SX_TRY_AS(const auto inner, sql_type(*field->type()));
    fields.append(fields.empty() ? "" : ", ").append(sql_name(field->name())).append(" " + inner);
  }
  return "STRUCT(" + fields + ")";
}

Result<std::string> list_type(const arrow::DataType& type) {
  SX_TRY_AS(const auto inner, sql_type(*type.field(0)->type()));
  return inner + "[]";
}

Result<std::string> sql_type(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::BOOL: return "BOOLEAN";
    case arrow::Type::INT8: return "TINYINT";
    case arrow::Type::INT16: return "SMALLINT";
    case arrow::Type::INT32: return "INTEGER";
    case arrow::Type::INT64: return "BIGINT";
    case arrow::Type::UINT8: return "UTINYINT";
    case arrow::Type::UINT16: return "USMALLINT";
    case arrow::Type::UINT32: return "UINTEGER";
    case arrow::Type::UINT64: return "UBIGINT";
    case arrow::Type::FLOAT: return "FLOAT";
    case arrow::Type::DOUBLE: return "DOUBLE";
    case arrow::Type::STRING:
    case arrow::Type::LARGE_STRING: return "VARCHAR";
    case arrow::Type::BINARY:
    case arrow::Type::LARGE_BINARY: return "BLOB";
    case arrow::Type::DATE32: return "DATE";
    case arrow::Type::TIMESTAMP:
      return static_cast<const arrow::TimestampType&>(type).timezone().empty() ? "TIMESTAMP"
                                                                               : "TIMESTAMPTZ";
    case arrow::Type::STRUCT: return struct_type(type);
    case arrow::Type::LIST: return list_type(type);
    case arrow::Type::DICTIONARY:
      return sql_type(*static_cast<const arrow::DictionaryType&>(type).value_type());
    default: return fail(Code::Invalid, "no SQL type for " + type.ToString());
  }
}

}  // namespace

Result<std::string> sql_columns(const SchemaPtr& schema) {
  std::string columns;
  if (!schema) return columns;
  for (const auto& field : schema->fields()) {
    SX_TRY_AS(const auto type, within("column " + field->name(), sql_type(*field->type())));
    columns.append(sql_name(field->name())).append(" " + type + ", ");
  }
  return columns;
}

}  // namespace sextant::adapters

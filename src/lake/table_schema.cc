#include "lake/table_schema.h"

#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/reader.h>
#include <arrow/ipc/writer.h>
#include <arrow/type.h>

#include <utility>

#include "core/arrow_result.h"
#include "core/hash.h"

namespace sextant::lake {
namespace {

Result<arrow::FieldVector> unite_fields(const arrow::FieldVector& first,
                                        const arrow::FieldVector& second);

Result<TypePtr> unite_types(const TypePtr& first, const TypePtr& second) {
  if (first->Equals(*second)) return first;
  if (first->id() == arrow::Type::STRUCT && second->id() == arrow::Type::STRUCT) {
    SX_TRY_AS(const auto fields, unite_fields(first->fields(), second->fields()));
    return arrow::struct_(fields);
  }
  return fail(Code::Invalid, "is " + first->ToString() + " in the table and " + second->ToString() +
                                 " in the rows");
}

Result<arrow::FieldVector> unite_fields(const arrow::FieldVector& first,
                                        const arrow::FieldVector& second) {
  arrow::FieldVector all;
  for (const auto& field : first) all.push_back(field->WithNullable(true));
  const arrow::Schema known(first);
  for (const auto& field : second) {
    const int at = known.GetFieldIndex(field->name());
    if (at < 0) {
      all.push_back(field->WithNullable(true));
      continue;
    }
    auto& mine = all[static_cast<std::size_t>(at)];
    SX_TRY_AS(const auto type,
              within("column '" + field->name() + "'", unite_types(mine->type(), field->type())));
    mine = mine->WithType(type);
  }
  return all;
}

}  // namespace

Result<SchemaPtr> unite(const SchemaPtr& first, const SchemaPtr& second) {
  if (!first || first == second) return second;
  if (!second || first->Equals(*second, false)) return first;
  SX_TRY_AS(const auto fields, unite_fields(first->fields(), second->fields()));
  return arrow::schema(fields);
}

Result<std::string> schema_to_bytes(const SchemaPtr& schema) {
  SX_TRY_AS(const auto buffer, from_arrow(arrow::ipc::SerializeSchema(*schema)));
  return buffer->ToString();
}

Result<SchemaPtr> schema_from_bytes(std::string_view bytes) {
  arrow::io::BufferReader reader(arrow::Buffer::FromString(std::string(bytes)));
  arrow::ipc::DictionaryMemo memo;
  auto schema = arrow::ipc::ReadSchema(&reader, &memo);
  if (schema.ok()) return std::move(schema).ValueUnsafe();
  return fail(Code::Corrupt,
              "a stored schema cannot be read: " + schema.status().ToStringWithoutContextLines());
}

std::string schema_id(std::string_view bytes) { return sha256_hex(bytes).substr(0, 16); }

}  // namespace sextant::lake

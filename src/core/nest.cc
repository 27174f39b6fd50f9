#include "core/nest.h"

#include <arrow/array/array_nested.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "core/strings.h"

namespace sextant {
namespace {

// One level of the tree of names: a leaf is a column of the flat schema, any other a struct.
struct NameNode {
  std::string name = {};
  std::optional<int> column = std::nullopt;
  std::vector<NameNode> children = {};
};

std::unexpected<Error> bad_column(const std::string& name, std::string_view why) {
  return fail(Code::Invalid, "column '" + name + "' " + std::string(why));
}

// The struct called `part` below `parent`; nullptr if that name is a leaf.
NameNode* struct_below(NameNode& parent, std::string_view part) {
  const auto found = std::ranges::find(parent.children, part, &NameNode::name);
  if (found == parent.children.end()) {
    return &parent.children.emplace_back(NameNode{.name = std::string(part)});
  }
  return found->column ? nullptr : &*found;
}

Result<> add_column(NameNode& root, const std::string& name, int column) {
  const auto parts = split(name, '.');
  if (parts.size() > kNestingMax) return bad_column(name, "is nested too deep");
  if (std::ranges::find(parts, std::string_view()) != parts.end()) {
    return bad_column(name, "has an empty part in its name");
  }
  NameNode* at = &root;
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    at = struct_below(*at, parts[i]);
    if (at == nullptr) return bad_column(name, "lies below another column");
  }
  const auto taken = std::ranges::find(at->children, parts.back(), &NameNode::name);
  if (taken != at->children.end()) {
    return bad_column(name, taken->column ? "is there twice" : "is both a column and a struct");
  }
  at->children.push_back({.name = std::string(parts.back()), .column = column});
  return {};
}

Result<NameNode> name_tree(const arrow::Schema& flat) {
  NameNode root;
  for (int i = 0; i < flat.num_fields(); ++i) SX_TRY(add_column(root, flat.field(i)->name(), i));
  return root;
}

std::shared_ptr<arrow::Field> nested_field(const NameNode& node, const arrow::Schema& flat) {
  if (node.column) return flat.field(*node.column)->WithName(node.name);
  arrow::FieldVector fields;
  for (const auto& child : node.children) fields.push_back(nested_field(child, flat));
  return arrow::field(node.name, arrow::struct_(fields));
}

SchemaPtr nested_schema(const NameNode& root, const arrow::Schema& flat) {
  arrow::FieldVector fields;
  for (const auto& child : root.children) fields.push_back(nested_field(child, flat));
  return arrow::schema(std::move(fields), flat.metadata());
}

// No validity bitmap: a struct is present in every row.
std::shared_ptr<arrow::Array> nested_column(const NameNode& node, const arrow::Field& field,
                                            const arrow::RecordBatch& flat) {
  if (node.column) return flat.column(*node.column);
  arrow::ArrayVector children;
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    children.push_back(
        nested_column(node.children[i], *field.type()->field(static_cast<int>(i)), flat));
  }
  return std::make_shared<arrow::StructArray>(field.type(), flat.num_rows(), std::move(children));
}

}  // namespace

Result<SchemaPtr> nest(const SchemaPtr& flat) {
  SX_TRY_AS(const NameNode root, name_tree(*flat));
  return nested_schema(root, *flat);
}

Result<BatchPtr> nest(const BatchPtr& flat) {
  SX_TRY_AS(const NameNode root, name_tree(*flat->schema()));
  const SchemaPtr schema = nested_schema(root, *flat->schema());
  arrow::ArrayVector columns;
  for (std::size_t i = 0; i < root.children.size(); ++i) {
    columns.push_back(nested_column(root.children[i], *schema->field(static_cast<int>(i)), *flat));
  }
  return arrow::RecordBatch::Make(schema, flat->num_rows(), std::move(columns));
}

}  // namespace sextant

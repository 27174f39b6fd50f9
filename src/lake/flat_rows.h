#pragma once
// Rows as queries give them (nested structs, plain strings) back in the form that a LakeWriter
// takes: flat, with dotted names, texts as dictionaries, all of one schema. Used by merges, whose
// files may have different columns.
#include <string>
#include <vector>

#include "core/columns.h"
#include "core/result.h"

namespace sextant::lake {

class FlatRows {
 public:
  // Of a table's schema (manifest.h). Invalid: not a name that nests (core/nest.h).
  static Result<FlatRows> of(const SchemaPtr& nested);

  const SchemaPtr& schema() const { return flat_; }
  // A batch that has some of the columns, in any order; the others are null. Invalid: a value that
  // does not fit its column's type.
  Result<BatchPtr> take(const BatchPtr& nested) const;

 private:
  struct Leaf {
    std::vector<std::string> path;  // names, outermost first
    TypePtr type;                   // as the nested schema has it
  };
  SchemaPtr flat_;
  std::vector<Leaf> leaves_;
};

}  // namespace sextant::lake

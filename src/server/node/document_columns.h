#pragma once
// The columns that rows can have: of every kind of log in the box, of what enrichers add to them
// (where it is no text), and of lines that are malformed. The search engine's index template is
// made from them.
#include <vector>

#include "core/columns.h"

namespace sextant::server {

std::vector<SchemaPtr> document_columns();

}  // namespace sextant::server

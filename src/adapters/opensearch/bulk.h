#pragma once
// The bodies of `_bulk`: what is sent, and what each document's answer means. Pure: the answer
// comes from outside and may be anything.
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "ports/sink.h"

namespace sextant::adapters {

// A `create` with its id and the document, a line each. Line ends inside a document, which JSON has
// only between its parts, become blanks.
std::string bulk_body(std::span<const ports::Document> documents);
std::size_t bulk_bytes(const ports::Document& document);  // of it in that body, at most

enum class BulkEnd {
  Created,
  Existing,
  Refused,  // for good: the document does not fit the index
  Later,    // full, closed, or gone for now
};

struct BulkItem {
  BulkEnd end = BulkEnd::Later;
  std::string reason = {};  // of Refused and Later, at most a few hundred bytes
};

// One item a document, in order. Unavailable when the answer is not one for so many documents.
Result<std::vector<BulkItem>> read_bulk_answer(std::string_view text, std::size_t documents);

// The path and query of the call; only what read_bulk_answer reads comes back.
std::string bulk_target(std::string_view index);

}  // namespace sextant::adapters

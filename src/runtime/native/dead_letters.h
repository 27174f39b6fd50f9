#pragma once
// Documents that a search engine refuses for good, as rows of the lake: the reason, where the entry
// came from, and the document itself, so that it can be put again once the index takes it.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/columns.h"
#include "core/result.h"

namespace sextant::runtime::native {

struct DeadLetter {
  Time time = {};  // the event's own
  std::string reason;
  std::string index;
  std::string id;  // of the document
  std::string path;
  std::optional<std::int64_t> offset;
  std::string document;  // JSON
};

// Columns ts, reason, search.index, search.document_id, log.file.path, log.offset, document.
// Errors: Exhausted (memory).
Result<BatchPtr> dead_letter_rows(const std::vector<DeadLetter>& letters);

}  // namespace sextant::runtime::native

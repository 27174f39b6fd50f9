// What a search engine answers to _bulk. As many items as documents, and a reason for each that is
// not in.
// links: adapters
#include "adapters/opensearch/bulk.h"

#include "core/encoding.h"
#include "tests/fuzz/fuzz_input.h"

using namespace sextant;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  for (const std::size_t documents : {0u, 1u, 6u}) {
    const auto read = adapters::read_bulk_answer(fuzz::as_text(data, size), documents);
    if (!read) {
      SX_CHECK(read.error().code == Code::Unavailable);
      continue;
    }
    SX_CHECK(read->size() == documents);
    for (const auto& item : *read) {
      const bool is_in =
          item.end == adapters::BulkEnd::Created || item.end == adapters::BulkEnd::Existing;
      SX_CHECK(item.reason.empty() == is_in && valid_utf8(item.reason));
    }
  }
  return 0;
}

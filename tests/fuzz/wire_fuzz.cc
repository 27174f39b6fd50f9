// Stored records: the reader ends on any bytes, and what it reads can be written and read again.
// links: core
#include "core/wire.h"

#include "tests/fuzz/fuzz_input.h"

using namespace sextant;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto reader = wire::Reader::open(fuzz::as_text(data, size), 1);
  if (!reader) return 0;
  wire::Writer writer(1);
  std::size_t fields = 0;
  while (reader->next()) {
    SX_CHECK(reader->field() > 0);
    const bool is_text = reader->text().data() != nullptr;
    if (is_text) writer.element(reader->field(), reader->text());
    if (!is_text) writer.number(reader->field(), reader->number());
    fields += is_text || reader->number() != 0 ? 1 : 0;
  }
  if (!reader->finish()) return 0;
  const std::string bytes = writer.finish();
  SX_CHECK(bytes.size() <= size);
  auto again = wire::Reader::open(bytes, 1);
  std::size_t fields_again = 0;
  while (again->next()) ++fields_again;
  SX_CHECK(again->finish() && fields == fields_again);
  return 0;
}

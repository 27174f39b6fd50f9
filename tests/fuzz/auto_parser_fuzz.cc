// links: intel sdk core
// Bytes of no known kind: whatever they are, the way they are cut into pieces makes no difference,
// and all rows are of one kind's table or of "malformed".
#include "intel/auto_parser.h"

#include <set>

#include "tests/fuzz/parser_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sextant;
  static const auto kFunction = intel::auto_parser_function();
  const auto text = fuzz::as_text(data, size);
  std::size_t rows = 0;
  const auto all = fuzz::parse_in_pieces(kFunction, text, text.size() + 1);
  const auto whole = fuzz::rows_text(all, rows);
  std::set<std::string> tables;
  for (const auto& each : all) tables.insert(each.table);
  SX_CHECK(tables.size() - tables.count("malformed") <= 1);
  std::size_t again = 0;
  SX_CHECK(fuzz::rows_text(fuzz::parse_in_pieces(kFunction, text, 37), again) == whole);
  return 0;
}

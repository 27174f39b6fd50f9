// What the embedded store reads back from its disk: log files, values, records, heads. A log's
// whole records end within it, its beginning up to there is whole, and what is decoded encodes to
// the same bytes. Input: the bytes of a file.
// links: adapters
#include "adapters/embedded/log_scan.h"
#include "adapters/embedded/stored_value.h"
#include "tests/fuzz/fuzz_input.h"

using namespace sextant;
using namespace sextant::adapters;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = fuzz::as_text(data, size);
  const LogScan scan = scan_log(bytes);
  SX_CHECK(scan.intact <= bytes.size());
  const LogScan again = scan_log(bytes.substr(0, scan.intact));
  SX_CHECK(again.state == LogScan::State::Whole && again.records == scan.records);
  if (const auto value = decode_value(bytes)) SX_CHECK(encode_value(*value) == bytes);
  if (const auto record = decode_record(bytes)) SX_CHECK(encode_record(*record) == bytes);
  if (const auto head = decode_head(bytes)) SX_CHECK(encode_head(*head) == bytes);
  return 0;
}

// Every stored record: what is read of any bytes can be written and read again, and then stays as
// it is. Only what no record of ours says (a hop 0) becomes the default once.
// links: deploy store
#include "deploy/stack_record.h"
#include "model/codec.h"
#include "store/configuration_change.h"
#include "store/delivery.h"
#include "store/identity_records.h"
#include "store/lake_records.h"
#include "store/s3_records.h"
#include "tests/fuzz/fuzz_input.h"

using namespace sextant;

namespace {

template <typename Record>
void check(std::string_view bytes, Result<Record> (*decode)(std::string_view)) {
  const auto record = decode(bytes);
  if (!record) {
    SX_CHECK(!record.error().message.empty());
    return;
  }
  const auto again = decode(encode(*record));
  SX_CHECK(again);
  const auto written = encode(*again);
  const auto third = decode(written);
  SX_CHECK(third && encode(*third) == written);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = fuzz::as_text(data, size);
  check(bytes, model::decode_app);
  check(bytes, store::decode_bucket);
  check(bytes, store::decode_object);
  check(bytes, store::decode_upload);
  check(bytes, store::decode_part);
  check(bytes, store::decode_body_ref);
  check(bytes, store::decode_delivery);
  check(bytes, store::decode_lake_file);
  check(bytes, store::decode_lake_change);
  check(bytes, store::decode_lake_removed);
  check(bytes, store::decode_lake_checkpoints);
  check(bytes, store::decode_lake_schema);
  check(bytes, store::decode_identity);
  check(bytes, store::decode_policy);
  check(bytes, store::decode_configuration_change);
  check(bytes, deploy::decode_stack);
  check(bytes, deploy::decode_change_set);
  return 0;
}

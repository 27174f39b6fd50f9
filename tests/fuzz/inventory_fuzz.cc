// Snapshots of an inventory as anybody may put them: read the same however they are cut into
// pieces, and what is stored of them is read back.
// links: intel services
#include <arrow/record_batch.h>

#include "intel/parsers/inventory.h"
#include "services/inventory/timeline.h"
#include "tests/fuzz/fuzz_input.h"

using namespace sextant;

namespace {

struct Read {
  std::int64_t rows = 0;
  std::int64_t malformed = 0;
  std::vector<sdk::InventorySnapshot> snapshots;
};

Read read(std::string_view text, std::size_t piece) {
  Read read;
  const auto emit = [&](const sdk::Rows& rows) -> Result<> {
    (rows.table == "malformed" ? read.malformed : read.rows) += rows.batch->num_rows();
    return {};
  };
  const auto prepared = intel::kInventoryParser.prepare({});
  const auto stage = (*prepared)->start({.path = "s3://b/k", .object_version = "1"});
  for (std::size_t at = 0; at < text.size(); at += piece)
    SX_CHECK(stage->text({.text = text.substr(at, piece), .offset = at}, emit).has_value());
  SX_CHECK(stage->finish(emit).has_value());
  read.snapshots = stage->take_snapshots();
  return read;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace inventory = services::inventory;
  const auto text = fuzz::as_text(data, size);
  const auto whole = read(text, text.size() + 1);
  SX_CHECK(whole.rows + whole.malformed > 0);
  const auto cut = read(text, 3);
  SX_CHECK(cut.rows == whole.rows && cut.malformed == whole.malformed);
  for (const auto& snapshot : whole.snapshots) {
    for (const auto& asset : snapshot.assets)
      SX_CHECK(inventory::decode_asset(inventory::encode(asset)) == asset);
    inventory::Timeline timeline(snapshot.series);
    SX_CHECK(timeline.add(snapshot));
    inventory::Timeline read_back("");
    for (const auto& part : timeline.encode_parts()) SX_CHECK(read_back.add_part(part).has_value());
    SX_CHECK(read_back.encode_parts() == timeline.encode_parts());
  }
  static_cast<void>(inventory::decode_snapshot(text));
  static_cast<void>(inventory::decode_asset_version(text));
  inventory::Timeline stored("");
  static_cast<void>(stored.add_part(text));
  return 0;
}

#pragma once
// Reads one thing of an inventory as AWS's API describes it.
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "intel/parsers/inventory_cutter.h"
#include "sdk/inventory.h"

namespace sextant::intel {

// A reservation holds several instances, the others are one. Things without an id are told in
// `nameless`, those that have more of something than kOfOneThingMax in `oversized`. Invalid: no
// JSON object. Any thread.
inline constexpr std::size_t kOfOneThingMax = 1'000;  // addresses, interfaces, tags
struct ReadAssets {
  std::vector<sdk::Asset> assets;
  std::size_t nameless = 0;
  std::size_t oversized = 0;
};
Result<ReadAssets> read_assets(AssetList list, std::string_view json);

}  // namespace sextant::intel

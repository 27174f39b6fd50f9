#pragma once
// The stored form of what the inventory keeps: snapshots that wait to be taken in, and the versions
// of things that snapshots made. Format: docs/formats/inventory.md.
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "sdk/inventory.h"

namespace sextant::services::inventory {

// A snapshot's place among those of its series.
struct Point {
  Time time = {};
  std::string version = {};
  friend auto operator<=>(const Point&, const Point&) = default;
};

// One thing as it was from one snapshot until before another.
struct AssetVersion {
  Point from;
  std::optional<Point> to = std::nullopt;   // nullopt: as the last snapshot has it
  std::shared_ptr<const sdk::Asset> asset;  // never null
};

std::string encode(const sdk::Asset& asset);
std::string encode(const AssetVersion& version);
std::string encode(const Point& point);
// Corrupt.
Result<sdk::Asset> decode_asset(std::string_view bytes);
Result<AssetVersion> decode_asset_version(std::string_view bytes);
Result<Point> decode_point(std::string_view bytes);

// A snapshot in parts of at most kPartBytes (but for a single thing that is larger). Each part is a
// snapshot of some of the things.
inline constexpr std::size_t kPartBytes = 1u << 20;
std::vector<std::string> encode_parts(const sdk::InventorySnapshot& snapshot);
Result<sdk::InventorySnapshot> decode_snapshot(std::string_view bytes);

}  // namespace sextant::services::inventory

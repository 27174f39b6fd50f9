#include "services/inventory/asset_codec.h"

#include <utility>

#include "core/wire.h"

namespace sextant::services::inventory {
namespace {

constexpr std::uint8_t kVersion = 1;

// Field numbers of texts and lists; those of type and since stand in encode().
constexpr std::pair<int, std::string sdk::Asset::*> kTexts[] = {
    {2, &sdk::Asset::id},         {3, &sdk::Asset::name},     {4, &sdk::Asset::account},
    {5, &sdk::Asset::region},     {6, &sdk::Asset::vpc},      {7, &sdk::Asset::subnet},
    {8, &sdk::Asset::instance},   {9, &sdk::Asset::host},     {10, &sdk::Asset::image},
    {11, &sdk::Asset::container}, {12, &sdk::Asset::cluster}, {13, &sdk::Asset::service},
    {14, &sdk::Asset::state},     {15, &sdk::Asset::owner},   {16, &sdk::Asset::tags}};
constexpr std::pair<int, std::vector<std::string> sdk::Asset::*> kLists[] = {
    {17, &sdk::Asset::addresses},
    {18, &sdk::Asset::public_addresses},
    {19, &sdk::Asset::interfaces}};
constexpr int kType = 1;
constexpr int kSince = 20;

void take(const wire::Reader& reader, sdk::Asset& asset) {
  for (const auto& [field, member] : kTexts) {
    if (field == reader.field()) asset.*member = reader.text();
  }
  for (const auto& [field, member] : kLists) {
    if (field == reader.field()) (asset.*member).emplace_back(reader.text());
  }
}

void write_head(const sdk::InventorySnapshot& snapshot, wire::Writer& writer) {
  writer.text(1, snapshot.series)
      .time(2, snapshot.time)
      .text(3, snapshot.version)
      .number(4, snapshot.complete ? 1 : 0);
}

}  // namespace

std::string encode(const sdk::Asset& asset) {
  wire::Writer writer(kVersion);
  writer.number(kType, static_cast<std::uint64_t>(asset.type));
  for (const auto& [field, member] : kTexts) writer.text(field, asset.*member);
  for (const auto& [field, member] : kLists) {
    for (const auto& each : asset.*member) writer.element(field, each);
  }
  if (asset.since) writer.time(kSince, *asset.since);
  return writer.finish();
}

Result<sdk::Asset> decode_asset(std::string_view bytes) {
  SX_TRY_AS(auto reader, wire::Reader::open(bytes, kVersion));
  sdk::Asset asset;
  while (reader.next()) {
    if (reader.field() == kType) {
      if (reader.number() > static_cast<std::uint64_t>(sdk::AssetType::EcsTask))
        return fail(Code::Corrupt, "a thing of the inventory of an unknown type");
      asset.type = static_cast<sdk::AssetType>(reader.number());
    } else if (reader.field() == kSince) {
      asset.since = reader.time();
    } else {
      take(reader, asset);
    }
  }
  SX_TRY(reader.finish());
  return asset;
}

std::string encode(const Point& point) {
  return wire::Writer(kVersion).time(1, point.time).text(2, point.version).finish();
}

Result<Point> decode_point(std::string_view bytes) {
  SX_TRY_AS(auto reader, wire::Reader::open(bytes, kVersion));
  Point point;
  while (reader.next()) {
    if (reader.field() == 1) point.time = reader.time();
    if (reader.field() == 2) point.version = reader.text();
  }
  SX_TRY(reader.finish());
  return point;
}

std::string encode(const AssetVersion& version) {
  wire::Writer writer(kVersion);
  writer.element(1, encode(version.from));
  if (version.to) writer.element(2, encode(*version.to));
  return writer.element(3, encode(*version.asset)).finish();
}

Result<AssetVersion> decode_asset_version(std::string_view bytes) {
  SX_TRY_AS(auto reader, wire::Reader::open(bytes, kVersion));
  AssetVersion version;
  sdk::Asset asset;
  while (reader.next()) {
    if (reader.field() == 1) {
      SX_TRY_AS(version.from, decode_point(reader.text()));
    } else if (reader.field() == 2) {
      SX_TRY_AS(version.to, decode_point(reader.text()));
    } else if (reader.field() == 3) {
      SX_TRY_AS(asset, decode_asset(reader.text()));
    }
  }
  SX_TRY(reader.finish());
  version.asset = std::make_shared<const sdk::Asset>(std::move(asset));
  return version;
}

std::vector<std::string> encode_parts(const sdk::InventorySnapshot& snapshot) {
  std::vector<std::string> parts;
  wire::Writer writer(kVersion);
  write_head(snapshot, writer);
  std::size_t held = 0;
  for (const auto& asset : snapshot.assets) {
    const auto bytes = encode(asset);
    if (held > 0 && held + bytes.size() > kPartBytes) {
      parts.push_back(std::exchange(writer, wire::Writer(kVersion)).finish());
      write_head(snapshot, writer);
      held = 0;
    }
    writer.element(5, bytes);
    held += bytes.size();
  }
  parts.push_back(writer.finish());
  return parts;
}

Result<sdk::InventorySnapshot> decode_snapshot(std::string_view bytes) {
  SX_TRY_AS(auto reader, wire::Reader::open(bytes, kVersion));
  sdk::InventorySnapshot snapshot{.complete = false};
  while (reader.next()) {
    switch (reader.field()) {
      case 1: snapshot.series = reader.text(); break;
      case 2: snapshot.time = reader.time(); break;
      case 3: snapshot.version = reader.text(); break;
      case 4: snapshot.complete = reader.number() != 0; break;
      case 5: {
        SX_TRY_AS(auto asset, decode_asset(reader.text()));
        snapshot.assets.push_back(std::move(asset));
        break;
      }
      default: break;
    }
  }
  SX_TRY(reader.finish());
  return snapshot;
}

}  // namespace sextant::services::inventory

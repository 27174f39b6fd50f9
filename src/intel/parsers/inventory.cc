#include "intel/parsers/inventory.h"

#include <algorithm>
#include <array>
#include <unordered_set>

#include "core/time_text.h"
#include "intel/parsers/asset_reader.h"
#include "intel/parsers/inventory_rows.h"
#include "intel/parsers/malformed_rows.h"
#include "intel/parsers/text_bytes.h"

namespace sextant::intel {
namespace {

using sdk::AssetType;

constexpr std::size_t kTypes = 3;
constexpr std::size_t kThingsMax = 100'000;        // of one object
constexpr std::size_t kThingBytesMax = 16u << 20;  // of all of its things
constexpr std::size_t kBatchRows = 8 * 1024;
constexpr std::size_t kBatchBytes = 8u << 20;
constexpr std::string_view kKind = "inventory";

// About as many as it has when stored.
std::size_t bytes_of(const sdk::Asset& asset) {
  constexpr std::size_t kOfAText = 2;
  std::size_t bytes = 0;
  for (const auto* text :
       {&asset.id, &asset.name, &asset.account, &asset.region, &asset.vpc, &asset.subnet,
        &asset.instance, &asset.host, &asset.image, &asset.container, &asset.cluster,
        &asset.service, &asset.state, &asset.owner, &asset.tags})
    bytes += text->size();
  for (const auto* list : {&asset.addresses, &asset.public_addresses, &asset.interfaces}) {
    for (const auto& text : *list) bytes += kOfAText + text.size();
  }
  return bytes;
}

AssetType type_of(AssetList list) {
  switch (list) {
    case AssetList::Reservations: return AssetType::Instance;
    case AssetList::NetworkInterfaces: return AssetType::NetworkInterface;
    case AssetList::Tasks: return AssetType::EcsTask;
  }
  return AssetType::Instance;
}

// A name's time is believed, but not that it is later than when the object came.
Time time_of(const sdk::Source& source) {
  const auto named = time_in_name(source.path);
  return named ? std::min(*named, source.received) : source.received;
}

class InventoryStage final : public sdk::Stage, private InventoryCutter::Sink {
 public:
  explicit InventoryStage(const sdk::Source& source)
      : path_(source.path),
        received_(source.received),
        time_(time_of(source)),
        version_(source.object_version),
        cutter_(*this) {}

  Result<> text(const sdk::TextBlock& block, const sdk::Emit& emit) override {
    cutter_.add(block.text);
    if (rows_.rows() < kBatchRows && rows_.bytes() < kBatchBytes) return {};
    return emit_all(emit);
  }

  // What is behind the damage may hold things of any type.
  Result<> damaged(std::uint64_t offset, std::string_view reason, const sdk::Emit&) override {
    refuse({}, offset, 0, "the object is damaged from here on: " + std::string(reason));
    complete_.fill(false);
    return {};
  }

  Result<> finish(const sdk::Emit& emit) override {
    cutter_.finish();
    const bool any = std::ranges::any_of(told_, [](bool told) { return told; });
    if (!any && malformed_.rows() == 0 && !refused_any_)
      refuse({}, 0, 0, "the object is empty: send at least the answer's empty list");
    for (std::size_t type = 0; type < kTypes; ++type) {
      if (!told_[type]) continue;
      const auto series = series_of(AssetType(type));
      rows_.add_snapshot(AssetType(type), things_[type], complete_[type],
                         {.time = time_, .series = series, .path = path_});
      // Of things that are not joined nothing is known from here on: a snapshot that ends all.
      snapshots_.push_back({.series = series,
                            .time = time_,
                            .version = version_,
                            .complete = too_many_ || complete_[type],
                            .assets = std::move(assets_[type])});
    }
    if (too_many_)
      refuse({}, 0, 0, "more than 100,000 things or 16 MiB in one object: they are not joined");
    return emit_all(emit);
  }

  std::vector<sdk::InventorySnapshot> take_snapshots() override { return std::move(snapshots_); }

 private:
  void list(AssetList list) override { told_[static_cast<std::size_t>(type_of(list))] = true; }

  void item(AssetList list, std::string_view text, std::uint64_t offset) override {
    auto read = read_assets(list, text);
    if (!read) {
      complete_[static_cast<std::size_t>(type_of(list))] = false;
      return refuse(text, offset, text.size(), read.error().message);
    }
    if (read->nameless > 0) refuse(text, offset, text.size(), "a thing without its id");
    if (read->oversized > 0) {
      complete_[static_cast<std::size_t>(type_of(list))] = false;
      refuse(text, offset, text.size(), "a thing of more than 1,000 addresses, interfaces or tags");
    }
    bool twice = false;
    for (auto& asset : read->assets) twice = !take(std::move(asset), offset) || twice;
    if (twice) refuse(text, offset, text.size(), "a thing that is there twice");
  }

  // False: it is there already.
  bool take(sdk::Asset asset, std::uint64_t offset) {
    if (!is_new(asset)) return false;
    rows_.add(asset, {.time = time_, .series = {}, .path = path_, .offset = offset});
    const auto type = static_cast<std::size_t>(asset.type);
    ++things_[type];
    if (!too_many_) assets_[type].push_back(std::move(asset));
    return true;
  }

  // Beyond what one object may have nobody remembers which there were: rows land, and nothing is
  // joined.
  bool is_new(const sdk::Asset& asset) {
    if (too_many_) return true;
    bytes_ += bytes_of(asset);
    if (ids_.size() < kThingsMax && bytes_ <= kThingBytesMax) return ids_.insert(asset.id).second;
    too_many_ = true;
    ids_.clear();
    assets_ = {};
    return true;
  }

  void unfinished(AssetList list) override {
    complete_[static_cast<std::size_t>(type_of(list))] = false;
  }

  void broken(std::string_view head, std::uint64_t offset, std::uint64_t length,
              std::string_view reason, bool) override {
    refuse(head, offset, length, std::string(reason));
    complete_.fill(false);
  }

  void refuse(std::string_view raw, std::uint64_t offset, std::uint64_t length,
              const std::string& reason) {
    refused_any_ = true;
    malformed_.add({.time = received_,
                    .reason = reason,
                    .path = path_,
                    .offset = offset,
                    .length = length,
                    .kind = kKind,
                    .raw = raw});
  }

  Result<> emit_all(const sdk::Emit& emit) {
    if (rows_.rows() > 0) SX_TRY(emit({std::string(sdk::kInventoryTable), rows_.finish()}));
    if (malformed_.rows() > 0) SX_TRY(emit({"malformed", malformed_.finish()}));
    return {};
  }

  std::string series_of(AssetType type) const {
    return path_.substr(0, path_.rfind('/') + 1) + std::string(to_string(type));
  }

  const std::string path_;
  const Time received_;
  const Time time_;
  const std::string version_;
  InventoryCutter cutter_;
  InventoryRows rows_;
  MalformedRows malformed_;
  bool refused_any_ = false;
  std::unordered_set<std::string> ids_;
  std::size_t bytes_ = 0;  // of the things that they name
  bool too_many_ = false;
  std::array<std::uint64_t, kTypes> things_ = {};
  std::array<bool, kTypes> told_ = {};
  std::array<bool, kTypes> complete_ = {true, true, true};
  std::array<std::vector<sdk::Asset>, kTypes> assets_;
  std::vector<sdk::InventorySnapshot> snapshots_;
};

class InventoryPrepared final : public sdk::Prepared {
 public:
  std::unique_ptr<sdk::Stage> start(const sdk::Source& source) const override {
    return std::make_unique<InventoryStage>(source);
  }
};

// The time whose T stands there.
std::optional<Time> time_around(std::string_view name, std::size_t at) {
  constexpr std::size_t kBasic = 16;     // 20260702T222300Z
  constexpr std::size_t kExtended = 20;  // 2026-07-02T22:23:00Z
  if (at >= 8) {
    if (const auto time = parse_iso8601_basic(name.substr(at - 8, kBasic))) return time;
  }
  if (at < 10 || name.size() < at - 10 + kExtended) return std::nullopt;
  std::string text(name.substr(at - 10, kExtended));
  for (const std::size_t colon : {13u, 16u}) {
    if (text[colon] == '-') text[colon] = ':';
  }
  return parse_iso8601(text);
}

}  // namespace

std::optional<Time> time_in_name(std::string_view name) {
  for (auto at = name.rfind('T'); at != std::string_view::npos && at > 0;
       at = name.rfind('T', at - 1)) {
    if (const auto time = time_around(name, at)) return time;
  }
  return std::nullopt;
}

const sdk::Function kInventoryParser{
    .id = "parsers.inventory",
    .title = "Inventory of machines and containers",
    .summary =
        "Reads answers of describe-instances, describe-network-interfaces and ECS describe-tasks: "
        "rows of the table inventory, and what enrichers.inventory joins as of a time.",
    .status = sdk::Status::Alpha,
    .input = sdk::Trust::Untrusted,
    .takes = sdk::Takes::Bytes,
    .prepare = [](const sdk::Configuration&) -> Result<std::shared_ptr<const sdk::Prepared>> {
      return std::make_shared<InventoryPrepared>();
    }};

}  // namespace sextant::intel

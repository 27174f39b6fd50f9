#include "services/inventory/inventory.h"

#include <algorithm>
#include <utility>

#include "core/hash.h"
#include "core/log.h"
#include "services/inventory/asset_table.h"
#include "store/keys.h"

namespace sextant::services::inventory {
namespace {

constexpr std::chrono::seconds kAfterError{5};
constexpr std::size_t kSeriesDigits = 32;
constexpr std::size_t kPageParts = 16;

std::string series_hash(std::string_view series) {
  return sha256_hex(series).substr(0, kSeriesDigits);
}

bool same_snapshot(const sdk::InventorySnapshot& a, const sdk::InventorySnapshot& b) {
  return a.series == b.series && a.time == b.time && a.version == b.version;
}

// Returns how many things there are now.
std::int64_t add_spans(const Timeline& timeline, std::vector<Span>& spans) {
  std::int64_t things = 0;
  for (const auto& [id, versions] : timeline.versions()) {
    for (const auto& version : versions) {
      const auto to = version.to ? version.to->time : Time::max();
      const auto from = timeline.began(version);
      if (from < to) spans.push_back({from, to, version.asset});
      things += version.to ? 0 : 1;
    }
  }
  return things;
}

}  // namespace

Inventory::Inventory(InventoryParts parts, InventoryLimits limits)
    : parts_(parts),
      limits_(limits),
      taken_(parts.metrics.counter("sextant_inventory_snapshots_total",
                                   "Snapshots that became part of the inventory")),
      refused_(parts.metrics.counter(
          "sextant_inventory_snapshots_refused_total",
          "Snapshots beyond what the inventory keeps: their rows landed, nothing is joined")),
      things_(parts.metrics.gauge("sextant_inventory_things",
                                  "Machines, interfaces and tasks in the last snapshots")),
      versions_(parts.metrics.gauge("sextant_inventory_versions",
                                    "Versions of things that the inventory keeps")),
      stored_bytes_(parts.metrics.gauge("sextant_inventory_stored_bytes",
                                        "What the inventory keeps, as stored")) {
  current_.with([](auto& current) { current = std::make_shared<AssetTable>(std::vector<Span>()); });
}

Result<std::unique_ptr<Inventory>> Inventory::open(InventoryParts parts, InventoryLimits limits) {
  std::unique_ptr<Inventory> inventory(new Inventory(std::move(parts), limits));
  std::lock_guard lock(inventory->folding_);
  SX_TRY(inventory->fold_if_dirty());
  return inventory;
}

void Inventory::add(ports::Batch& batch, std::span<const sdk::InventorySnapshot> snapshots) {
  std::size_t left = limits_.snapshot_bytes_max;
  for (const auto& snapshot : snapshots) {
    const auto series = series_hash(snapshot.series);
    auto parts = encode_parts(snapshot);
    std::size_t bytes = 0;
    for (const auto& part : parts) bytes += part.size();
    if (bytes > left) {
      refuse(snapshot, "it is larger than an inventory takes at once");
      continue;
    }
    left -= bytes;
    std::uint64_t number = 0;
    for (auto& part : parts) {
      batch.puts.push_back({store::keys::inventory_snapshot(parts_.scope, series, snapshot.time,
                                                            snapshot.version, number++),
                            std::move(part)});
    }
  }
  static_cast<void>(current());  // so that those before do not pile up
}

std::shared_ptr<const sdk::Inventory> Inventory::current() {
  if (dirty_) {
    std::lock_guard lock(folding_);
    if (auto folded = fold_if_dirty(); !folded) {
      log::error("the inventory cannot take in what has landed; it stays as it was",
                 {{"error", folded.error().message}});
    }
  }
  return current_.with([](const auto& current) { return current; });
}

Result<> Inventory::fold_if_dirty() {
  if (!dirty_ || parts_.clock.now() < not_before_) return {};
  dirty_ = false;  // before the look: what comes meanwhile is looked at again
  auto folded = loaded_ ? Result<>() : load();
  if (folded) folded = fold();
  if (folded) return {};
  // The commit may have happened: what is stored counts.
  loaded_ = false;
  dirty_ = true;
  not_before_ = parts_.clock.now() + kAfterError;
  return folded;
}

Result<> Inventory::load() {
  series_.clear();
  compiled_ = false;
  const auto prefix = store::keys::all_inventory_series(parts_.scope);
  SX_TRY(ports::for_each(parts_.state, prefix, [&](const ports::Entry& entry) -> Result<> {
    const auto hash = entry.key.substr(prefix.size(), kSeriesDigits);
    auto& series = series_.try_emplace(hash, Series{Timeline(""), 0}).first->second;
    ++series.parts;
    return within("inventory series " + hash, series.timeline.add_part(entry.value));
  }));
  loaded_ = true;
  return {};
}

Result<> Inventory::fold() {
  SX_TRY_AS(const bool any, take_all());
  if (any || !compiled_) compile();
  return {};
}

// In the order of their series and times. The parts of one lie one behind the other.
Result<bool> Inventory::take_all() {
  std::optional<Waiting> waiting;
  std::string after;
  for (;;) {
    SX_TRY_AS(auto page,
              parts_.state.scan(store::keys::inventory_snapshots(parts_.scope), after, kPageParts));
    for (auto& entry : page) {
      after = entry.key;
      SX_TRY_AS(auto part, within("a snapshot of the inventory", decode_snapshot(entry.value)));
      if (waiting && same_snapshot(waiting->snapshot, part)) {
        waiting->keys.push_back(entry.key);
        std::ranges::move(part.assets, std::back_inserter(waiting->snapshot.assets));
        continue;
      }
      if (waiting) SX_TRY(take(*waiting));
      waiting = Waiting{{entry.key}, std::move(part)};
    }
    if (page.size() < kPageParts) break;
  }
  if (waiting) SX_TRY(take(*waiting));
  return waiting.has_value();
}

Result<> Inventory::take(const Waiting& waiting) {
  const auto& snapshot = waiting.snapshot;
  const auto hash = series_hash(snapshot.series);
  auto& series = series_.try_emplace(hash, Series{Timeline(snapshot.series), 0}).first->second;
  auto after = series.timeline;
  if (!after.add(snapshot)) {
    refuse(snapshot, "it is older than what its series remembers");
    return store(hash, waiting.keys);
  }
  auto trimmed = after.trim(limits_.timeline);
  const auto others = bytes() - series.timeline.bytes();
  if (trimmed && others + after.bytes() > limits_.bytes_max)
    trimmed = fail(Code::Exhausted, "the inventory is full");
  if (!trimmed) {
    refuse(snapshot, trimmed.error().message);
    return store(hash, waiting.keys);
  }
  series.timeline = std::move(after);
  taken_.add();
  return store(hash, waiting.keys);
}

void Inventory::refuse(const sdk::InventorySnapshot& snapshot, std::string_view why) {
  refused_.add();
  log::error("a snapshot did not become part of the inventory; its rows are in the lake",
             {{"series", snapshot.series}, {"why", std::string(why)}});
}

// The series as it is now, and the snapshots that are part of it gone, in one commit.
Result<> Inventory::store(const std::string& hash, std::vector<std::string> folded) {
  auto& series = series_.at(hash);
  ports::Batch batch;
  batch.erases = std::move(folded);
  std::size_t number = 0;
  for (auto& part : series.timeline.encode_parts()) {
    batch.puts.push_back(
        {store::keys::inventory_series(parts_.scope, hash, number++), std::move(part)});
  }
  for (auto old = number; old < series.parts; ++old)
    batch.erases.push_back(store::keys::inventory_series(parts_.scope, hash, old));
  series.parts = number;
  SX_TRY(ports::commit(parts_.log, std::move(batch)));
  return {};
}

std::size_t Inventory::bytes() const {
  std::size_t sum = 0;
  for (const auto& [hash, series] : series_) sum += series.timeline.bytes();
  return sum;
}

void Inventory::compile() {
  std::vector<Span> spans;
  std::int64_t things = 0;
  for (const auto& [hash, series] : series_) things += add_spans(series.timeline, spans);
  things_.set(things);
  versions_.set(static_cast<std::int64_t>(spans.size()));
  stored_bytes_.set(static_cast<std::int64_t>(bytes()));
  auto table = std::make_shared<const AssetTable>(std::move(spans));
  current_.with([&](auto& current) { current = std::move(table); });
  compiled_ = true;
}

}  // namespace sextant::services::inventory

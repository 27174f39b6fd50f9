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
constexpr std::size_t kPartBytesMax = 4u
                                      << 20;  // of a value in the store, which a version must fit
static_assert(kPartBytes < kPartBytesMax && 2 * kPartBytesMax <= ports::kValueBytesMax);

std::string series_hash(std::string_view series) {
  return sha256_hex(series).substr(0, kSeriesDigits);
}

bool same_snapshot(const sdk::InventorySnapshot& a, const sdk::InventorySnapshot& b) {
  return a.series == b.series && a.time == b.time && a.version == b.version;
}

// What tells that from there on nothing is known of the series.
sdk::InventorySnapshot unknown(const sdk::InventorySnapshot& snapshot) {
  return {.series = snapshot.series, .time = snapshot.time, .version = snapshot.version};
}

void log_not_folded(const Error& error) {
  log::error("the inventory cannot take in what has landed; it stays as it was",
             {{"error", error.message}});
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
  SX_TRY(inventory->load());
  inventory->compile();
  if (auto folded = inventory->fold_if_dirty(); !folded) log_not_folded(folded.error());
  return inventory;
}

void Inventory::add(ports::Batch& batch, std::span<const sdk::InventorySnapshot> snapshots) {
  std::size_t left = limits_.snapshot_bytes_max;
  for (const auto& snapshot : snapshots) {
    const auto series = series_hash(snapshot.series);
    auto parts = encode_parts(snapshot);
    std::size_t bytes = 0;
    bool fits = true;
    for (const auto& part : parts) {
      bytes += part.size();
      fits = fits && part.size() <= kPartBytesMax;
    }
    if (!fits || bytes > left) {
      refuse(snapshot, fits ? "it is larger than an inventory takes at once"
                            : "one of its things is larger than an inventory takes");
      parts = encode_parts(unknown(snapshot));
      bytes = 0;
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
    if (auto folded = fold_if_dirty(); !folded) log_not_folded(folded.error());
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
  const auto there = series_.find(hash);
  auto after = there == series_.end() ? Timeline(snapshot.series) : there->second.timeline;
  if (!after.add(snapshot)) {
    refuse(snapshot, "it is older than what its series remembers");
    return drop(waiting);
  }
  auto changes = fit(hash, std::move(after));
  if (!changes) return leave_out(waiting, hash, changes.error());
  taken_.add();
  return apply(std::move(*changes), hash, waiting);
}

// What becomes of the series so that all have room when this one is as `after`: the largest forget.
Result<Inventory::Changes> Inventory::fit(const std::string& hash, Timeline after) const {
  SX_TRY(after.trim(limits_.timeline));
  std::map<std::string, std::size_t> sizes;  // of those that may have something to forget
  for (const auto& [each, series] : series_) sizes[each] = series.timeline.bytes();
  sizes[hash] = after.bytes();
  std::size_t sum = 0;
  for (const auto& [each, size] : sizes) sum += size;
  Changes changes;
  changes.emplace(hash, std::move(after));
  while (sum > limits_.bytes_max) {
    if (sizes.empty()) return fail(Code::Exhausted, "the inventory is full");
    const auto largest =
        std::ranges::max_element(sizes, {}, [](const auto& each) { return each.second; });
    auto change = changes.find(largest->first);
    if (change == changes.end())
      change = changes.emplace(largest->first, series_.at(largest->first).timeline).first;
    if (!change->second.forget_some()) {
      sizes.erase(largest);
      continue;
    }
    sum -= largest->second - change->second.bytes();
    largest->second = change->second.bytes();
  }
  return changes;
}

// What its series had ends with it: nobody knows how it went on.
Result<> Inventory::leave_out(const Waiting& waiting, const std::string& hash, const Error& why) {
  refuse(waiting.snapshot, why.message);
  const auto there = series_.find(hash);
  if (there == series_.end()) return drop(waiting);
  auto ended = there->second.timeline;
  ended.add(unknown(waiting.snapshot));
  auto changes = fit(hash, ended);
  if (changes) return apply(std::move(*changes), hash, waiting);
  ended.forget_all();
  Changes forgotten;
  forgotten.emplace(hash, std::move(ended));
  return apply(std::move(forgotten), hash, waiting);
}

// The others first: they become smaller, whatever becomes of this one.
Result<> Inventory::apply(Changes changes, const std::string& last, const Waiting& waiting) {
  for (auto& [hash, timeline] : changes) {
    auto& series = series_.try_emplace(hash, Series{Timeline(""), 0}).first->second;
    series.timeline = std::move(timeline);
    if (hash != last) SX_TRY(store(hash, {}));
  }
  return store(last, waiting.keys);
}

Result<> Inventory::drop(const Waiting& waiting) {
  SX_TRY(ports::commit(parts_.log, {.erases = waiting.keys, .from_reserve = true}));
  return {};
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

#include "services/inventory/timeline.h"

#include <algorithm>
#include <set>
#include <utility>

#include "core/wire.h"

namespace sextant::services::inventory {
namespace {

constexpr std::uint8_t kVersion = 1;

bool covers(const AssetVersion& version, const Point& at) {
  return version.from <= at && (!version.to || at < *version.to);
}

AssetVersion* covering(std::vector<AssetVersion>& versions, const Point& at) {
  const auto found =
      std::ranges::find_if(versions, [&](const auto& each) { return covers(each, at); });
  return found == versions.end() ? nullptr : &*found;
}

std::optional<Point> up_to(const Point* next) {
  return next == nullptr ? std::nullopt : std::optional(*next);
}

}  // namespace

bool Timeline::add(const sdk::InventorySnapshot& snapshot) {
  const Point at{snapshot.time, snapshot.version};
  const auto place = std::ranges::lower_bound(points_, at);
  if (place != points_.end() && *place == at) return true;
  if (forgot_ && place == points_.begin()) return false;
  const auto index = place - points_.begin();
  points_.insert(place, at);
  bytes_ += encode(at).size();
  const auto behind = static_cast<std::size_t>(index) + 1;
  const Point* next = behind < points_.size() ? &points_[behind] : nullptr;
  std::set<std::string_view> seen;
  for (const auto& asset : snapshot.assets) {
    if (!seen.insert(asset.id).second) continue;
    see(versions_[asset.id], at, next, asset);
  }
  if (!snapshot.complete) return true;
  for (auto& [id, versions] : versions_) {
    if (!seen.contains(id)) miss(versions, at, next);
  }
  std::erase_if(versions_, [](const auto& each) { return each.second.empty(); });
  return true;
}

// A version that goes on behind the snapshot that contradicts it is cut in two: the next snapshot
// has confirmed it.
void Timeline::see(Versions& versions, const Point& at, const Point* next,
                   const sdk::Asset& asset) {
  if (auto* there = covering(versions, at); there != nullptr && *there->asset != asset) {
    miss(versions, at, next);
  } else if (there != nullptr) {
    return;
  }
  // What the next snapshot has alike began earlier than was known.
  const auto same = std::ranges::find_if(versions, [&](const AssetVersion& each) {
    return next != nullptr && each.from == *next && *each.asset == asset;
  });
  if (same == versions.end())
    return insert(
        versions,
        {.from = at, .to = up_to(next), .asset = std::make_shared<const sdk::Asset>(asset)});
  bytes_ -= encode(*same).size();
  same->from = at;
  bytes_ += encode(*same).size();
}

void Timeline::miss(Versions& versions, const Point& at, const Point* next) {
  auto* there = covering(versions, at);
  if (there == nullptr) return;
  const bool goes_on = next != nullptr && covers(*there, *next);
  bytes_ -= encode(*there).size();
  const auto to = std::exchange(there->to, at);
  bytes_ += encode(*there).size();
  if (goes_on) insert(versions, {.from = *next, .to = to, .asset = there->asset});
}

void Timeline::insert(Versions& versions, AssetVersion version) {
  bytes_ += encode(version).size();
  const auto place = std::ranges::upper_bound(versions, version.from, {}, &AssetVersion::from);
  versions.insert(place, std::move(version));
}

Time Timeline::began(const AssetVersion& version) const {
  const auto& since = version.asset->since;
  if (!since || *since >= version.from.time) return version.from.time;
  const auto place = std::ranges::lower_bound(points_, version.from);
  if (place == points_.begin()) return forgot_ ? version.from.time : *since;
  const auto before = std::prev(place)->time;
  if (*since > before) return *since;
  const auto all = versions_.find(version.asset->id);
  const bool ran_before = all != versions_.end() && all->second.front().from < version.from;
  return ran_before ? version.from.time : before;
}

Result<> Timeline::trim(const TimelineLimits& limits) {
  if (points_.size() > limits.points_max) {
    points_.erase(points_.begin(), points_.end() - static_cast<std::ptrdiff_t>(limits.points_max));
    forgot_ = true;
    count();
  }
  while (bytes() > limits.bytes_max) {
    if (!forget_some()) return fail(Code::Exhausted, "its things are more than a series keeps");
  }
  return {};
}

// A quarter, so that not every snapshot pays for it.
bool Timeline::forget_some() {
  std::vector<Point> ends;
  for (const auto& [id, versions] : versions_) {
    for (const auto& version : versions) {
      if (version.to) ends.push_back(*version.to);
    }
  }
  if (ends.empty() && points_.size() < 2) return false;
  std::ranges::sort(ends);
  const auto last =
      ends.empty() ? points_[std::max<std::size_t>(points_.size() / 4, 1)] : ends[ends.size() / 4];
  for (auto& [id, versions] : versions_)
    std::erase_if(versions, [&](const auto& each) { return each.to && *each.to <= last; });
  std::erase_if(versions_, [](const auto& each) { return each.second.empty(); });
  points_.erase(points_.begin(), std::ranges::lower_bound(points_, last));
  forgot_ = true;
  count();
  return true;
}

void Timeline::forget_all() {
  if (points_.size() > 1) points_.erase(points_.begin(), points_.end() - 1);
  versions_.clear();
  forgot_ = true;
  count();
}

void Timeline::count() {
  bytes_ = 0;
  for (const auto& point : points_) bytes_ += encode(point).size();
  for (const auto& [id, versions] : versions_) {
    for (const auto& each : versions) bytes_ += encode(each).size();
  }
}

std::vector<std::string> Timeline::encode_parts() const {
  std::vector<std::string> parts;
  wire::Writer writer(kVersion);
  writer.text(1, series_).number(4, forgot_ ? 1 : 0);
  std::size_t held = 0;
  const auto put = [&](int field, const std::string& bytes) {
    if (held > 0 && held + bytes.size() > kPartBytes) {
      parts.push_back(std::exchange(writer, wire::Writer(kVersion)).finish());
      writer.text(1, series_);
      held = 0;
    }
    writer.element(field, bytes);
    held += bytes.size();
  };
  for (const auto& point : points_) put(2, encode(point));
  for (const auto& [id, versions] : versions_) {
    for (const auto& version : versions) put(3, encode(version));
  }
  parts.push_back(writer.finish());
  return parts;
}

Result<> Timeline::add_part(std::string_view bytes) {
  SX_TRY_AS(auto reader, wire::Reader::open(bytes, kVersion));
  while (reader.next()) {
    if (reader.field() == 1) series_ = reader.text();
    if (reader.field() == 4) forgot_ = reader.number() != 0;
    if (reader.field() == 2) {
      bytes_ += reader.text().size();
      SX_TRY_AS(auto point, decode_point(reader.text()));
      points_.push_back(std::move(point));
    }
    if (reader.field() == 3) {
      bytes_ += reader.text().size();
      SX_TRY_AS(auto version, decode_asset_version(reader.text()));
      auto& versions = versions_[version.asset->id];
      versions.push_back(std::move(version));
    }
  }
  return reader.finish();
}

}  // namespace sextant::services::inventory

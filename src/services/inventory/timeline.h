#pragma once
// The snapshots of one series as versions of things: a thing is as one snapshot tells it until the
// next one tells otherwise or no longer has it. Snapshots may come in any order; the versions are
// the same. Pure: no clock, no store.
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "services/inventory/asset_codec.h"

namespace sextant::services::inventory {

struct TimelineLimits {
  std::size_t points_max = 10'000;    // snapshots of one series; beyond, the earliest are forgotten
  std::size_t bytes_max = 32u << 20;  // as stored; beyond, the first versions to have ended
};

class Timeline {
 public:
  explicit Timeline(std::string series) : series_(std::move(series)) {}

  // Takes the snapshot in; one that is there already changes nothing. False, and nothing is done:
  // it is older than what the series remembers.
  bool add(const sdk::InventorySnapshot& snapshot);
  // Forgets what is beyond the limits. Exhausted: what there is now is too much by itself.
  Result<> trim(const TimelineLimits& limits);
  // The first quarter of what has ended, else of the snapshots. False: there is nothing to forget.
  bool forget_some();
  // All but that there was the last snapshot.
  void forget_all();

  const std::string& series() const { return series_; }
  // In the order of their ids, each thing's in the order of time.
  const std::map<std::string, std::vector<AssetVersion>>& versions() const { return versions_; }
  // When the version began: with its snapshot, or earlier, when the thing says so; not before the
  // snapshot before, and never when it ran already in a version of its own before that.
  Time began(const AssetVersion& version) const;
  std::size_t bytes() const { return bytes_ + series_.size(); }  // as stored

  std::vector<std::string> encode_parts() const;
  // One part of a stored timeline. Corrupt.
  Result<> add_part(std::string_view bytes);

 private:
  using Versions = std::vector<AssetVersion>;
  void see(Versions& versions, const Point& at, const Point* next, const sdk::Asset& asset);
  void miss(Versions& versions, const Point& at, const Point* next);
  void insert(Versions& versions, AssetVersion version);
  void count();

  std::string series_;
  std::vector<Point> points_;  // in order
  bool forgot_ = false;        // points before the first one
  std::map<std::string, Versions> versions_;
  std::size_t bytes_ = 0;  // of points_ and versions_
};

}  // namespace sextant::services::inventory

#pragma once
// One MaxMind DB file (maxmind.github.io/MaxMind-DB) as it was when it was opened: looked up from a
// private copy, so that nobody who writes over the file can change an answer or crash the node.
// Understands MaxMind's nested schema and the flat ones of free databases.
#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/result.h"
#include "sdk/ip_address.h"

namespace sextant::intel {

enum class GeoField {
  ContinentCode,
  CountryIsoCode,
  CountryName,
  RegionIsoCode,  // ISO 3166-2 with the country: "SE-E"
  RegionName,
  CityName,
  PostalCode,
  TimeZone,
  AsOrganization,
  Latitude,
  Longitude,
  AsNumber,
};
inline constexpr std::size_t kGeoFields = 12;
inline constexpr std::size_t kGeoTexts = 9;  // the first ones; the others are numbers

// What a database knows about a network. Where it is now (country), not where it is registered.
struct GeoRecord {
  std::array<std::string, kGeoTexts> texts;
  std::array<std::optional<double>, kGeoFields - kGeoTexts> numbers;
  const std::string& text(GeoField field) const { return texts[static_cast<std::size_t>(field)]; }
  std::optional<double> number(GeoField field) const {
    return numbers[static_cast<std::size_t>(field) - kGeoTexts];
  }
};
using GeoRecordPtr = std::shared_ptr<const GeoRecord>;

class GeoDatabase {
 public:
  // Copies and hashes the file. NotFound; Corrupt: it is no such database, or is cut short;
  // Exhausted or Unavailable: the copy cannot be made. The message names the file.
  static Result<std::unique_ptr<const GeoDatabase>> open(const std::filesystem::path& path);
  ~GeoDatabase();
  GeoDatabase(const GeoDatabase&) = delete;
  GeoDatabase& operator=(const GeoDatabase&) = delete;

  // The record of the network that holds the address; nullptr when there is none. Any thread.
  // Corrupt: the file's tree or data is damaged there.
  Result<GeoRecordPtr> find(const sdk::IpAddress& address) const;
  // Whether records have the field, going by a sample of them.
  bool has(GeoField field) const { return !paths_[static_cast<std::size_t>(field)].empty(); }
  const std::string& hash() const { return hash_; }  // SHA-256 of the file, hex
  // Whether the file at the path holds other bytes now, or is gone. Reads it only when its size,
  // time or inode changed. Any thread.
  bool changed() const;

 private:
  struct Reader;  // libmaxminddb's handle
  struct Stamp {
    std::uint64_t inode = 0;
    std::uint64_t size = 0;
    std::int64_t modified_ns = 0;
    friend bool operator==(const Stamp&, const Stamp&) = default;
  };
  using Path = const char* const*;
  struct Shard {
    std::mutex mutex;
    std::unordered_map<std::uint32_t, GeoRecordPtr> records;  // by place in the data section
  };

  explicit GeoDatabase(std::filesystem::path path);
  static std::optional<Stamp> stamp_of(const std::filesystem::path& path);
  Result<> copy_into(int copy);
  void learn_fields();
  void learn_from(std::uint32_t place);
  std::string text_at(std::uint32_t place, GeoField field) const;
  std::optional<double> number_at(std::uint32_t place, GeoField field) const;
  GeoRecord read(std::uint32_t place) const;
  Result<> damaged(int error) const;

  std::filesystem::path path_;
  std::string hash_;
  std::unique_ptr<Reader> reader_;
  std::array<std::vector<Path>, kGeoFields> paths_;
  mutable std::mutex seen_mutex_;
  mutable Stamp seen_;                 // of the last look that found the same bytes, or
  mutable bool seen_changed_ = false;  // other ones
  static constexpr std::size_t kShards = 16;
  mutable std::array<Shard, kShards> shards_;
};

}  // namespace sextant::intel

#pragma once
// Where the databases keep what: MaxMind's nested names first, then the flat names of the free ones
// (DB-IP, IPtoASN, IPinfo and those that follow them).
#include <charconv>
#include <optional>
#include <string_view>

#include "intel/enrichers/geo_database.h"

namespace sextant::intel {

// Names from the record's root, ended by nullptr, as libmaxminddb takes them.
template <std::size_t N>
using GeoNames = std::array<const char*, N>;

inline constexpr GeoNames<3> kContinentDotCode{"continent", "code", nullptr};
inline constexpr GeoNames<2> kContinentCode{"continent_code", nullptr};
inline constexpr GeoNames<3> kCountryDotIsoCode{"country", "iso_code", nullptr};
inline constexpr GeoNames<2> kCountryCode{"country_code", nullptr};
inline constexpr GeoNames<2> kCountry{"country", nullptr};
inline constexpr GeoNames<4> kCountryDotName{"country", "names", "en", nullptr};
inline constexpr GeoNames<2> kCountryName{"country_name", nullptr};
inline constexpr GeoNames<4> kRegionDotIsoCode{"subdivisions", "0", "iso_code", nullptr};
inline constexpr GeoNames<5> kRegionDotName{"subdivisions", "0", "names", "en", nullptr};
inline constexpr GeoNames<2> kState1{"state1", nullptr};
inline constexpr GeoNames<2> kRegion{"region", nullptr};
inline constexpr GeoNames<2> kRegionName{"region_name", nullptr};
inline constexpr GeoNames<4> kCityDotName{"city", "names", "en", nullptr};
inline constexpr GeoNames<2> kCity{"city", nullptr};
inline constexpr GeoNames<2> kCityName{"city_name", nullptr};
inline constexpr GeoNames<3> kPostalDotCode{"postal", "code", nullptr};
inline constexpr GeoNames<2> kPostcode{"postcode", nullptr};
inline constexpr GeoNames<2> kPostalCode{"postal_code", nullptr};
inline constexpr GeoNames<3> kLocationDotTimeZone{"location", "time_zone", nullptr};
inline constexpr GeoNames<2> kTimezone{"timezone", nullptr};
inline constexpr GeoNames<2> kAsOrganization{"autonomous_system_organization", nullptr};
inline constexpr GeoNames<2> kAsName{"as_name", nullptr};
inline constexpr GeoNames<3> kLocationDotLatitude{"location", "latitude", nullptr};
inline constexpr GeoNames<2> kLatitude{"latitude", nullptr};
inline constexpr GeoNames<3> kLocationDotLongitude{"location", "longitude", nullptr};
inline constexpr GeoNames<2> kLongitude{"longitude", nullptr};
inline constexpr GeoNames<2> kAsNumber{"autonomous_system_number", nullptr};
inline constexpr GeoNames<2> kAsn{"asn", nullptr};

struct GeoPath {
  GeoField field;
  const char* const* path;
};

inline constexpr GeoPath kGeoPaths[] = {
    {GeoField::ContinentCode, kContinentDotCode.data()},
    {GeoField::ContinentCode, kContinentCode.data()},
    {GeoField::CountryIsoCode, kCountryDotIsoCode.data()},
    {GeoField::CountryIsoCode, kCountryCode.data()},
    {GeoField::CountryIsoCode, kCountry.data()},
    {GeoField::CountryName, kCountryDotName.data()},
    {GeoField::CountryName, kCountryName.data()},
    {GeoField::RegionIsoCode, kRegionDotIsoCode.data()},
    {GeoField::RegionName, kRegionDotName.data()},
    {GeoField::RegionName, kState1.data()},
    {GeoField::RegionName, kRegion.data()},
    {GeoField::RegionName, kRegionName.data()},
    {GeoField::CityName, kCityDotName.data()},
    {GeoField::CityName, kCity.data()},
    {GeoField::CityName, kCityName.data()},
    {GeoField::PostalCode, kPostalDotCode.data()},
    {GeoField::PostalCode, kPostcode.data()},
    {GeoField::PostalCode, kPostalCode.data()},
    {GeoField::TimeZone, kLocationDotTimeZone.data()},
    {GeoField::TimeZone, kTimezone.data()},
    {GeoField::AsOrganization, kAsOrganization.data()},
    {GeoField::AsOrganization, kAsName.data()},
    {GeoField::Latitude, kLocationDotLatitude.data()},
    {GeoField::Latitude, kLatitude.data()},
    {GeoField::Longitude, kLocationDotLongitude.data()},
    {GeoField::Longitude, kLongitude.data()},
    {GeoField::AsNumber, kAsNumber.data()},
    {GeoField::AsNumber, kAsn.data()},
};

// Numbers that a database keeps as text: "52.52", "AS64496".
inline std::optional<double> parse_geo_number(std::string_view text) {
  if (text.starts_with("AS")) text.remove_prefix(2);
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace sextant::intel

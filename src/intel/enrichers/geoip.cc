#include "intel/enrichers/geoip.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include <algorithm>

#include "core/encoding.h"
#include "core/hash.h"
#include "core/strings.h"
#include "intel/enrichers/added_columns.h"
#include "intel/enrichers/geo_database.h"
#include "sdk/column_builders.h"

namespace sextant::intel {
namespace {

constexpr const char* kAddressColumn = "source.ip";
constexpr const char* kColumns[kGeoFields] = {
    "source.geo.continent_code",  "source.geo.country_iso_code", "source.geo.country_name",
    "source.geo.region_iso_code", "source.geo.region_name",      "source.geo.city_name",
    "source.geo.postal_code",     "source.geo.timezone",         "source.as.organization.name",
    "source.geo.location.lat",    "source.geo.location.lon",     "source.as.number"};

using Databases = std::vector<std::unique_ptr<const GeoDatabase>>;

// The records of one address, one a database; nullptr where it has none.
using Found = std::vector<GeoRecordPtr>;

bool is_text(std::size_t field) { return field < kGeoTexts; }

std::string_view text_of(const Found& found, GeoField field) {
  for (const auto& record : found) {
    if (record && !record->text(field).empty()) return record->text(field);
  }
  return {};
}

std::optional<double> number_of(const Found& found, GeoField field) {
  for (const auto& record : found) {
    if (record && record->number(field)) return record->number(field);
  }
  return std::nullopt;
}

std::shared_ptr<arrow::DataType> type_of(std::size_t field) {
  if (is_text(field)) return arrow::dictionary(arrow::int32(), arrow::utf8());
  return static_cast<GeoField>(field) == GeoField::AsNumber ? arrow::int64() : arrow::float64();
}

std::shared_ptr<arrow::Field> column_of(std::size_t field) {
  return arrow::field(kColumns[field], type_of(field));
}

// The databases of one revision and the columns that they fill; shared by its stages.
class Geoip {
 public:
  explicit Geoip(Databases all) : databases(std::move(all)) {
    for (std::size_t field = 0; field < kGeoFields; ++field) {
      const auto has = [&](const auto& each) { return each->has(static_cast<GeoField>(field)); };
      if (std::ranges::any_of(databases, has)) served.push_back(field);
    }
  }

  const Databases databases;
  std::vector<std::size_t> served;
  WiderSchema schema;
};

class GeoipStage final : public sdk::Stage {
 public:
  explicit GeoipStage(const Geoip& geoip) : geoip_(geoip), databases_(geoip.databases) {}

  Result<> rows(sdk::Rows rows, const sdk::Emit& emit) override {
    const auto addresses = find_texts(rows.batch, kAddressColumn);
    if (addresses == nullptr) return emit(std::move(rows));  // malformed lines have no address
    SX_TRY_AS(const auto found, find_all(*addresses));
    const auto distinct = rows_to_distinct(*addresses);
    AddedColumns added;
    for (const auto field : geoip_.served) {
      added.add(kColumns[field],
                is_text(field) ? text_column(found, distinct, static_cast<GeoField>(field))
                               : number_column(found, distinct, static_cast<GeoField>(field)));
    }
    rows.batch = geoip_.schema.with(rows.batch, added);
    return emit(std::move(rows));
  }

 private:
  Result<std::vector<Found>> find_all(const arrow::DictionaryArray& addresses) const {
    const auto& texts = static_cast<const arrow::StringArray&>(*addresses.dictionary());
    std::vector<Found> all(static_cast<std::size_t>(texts.length()), Found(databases_.size()));
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto address = sdk::IpAddress::parse(texts.GetView(static_cast<std::int64_t>(i)));
      if (!address || !address->is_public()) continue;
      for (std::size_t each = 0; each < databases_.size(); ++each) {
        SX_TRY_AS(all[i][each], databases_[each]->find(*address));
      }
    }
    return all;
  }

  static ArrayPtr text_column(const std::vector<Found>& found,
                              const std::vector<std::int32_t>& rows, GeoField field) {
    Dictionary texts;
    std::vector<std::int32_t> codes(found.size(), sdk::NumberColumn<std::int32_t>::kNull);
    for (std::size_t i = 0; i < found.size(); ++i) {
      if (const auto text = text_of(found[i], field); !text.empty()) codes[i] = texts.add(text);
    }
    auto cells = spread(rows, codes);
    return sdk::make_dictionary_array(cells, rows.size(), texts.finish());
  }

  static ArrayPtr number_column(const std::vector<Found>& found,
                                const std::vector<std::int32_t>& rows, GeoField field) {
    std::vector<double> numbers(found.size(), sdk::NumberColumn<double>::kNull);
    for (std::size_t i = 0; i < found.size(); ++i) {
      numbers[i] = number_of(found[i], field).value_or(sdk::NumberColumn<double>::kNull);
    }
    if (field != GeoField::AsNumber)
      return spread(rows, numbers).finish(rows.size(), arrow::float64());
    constexpr auto kNull = sdk::NumberColumn<std::int64_t>::kNull;
    std::vector<std::int64_t> whole(numbers.size(), kNull);
    for (std::size_t i = 0; i < whole.size(); ++i) {
      if (numbers[i] >= 0) whole[i] = static_cast<std::int64_t>(numbers[i]);
    }
    return spread(rows, whole).finish(rows.size(), arrow::int64());
  }

  const Geoip& geoip_;
  const Databases& databases_;
};

class GeoipPrepared final : public sdk::Prepared {
 public:
  explicit GeoipPrepared(Databases databases) : geoip_(std::move(databases)) {}
  std::unique_ptr<sdk::Stage> start(const sdk::Source&) const override {
    return std::make_unique<GeoipStage>(geoip_);
  }
  std::string data_hash() const override {
    std::string all;
    for (const auto& database : geoip_.databases) all += database->hash() + '\n';
    return sha256_hex(all);
  }
  bool stale() const override {
    return std::ranges::any_of(geoip_.databases, [](const auto& each) { return each->changed(); });
  }

 private:
  Geoip geoip_;
};

// Names of files inside the data folder, never paths.
bool is_file_name(std::string_view name) {
  return !name.empty() && name != "." && name != ".." &&
         name.find_first_of(std::string_view("/\\\0", 3)) == std::string_view::npos;
}

Result<std::shared_ptr<const sdk::Prepared>> prepare(const sdk::Configuration& configuration) {
  const auto found = configuration.variables.find("GEOIP_DATABASES");
  if (found == configuration.variables.end() || trim(found->second).empty()) {
    return fail(Code::Invalid,
                "GEOIP_DATABASES is not set: name the MaxMind DB files in the node's data folder, "
                "separated by commas");
  }
  const auto names = split(found->second, ',');
  for (const auto name : names) {
    if (is_file_name(trim(name))) continue;
    return fail(Code::Invalid, "GEOIP_DATABASES names '" + std::string(trim(name)) +
                                   "': write file names without folders, separated by commas");
  }
  Databases databases;
  for (const auto name : names) {
    const auto path = std::filesystem::path(configuration.data_folder) / trim(name);
    SX_TRY_AS(auto database, GeoDatabase::open(path));
    databases.push_back(std::move(database));
  }
  return std::make_shared<GeoipPrepared>(std::move(databases));
}

}  // namespace

std::vector<std::shared_ptr<arrow::Field>> geoip_columns() {
  std::vector<std::shared_ptr<arrow::Field>> all;
  for (std::size_t field = 0; field < kGeoFields; ++field) all.push_back(column_of(field));
  return all;
}

const sdk::Function kGeoipEnricher{
    .id = "enrichers.geoip",
    .title = "GeoIP",
    .summary = "Adds country, place and network owner of source.ip from MaxMind DB files.",
    .status = sdk::Status::Stable,
    .input = sdk::Trust::Untrusted,
    .takes = sdk::Takes::Rows,
    .config = {{.name = "GEOIP_DATABASES",
                .help = "files in the node's data folder, separated by commas; where several know "
                        "a field, the first one's word counts",
                .otherwise = ""}},
    .prepare = prepare};

}  // namespace sextant::intel

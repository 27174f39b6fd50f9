#include "intel/enrichers/geoip.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <gtest/gtest.h>

#include <fstream>

#include "core/file.h"
#include "core/nest.h"
#include "intel/enrichers/geo_database.h"
#include "sdk/batch_text.h"
#include "sdk/column_builders.h"
#include "tests/support/mmdb_writer.h"
#include "tests/support/temporary_folder.h"

namespace sextant::intel {
namespace {

using test::MmdbValue;
using test::MmdbWriter;

MmdbValue names(std::string_view text) {
  return MmdbValue::map({{"names", MmdbValue::map({{"en", MmdbValue::text(text)}})}});
}

// As MaxMind's city databases are made; registered in another country than it lies in.
MmdbValue nested_city() {
  return MmdbValue::map(
      {{"city", names("Linköping")},
       {"continent", MmdbValue::map({{"code", MmdbValue::text("EU")}})},
       {"country",
        MmdbValue::map({{"iso_code", MmdbValue::text("SE")},
                        {"names", MmdbValue::map({{"en", MmdbValue::text("Sweden")}})}})},
       {"location", MmdbValue::map({{"latitude", MmdbValue::number(58.4167)},
                                    {"longitude", MmdbValue::number(15.6167)},
                                    {"time_zone", MmdbValue::text("Europe/Stockholm")}})},
       {"registered_country", MmdbValue::map({{"iso_code", MmdbValue::text("DE")}})},
       {"subdivisions",
        MmdbValue::array({MmdbValue::map(
            {{"iso_code", MmdbValue::text("E")},
             {"names", MmdbValue::map({{"en", MmdbValue::text("Östergötland County")}})}})})}});
}

MmdbValue flat_country(std::string_view code) {
  return MmdbValue::map({{"country_code", MmdbValue::text(code)}});
}

MmdbValue flat_city() {
  return MmdbValue::map({{"city", MmdbValue::text("Leipzig")},
                         {"country_code", MmdbValue::text("DE")},
                         {"latitude", MmdbValue::number(51.34)},
                         {"longitude", MmdbValue::number(12.37)},
                         {"postcode", MmdbValue::text("04109")},
                         {"state1", MmdbValue::text("Saxony")},
                         {"timezone", MmdbValue::text("Europe/Berlin")}});
}

MmdbValue asn(std::uint32_t number, std::string_view organization) {
  return MmdbValue::map({{"autonomous_system_number", MmdbValue::uint32(number)},
                         {"autonomous_system_organization", MmdbValue::text(organization)}});
}

struct Tree {
  unsigned record_bits = 24;
  unsigned ip_version = 6;
};

class GeoDatabases : public testing::TestWithParam<Tree> {
 protected:
  // The country at the address, "" where the database knows none.
  std::string country(const GeoDatabase& database, std::string_view address) {
    const auto found = database.find(*sdk::IpAddress::parse(address));
    EXPECT_TRUE(found) << (found ? "" : found.error().message);
    return found && *found ? (*found)->text(GeoField::CountryIsoCode) : "";
  }
  test::TemporaryFolder folder_;
};

TEST_P(GeoDatabases, FindsTheFirstAndTheLastAddressOfANetworkAndNoneBeside) {
  MmdbWriter writer(GetParam().record_bits, GetParam().ip_version);
  writer.add("1.2.3.0/24", flat_country("AU"));
  writer.add("8.8.8.8/32", flat_country("US"));
  writer.add("128.0.0.0/1", flat_country("ZZ"));
  if (GetParam().ip_version == 6) writer.add("2a02:10::/29", flat_country("SE"));
  ASSERT_TRUE(write_file_atomic(folder_ / "a.mmdb", writer.finish()));
  const auto database = GeoDatabase::open(folder_ / "a.mmdb");
  ASSERT_TRUE(database) << database.error().message;
  const std::pair<std::string_view, std::string_view> expected[] = {
      {"1.2.2.255", ""},      {"1.2.3.0", "AU"},         {"1.2.3.255", "AU"},
      {"1.2.4.0", ""},        {"8.8.8.7", ""},           {"8.8.8.8", "US"},
      {"8.8.8.9", ""},        {"127.255.255.255", ""},   {"128.0.0.0", "ZZ"},
      {"223.0.0.1", "ZZ"},    {"255.255.255.255", "ZZ"}, {"::ffff:1.2.3.4", "AU"},
      {"::ffff:8.8.8.9", ""},
  };
  for (const auto& [address, code] : expected) EXPECT_EQ(country(**database, address), code);
  const std::string_view code = GetParam().ip_version == 6 ? "SE" : "";
  EXPECT_EQ(country(**database, "2a02:f:ffff:ffff:ffff:ffff:ffff:ffff"), "");
  EXPECT_EQ(country(**database, "2a02:10::"), code);
  EXPECT_EQ(country(**database, "2a02:17:ffff:ffff:ffff:ffff:ffff:ffff"), code);
  EXPECT_EQ(country(**database, "2a02:18::"), "");
}

INSTANTIATE_TEST_SUITE_P(Trees, GeoDatabases,
                         testing::Values(Tree{24, 4}, Tree{28, 4}, Tree{32, 4}, Tree{24, 6},
                                         Tree{28, 6}, Tree{32, 6}),
                         [](const auto& each) {
                           return "Bits" + std::to_string(each.param.record_bits) + "Version" +
                                  std::to_string(each.param.ip_version);
                         });

// "~" where there is nothing.
std::string cell(const BatchPtr& batch, const std::string& name, std::int64_t row) {
  return sdk::cell_text(batch, name, row).value_or("~");
}

class Geoip : public testing::Test {
 protected:
  void put(const std::string& name, const MmdbWriter& writer) { put(name, writer.finish()); }
  void put(const std::string& name, std::string_view bytes) {
    const auto made = folder_ / (name + ".new");
    std::ofstream(made, std::ios::binary) << bytes;
    std::filesystem::rename(made, folder_ / name);
  }
  Result<std::shared_ptr<const sdk::Prepared>> prepare(const std::string& names) {
    return kGeoipEnricher.prepare(
        {.variables = {{"GEOIP_DATABASES", names}}, .data_folder = folder_.path().string()});
  }
  static BatchPtr addresses(const std::vector<std::string>& texts) {
    sdk::DictionaryColumn column;
    for (std::size_t row = 0; row < texts.size(); ++row) column.set(row, texts[row]);
    auto array = column.finish(texts.size());
    auto schema = arrow::schema({arrow::field("source.ip", array->type())});
    return arrow::RecordBatch::Make(schema, array->length(), {array});
  }
  static sdk::Rows through(sdk::Stage& stage, sdk::Rows rows) {
    sdk::Rows out;
    const auto emitted = stage.rows(std::move(rows), [&out](sdk::Rows given) -> Result<> {
      out = std::move(given);
      return {};
    });
    EXPECT_TRUE(emitted) << (emitted ? "" : emitted.error().message);
    return out;
  }
  BatchPtr enrich(const std::string& names, const std::vector<std::string>& texts) {
    const auto prepared = prepare(names);
    EXPECT_TRUE(prepared) << (prepared ? "" : prepared.error().message);
    const auto stage = (*prepared)->start({});
    return through(*stage, {"alb", addresses(texts)}).batch;
  }
  test::TemporaryFolder folder_;
};

TEST_F(Geoip, NestedAndFlatSchemasGiveTheSameColumns) {
  MmdbWriter nested(28, 6);
  nested.add("89.160.20.112/28", nested_city());
  put("nested.mmdb", nested);
  MmdbWriter flat(24, 4);
  flat.add("2.125.160.216/29", flat_city());
  put("flat.mmdb", flat);
  const auto batch = enrich("nested.mmdb,flat.mmdb", {"89.160.20.113", "2.125.160.216"});
  ASSERT_TRUE(batch->ValidateFull().ok());
  const std::pair<std::string, std::pair<std::string, std::string>> expected[] = {
      {"source.geo.continent_code", {"EU", "~"}},
      {"source.geo.country_iso_code", {"SE", "DE"}},
      {"source.geo.country_name", {"Sweden", "~"}},
      {"source.geo.region_iso_code", {"SE-E", "~"}},
      {"source.geo.region_name", {"Östergötland County", "Saxony"}},
      {"source.geo.city_name", {"Linköping", "Leipzig"}},
      {"source.geo.postal_code", {"~", "04109"}},
      {"source.geo.timezone", {"Europe/Stockholm", "Europe/Berlin"}},
      {"source.geo.location.lat", {"58.4167", "51.34"}},
      {"source.geo.location.lon", {"15.6167", "12.37"}},
  };
  for (const auto& [column, values] : expected) {
    EXPECT_EQ(cell(batch, column, 0), values.first) << column;
    EXPECT_EQ(cell(batch, column, 1), values.second) << column;
  }
  EXPECT_EQ(batch->GetColumnByName("source.as.number"), nullptr) << "no database knows it";
}

TEST_F(Geoip, SeveralFilesFillEachOthersGapsAndTheFirstOneWins) {
  MmdbWriter first(24, 6);
  first.add("1.0.0.0/24", flat_country("AU"));
  put("first.mmdb", first);
  MmdbWriter second(24, 6);
  second.add("1.0.0.0/16", flat_country("CN"));
  put("second.mmdb", second);
  MmdbWriter owners(24, 6);
  owners.add("1.0.0.0/8", asn(13335, "Cloudflare"));
  put("owners.mmdb", owners);
  const auto batch =
      enrich("first.mmdb, second.mmdb ,owners.mmdb", {"1.0.0.1", "1.0.1.1", "1.1.0.1", ""});
  EXPECT_EQ(cell(batch, "source.geo.country_iso_code", 0), "AU");
  EXPECT_EQ(cell(batch, "source.geo.country_iso_code", 1), "CN");
  EXPECT_EQ(cell(batch, "source.geo.country_iso_code", 2), "~");
  EXPECT_EQ(cell(batch, "source.as.number", 2), "13335");
  EXPECT_EQ(cell(batch, "source.as.organization.name", 2), "Cloudflare");
  EXPECT_EQ(cell(batch, "source.geo.country_iso_code", 3), "~") << "the row without address";
}

TEST_F(Geoip, AddressesThatAreNobodysAreNowhere) {
  MmdbWriter everything(24, 6);
  everything.add("0.0.0.0/1", flat_country("XX"));
  everything.add("128.0.0.0/1", flat_country("XX"));
  everything.add("8000::/1", flat_country("XX"));
  everything.add("2000::/3", flat_country("XX"));
  put("all.mmdb", everything);
  const std::vector<std::string> nobodys = {
      "10.1.2.3",    "172.16.0.1", "172.31.255.255",  "192.168.0.1", "100.64.0.1", "127.0.0.1",
      "169.254.1.1", "192.0.2.7",  "198.51.100.7",    "203.0.113.7", "198.18.0.1", "224.0.0.1",
      "0.0.0.0",     "240.0.0.1",  "255.255.255.255", "::1",         "fe80::1",    "fc00::1",
      "2001:db8::1", "ff02::1",    "::ffff:10.0.0.1", "2001::1"};
  const auto batch = enrich("all.mmdb", nobodys);
  for (std::size_t row = 0; row < nobodys.size(); ++row) {
    EXPECT_EQ(cell(batch, "source.geo.country_iso_code", static_cast<std::int64_t>(row)), "~")
        << nobodys[row];
  }
  const std::vector<std::string> hosts = {"9.255.255.255", "11.0.0.0",      "172.15.255.255",
                                          "172.32.0.0",    "100.128.0.0",   "223.255.255.255",
                                          "2600::1",       "::ffff:8.8.8.8"};
  const auto found = enrich("all.mmdb", hosts);
  for (std::size_t row = 0; row < hosts.size(); ++row) {
    EXPECT_EQ(cell(found, "source.geo.country_iso_code", static_cast<std::int64_t>(row)), "XX")
        << hosts[row];
  }
}

TEST_F(Geoip, RowsWithoutAddressesPassAsTheyAre) {
  MmdbWriter writer(24, 4);
  writer.add("1.0.0.0/24", flat_country("AU"));
  put("a.mmdb", writer);
  const auto stage = (*prepare("a.mmdb"))->start({});
  sdk::DictionaryColumn reasons;
  reasons.set(0, "no log");
  auto array = reasons.finish(1);
  const auto batch =
      arrow::RecordBatch::Make(arrow::schema({arrow::field("reason", array->type())}), 1, {array});
  const auto out = through(*stage, {"malformed", batch});
  EXPECT_EQ(out.table, "malformed");
  EXPECT_EQ(out.batch, batch);
}

TEST_F(Geoip, WhatTheLogItselfSaidStays) {
  MmdbWriter writer(24, 4);
  writer.add("1.0.0.0/24", nested_city());
  put("a.mmdb", writer);
  const auto columns = addresses({"1.0.0.1"});
  sdk::DictionaryColumn own;
  own.set(0, "its own");
  const auto mapped = own.finish(1);
  const auto batch =
      columns->AddColumn(1, arrow::field("source.geo.country_iso_code", mapped->type()), mapped);
  ASSERT_TRUE(batch.ok());
  const auto prepared = *prepare("a.mmdb");
  const auto stage = prepared->start({});
  const auto out = through(*stage, {"alb", *batch}).batch;
  EXPECT_TRUE(nest(out));
  EXPECT_EQ(cell(out, "source.geo.country_iso_code", 0), "its own");
  EXPECT_EQ(cell(out, "source.geo.continent_code", 0), "EU");
}

TEST_F(Geoip, AReplacedFileIsAnotherRevisionAndTheLoadedOneGoesOn) {
  MmdbWriter before(24, 4);
  before.add("1.0.0.0/24", flat_country("AU"));
  put("a.mmdb", before);
  const auto prepared = *prepare("a.mmdb");
  EXPECT_FALSE(prepared->stale());
  put("a.mmdb", before);  // another file with the same bytes
  EXPECT_FALSE(prepared->stale());
  MmdbWriter after(24, 4);
  after.add("1.0.0.0/24", flat_country("NZ"));
  put("a.mmdb", after);
  EXPECT_TRUE(prepared->stale());
  EXPECT_TRUE(prepared->stale()) << "it stays so";
  const auto next = *prepare("a.mmdb");
  EXPECT_NE(next->data_hash(), prepared->data_hash());
  std::filesystem::resize_file(folder_ / "a.mmdb", 10);  // in place: would end a mapping of it
  const auto old_stage = prepared->start({});
  const auto old_rows = through(*old_stage, {"alb", addresses({"1.0.0.1"})});
  EXPECT_EQ(cell(old_rows.batch, "source.geo.country_iso_code", 0), "AU");
  std::filesystem::remove(folder_ / "a.mmdb");
  EXPECT_TRUE(next->stale());
}

TEST_F(Geoip, AFileThatCannotBeUsedIsNamed) {
  MmdbWriter writer(24, 4);
  writer.add("1.0.0.0/24", flat_country("AU"));
  const auto whole = writer.finish();
  put("cut.mmdb", std::string_view(whole).substr(0, whole.size() - 30));
  put("half.mmdb", std::string_view(whole).substr(0, whole.size() / 2));
  put("empty.mmdb", "");
  put("text.mmdb", "this is no database");
  const std::pair<std::string, Code> cases[] = {{"cut.mmdb", Code::Corrupt},
                                                {"half.mmdb", Code::Corrupt},
                                                {"empty.mmdb", Code::Corrupt},
                                                {"text.mmdb", Code::Corrupt},
                                                {"missing.mmdb", Code::NotFound}};
  for (const auto& [name, code] : cases) {
    const auto prepared = prepare(name);
    ASSERT_FALSE(prepared) << name;
    EXPECT_EQ(prepared.error().code, code) << prepared.error().message;
    EXPECT_TRUE(prepared.error().message.contains(name)) << prepared.error().message;
  }
}

TEST_F(Geoip, EveryCutOfAFileIsRefusedOrRead) {
  MmdbWriter writer(28, 6);
  writer.add("89.160.20.112/28", nested_city());
  writer.add("1.0.0.0/24", asn(64496, "Example"));
  const auto whole = writer.finish();
  for (std::size_t bytes = 0; bytes < whole.size(); bytes += 7) {
    put("cut.mmdb", std::string_view(whole).substr(0, bytes));
    EXPECT_FALSE(prepare("cut.mmdb")) << bytes;
  }
}

TEST_F(Geoip, DamagedBytesNeverCrash) {
  MmdbWriter writer(24, 6);
  writer.add("89.160.20.112/28", nested_city());
  const auto whole = writer.finish();
  for (std::size_t at = 0; at < whole.size(); at += 3) {
    auto bytes = whole;
    bytes[at] = static_cast<char>(~bytes[at]);
    put("a.mmdb", bytes);
    const auto prepared = prepare("a.mmdb");
    if (!prepared) continue;
    const auto stage = (*prepared)->start({});
    const auto ignore = [](const sdk::Rows&) -> Result<> { return {}; };
    const auto result = stage->rows({"alb", addresses({"89.160.20.113"})}, ignore);
    if (result) continue;
    EXPECT_EQ(result.error().code, Code::Corrupt);
  }
}

TEST_F(Geoip, OnlyFileNamesAreTaken) {
  for (const std::string names :
       {"", " ", "../a.mmdb", "/etc/passwd", "a/b.mmdb", "..", "a.mmdb,", "x\\y.mmdb"}) {
    const auto prepared = prepare(names);
    ASSERT_FALSE(prepared) << names;
    EXPECT_EQ(prepared.error().code, Code::Invalid) << names;
  }
}

}  // namespace
}  // namespace sextant::intel

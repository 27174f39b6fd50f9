#include "adapters/opensearch/index_template.h"

#include <arrow/type.h>
#include <arrow/util/key_value_metadata.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "core/json.h"

namespace sextant::adapters {
namespace {

SchemaPtr columns() {
  return arrow::schema(
      {arrow::field("ts", arrow::timestamp(arrow::TimeUnit::MICRO, "UTC")),
       arrow::field("source.ip", arrow::dictionary(arrow::int32(), arrow::utf8())),
       arrow::field("source.port", arrow::int32()),
       arrow::field("source.geo.location.lat", arrow::float64()),
       arrow::field("source.geo.location.lon", arrow::float64()),
       arrow::field("event.duration", arrow::int64()), arrow::field("raw", arrow::binary()),
       arrow::field("url.path", arrow::utf8()), arrow::field("tags", arrow::list(arrow::utf8())),
       arrow::field("tls.ok", arrow::boolean())},
      arrow::key_value_metadata({"alias:event.end", "other"}, {"ts", "x"}));
}

json::Object made(std::vector<SchemaPtr> schemas) {
  const auto text = index_template("logs", schemas);
  EXPECT_TRUE(text) << text.error().message;
  return json::parse(text.value_or("{}"))->as_object();
}

// The type of a field, "source.ip".
std::string type_in(const json::Object& body, std::string_view pointer) {
  json::Value properties = body.at("template").at("mappings").at("properties");
  std::string path;
  for (std::size_t at = 0; at <= pointer.size();) {
    const auto end = std::min(pointer.find('.', at), pointer.size());
    path += (path.empty() ? "/" : "/properties/") + std::string(pointer.substr(at, end - at));
    at = end + 1;
  }
  boost::json::error_code missing;
  const auto* found = properties.find_pointer(path + "/type", missing);
  return found == nullptr ? "(none)" : std::string(found->as_string());
}

TEST(IndexTemplate, TypesComeFromTheColumns) {
  const auto body = made({columns()});
  EXPECT_EQ(json::to_text(body.at("index_patterns")), R"(["logs-*"])");
  const std::pair<const char*, const char*> wanted[] = {
      {"@timestamp", "date"},  {"source.ip", "ip"},        {"source.port", "long"},
      {"raw", "binary"},       {"event.duration", "long"}, {"source.geo.location", "geo_point"},
      {"url.path", "keyword"}, {"event.end", "date"},      {"tags", "keyword"},
      {"tls.ok", "boolean"},   {"ts", "(none)"},           {"other", "(none)"}};
  for (const auto& [field, type] : wanted) EXPECT_EQ(type_in(body, field), type) << field;
  EXPECT_EQ(body.at("template").at("mappings").at("date_detection"), json::Value(false));
}

TEST(IndexTemplate, KindsThatDoNotAgreeGetATypeThatHoldsBoth) {
  const auto number =
      arrow::schema({arrow::field("a", arrow::int64()), arrow::field("b", arrow::int64()),
                     arrow::field("c", arrow::float64())});
  const auto other =
      arrow::schema({arrow::field("a", arrow::float64()), arrow::field("b", arrow::utf8()),
                     arrow::field("c", arrow::int64())});
  const auto body = made({number, other});
  EXPECT_EQ(type_in(body, "a"), "double");
  EXPECT_EQ(type_in(body, "b"), "keyword");
  EXPECT_EQ(type_in(body, "c"), "double");
}

TEST(IndexTemplate, AFieldThatIsAnObjectElsewhereIsInvalid) {
  for (const char* other : {"user.name", "user.name.first"}) {
    const std::vector<SchemaPtr> schemas{arrow::schema({arrow::field("user", arrow::utf8())}),
                                         arrow::schema({arrow::field(other, arrow::utf8())})};
    EXPECT_EQ(index_template("logs", schemas).error().code, Code::Invalid) << other;
  }
}

}  // namespace
}  // namespace sextant::adapters

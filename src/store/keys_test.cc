#include "store/keys.h"

#include <gtest/gtest.h>

#include <set>

namespace sextant::store::keys {
namespace {

const Scope kScope{AccountId("000000000000"), Region("us-east-1")};
const std::string kIn = "/000000000000/us-east-1/";

// Stored keys: what one release wrote the next one must find.
TEST(Keys, AreGolden) {
  const FunctionName function("f");
  const Time when{Duration(0x0102030405060708)};
  const std::pair<std::string, std::string> golden[] = {
      {delivery(kScope, DeliveryId("d")), "delivery" + kIn + "d"},
      {due(kScope, function, when, DeliveryId("d")),
       "due" + kIn + "f/" + "\x01\x02\x03\x04\x05\x06\x07\x08" + "d"},
      {inline_body("b"), "body/b"},
      {body_reference("b", "o/logs/k"), "bodyref/b/o/logs/k"},
      {bucket(kScope, BucketName("logs")), "s3bucket" + kIn + "logs"},
      {object(kScope, BucketName("logs"), "a/b"), "s3object" + kIn + "logs/a/b"},
      {upload(kScope, BucketName("logs"), "u"), "s3upload" + kIn + "logs/u"},
      {part(kScope, "u", 258), "s3part" + kIn + "u/" + std::string("\0\0\0\0\0\0\1\2", 8)},
      {lake_file(kScope, TableName("alb"), "p"), "lakefile" + kIn + "alb/p"},
      {lake_schema(kScope, TableName("alb"), "s"), "lakeschema" + kIn + "alb/s"},
      {lake_removed(kScope, TableName("alb"), "p"), "lakeremoved" + kIn + "alb/p"},
      {app(kScope, "ti"), "app" + kIn + "ti"},
      {function_revision(kScope, function, "r"), "functionrevision" + kIn + "f/r"},
      {access_key("AKIA"), "accesskey/AKIA"},
      {user(kScope, "ann"), "user" + kIn + "ann"},
      {intake_source(kScope, "web"), "intakesource" + kIn + "web"},
      {intake_batch(kScope, "web", "b1"), "intakebatch" + kIn + "web/b1"},
      {data_scope(), "datascope/0"},
      {node_secret("data"), "nodesecret/data"},
      {audit_stream(kScope), "audit" + kIn + "0"},
      {lake_stream(kScope, TableName("alb")), "lake" + kIn + "alb"},
      {config_stream(kScope), "config" + kIn + "0"},
  };
  std::set<std::string> all;
  for (const auto& [made, expected] : golden) {
    EXPECT_EQ(made, expected);
    EXPECT_TRUE(all.insert(made).second) << made;
  }
}

TEST(Keys, BeginWithTheirPrefix) {
  const FunctionName function("f");
  const DeliveryId id("d");
  EXPECT_TRUE(delivery(kScope, id).starts_with(deliveries(kScope)));
  EXPECT_TRUE(due(kScope, function, Time{}, id).starts_with(due_of(kScope, function)));
  EXPECT_TRUE(due_of(kScope, function).starts_with(due_all(kScope)));
  EXPECT_TRUE(body_reference("b", "x").starts_with(body_references("b")));
  EXPECT_TRUE(bucket(kScope, BucketName("b")).starts_with(buckets(kScope)));
  EXPECT_TRUE(object(kScope, BucketName("b"), "k").starts_with(objects(kScope, BucketName("b"))));
  EXPECT_TRUE(upload(kScope, BucketName("b"), "u").starts_with(uploads(kScope, BucketName("b"))));
  EXPECT_TRUE(part(kScope, "u", 1).starts_with(parts(kScope, "u")));
  EXPECT_TRUE(app(kScope, "a").starts_with(apps(kScope)));
  EXPECT_TRUE(access_key("a").starts_with(access_keys()));
}

TEST(Keys, AreTakenApartAsTheyWereMade) {
  const Time when{Duration(0x0102030405060708)};
  const auto key = due(kScope, FunctionName("f"), when, DeliveryId("a/b"));
  const auto parsed = parse_due(kScope, key);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->function.text(), "f");
  EXPECT_EQ(parsed->when, when);
  EXPECT_EQ(parsed->id.text(), "a/b");
  EXPECT_FALSE(parse_due(kScope, key.substr(0, key.size() - 3)));  // without an id
  EXPECT_FALSE(parse_due(kScope, due_of(kScope, FunctionName("f"))));
  EXPECT_FALSE(parse_due(kScope, due_all(kScope)));
  EXPECT_FALSE(parse_due({AccountId("111111111111"), Region("us-east-1")}, key));

  const auto schema = parse_lake_schema(kScope, lake_schema(kScope, TableName("alb"), "s"));
  ASSERT_TRUE(schema);
  EXPECT_EQ(schema->table.text(), "alb");
  EXPECT_EQ(schema->schema_id, "s");
  EXPECT_FALSE(parse_lake_schema(kScope, lake_schemas(kScope) + "alb"));
  EXPECT_FALSE(parse_lake_schema(kScope, key));
}

TEST(Keys, OneBucketsPrefixIsNotAnothers) {
  const auto logs = objects(kScope, BucketName("logs"));
  EXPECT_FALSE(object(kScope, BucketName("logs2"), "k").starts_with(logs));
  EXPECT_FALSE(due(kScope, FunctionName("f2"), Time{}, DeliveryId("d"))
                   .starts_with(due_of(kScope, FunctionName("f"))));
  EXPECT_FALSE(body_reference("b2", "x").starts_with(body_references("b")));
}

TEST(Keys, BytewiseOrderIsNumericOrder) {
  const std::uint64_t rising[] = {0, 1, 255, 256, 65'535, 65'536, 1ull << 62};
  for (std::size_t i = 1; i < std::size(rising); ++i)
    EXPECT_LT(ordered(rising[i - 1]), ordered(rising[i]));
  EXPECT_LT(part(kScope, "u", 9), part(kScope, "u", 10));
  const FunctionName function("f");
  EXPECT_LT(due(kScope, function, Time(Duration(255)), DeliveryId("z")),
            due(kScope, function, Time(Duration(256)), DeliveryId("a")));
}

}  // namespace
}  // namespace sextant::store::keys

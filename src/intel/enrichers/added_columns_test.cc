#include "intel/enrichers/added_columns.h"

#include <gtest/gtest.h>

#include "core/nest.h"
#include "intel/enrichers/address_class.h"
#include "intel/enrichers/community_id.h"
#include "intel/enrichers/enricher_test_support.h"
#include "intel/enrichers/user_agent.h"

namespace sextant::intel {
namespace {

using sdk::cell_text;
using test::enriched;
using test::texts;

ArrayPtr plain(const std::vector<std::string_view>& values) {
  sdk::StringColumn column;
  for (std::size_t row = 0; row < values.size(); ++row) column.set(row, values[row]);
  return column.finish_text(values.size());
}

ArrayPtr wide(const std::vector<std::int64_t>& values) {
  sdk::NumberColumn<std::int64_t> column;
  for (std::size_t row = 0; row < values.size(); ++row) column.set(row, values[row]);
  return column.finish(values.size(), arrow::int64());
}

constexpr const char* kFlowId = "1:9j2Dzwrw7T9E+IZi4b4IVT66HBI=";  // 10.0.0.1:10 - 10.0.0.2:20, TCP

TEST(AddedColumns, WhatTheLogItselfSaidStays) {
  const auto agents = enriched(kUserAgentEnricher, {{"user_agent.original", texts({"curl/8.5.0"})},
                                                    {"user_agent.name", plain({"its own"})}});
  EXPECT_EQ(cell_text(agents, "user_agent.name", 0), "its own");
  EXPECT_EQ(cell_text(agents, "user_agent.version", 0), "8.5.0");

  const auto classes = enriched(
      kAddressClassEnricher,
      {{"source.ip", texts({"8.8.8.8"})}, {"sextant.source.address_class", texts({"its own"})}});
  EXPECT_EQ(cell_text(classes, "sextant.source.address_class", 0), "its own");

  const auto flows = enriched(kCommunityIdEnricher, {{"source.ip", texts({"10.0.0.1"})},
                                                     {"destination.ip", texts({"10.0.0.2"})},
                                                     {"network.iana_number", texts({"6"})},
                                                     {"network.community_id", wide({7})}});
  EXPECT_EQ(cell_text(flows, "network.community_id", 0), "7");
  for (const auto& batch : {agents, classes, flows}) EXPECT_TRUE(nest(batch));
}

TEST(AddedColumns, NoneLiesBelowOrAboveOneOfTheLog) {
  const auto below = enriched(kUserAgentEnricher, {{"user_agent.original", texts({"curl/8.5.0"})},
                                                   {"user_agent.os", texts({"Plan 9"})},
                                                   {"user_agent.nam", texts({"not its name"})}});
  EXPECT_TRUE(nest(below));
  EXPECT_EQ(cell_text(below, "user_agent.name", 0), "curl");
  EXPECT_FALSE(sdk::has_column(below, "user_agent.os.name"));
  const auto above = enriched(kUserAgentEnricher, {{"user_agent.original", texts({"curl/8.5.0"})},
                                                   {"user_agent.version.major", wide({8})}});
  EXPECT_TRUE(nest(above));
  EXPECT_FALSE(sdk::has_column(above, "user_agent.version"));
}

TEST(AddedColumns, EachSchemaHasItsOwn) {
  const auto batch = [](const char* name) {
    auto array = texts({"x"});
    auto schema = arrow::schema({arrow::field(name, array->type())});
    return arrow::RecordBatch::Make(std::move(schema), 1, {std::move(array)});
  };
  const WiderSchema wider;
  AddedColumns added;
  added.add("a", texts({"1"}));
  added.add("b", texts({"2"}));
  const auto with_a = batch("a");
  const auto first = wider.with(with_a, added);
  EXPECT_EQ(wider.with(with_a, added)->schema(), first->schema());
  const auto second = wider.with(batch("b"), added);
  EXPECT_EQ(sdk::row_json(first, 0), R"({"a":"x","b":"2"})");
  EXPECT_EQ(sdk::row_json(second, 0), R"({"b":"x","a":"1"})");
}

TEST(AddedColumns, PlainTextsAndNumbersOfAnyWidthAreRead) {
  const auto flows =
      enriched(kCommunityIdEnricher, {{"source.ip", plain({"10.0.0.1", "", "10.0.0.1"})},
                                      {"destination.ip", plain({"10.0.0.2", "10.0.0.2", ""})},
                                      {"source.port", wide({10, 10, 10})},
                                      {"destination.port", wide({20, 20, std::int64_t{1} << 40})},
                                      {"network.iana_number", wide({6, 6, 6})}});
  EXPECT_EQ(cell_text(flows, "network.community_id", 0), kFlowId);
  EXPECT_EQ(cell_text(flows, "network.community_id", 1), std::nullopt);
  EXPECT_EQ(cell_text(flows, "network.community_id", 2), std::nullopt);
}

TEST(AddedColumns, AColumnOfAnotherTypeCountsAsNone) {
  sdk::NumberColumn<double> numbers;
  numbers.set(0, 6.5);
  const auto odd = numbers.finish(1, arrow::float64());
  const auto agents = enriched(kUserAgentEnricher, {{"user_agent.original", odd}});
  EXPECT_EQ(agents->num_columns(), 1);
  const auto flows = enriched(kCommunityIdEnricher, {{"source.ip", texts({"10.0.0.1"})},
                                                     {"destination.ip", texts({"10.0.0.2"})},
                                                     {"source.port", odd},
                                                     {"network.iana_number", texts({"6"})}});
  EXPECT_TRUE(cell_text(flows, "network.community_id", 0));
}

}  // namespace
}  // namespace sextant::intel

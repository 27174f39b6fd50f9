#include "intel/enrichers/address_class.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <gtest/gtest.h>

#include "intel/enrichers/enricher_test_support.h"

namespace sextant::intel {
namespace {

using test::texts;

TEST(AddressClass, UnknownIsAValueOfItsOwn) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"8.8.8.8", "public"},
      {"10.1.2.3", "private"},
      {"100.64.1.1", "cgnat"},
      {"::1", "loopback"},
      {"fe80::1", "link_local"},
      {"192.0.2.7", "documentation"},
      {"010.1.2.3", "malformed"},
      {"1.2.3.256", "malformed"},
      {"1.2.3", "malformed"},
      {"1:2:3:4:5:6:7:8:9", "malformed"},
      {"AWS Internal", "aws_internal"},
      {"secretsmanager.amazonaws.com", "service"},
      {"ec2.amazonaws.com.cn", "service"},
      {"amazonaws.com.example.org", "unknown"},
      {"-", "unknown"},
      {"", "unknown"},
      {"www.example.org", "unknown"},
      {"abc", "unknown"},
  };
  for (const auto& [address, kind] : cases) EXPECT_EQ(address_class(address), kind) << address;
}

TEST(AddressClass, EachEndHasAColumn) {
  const auto rows = test::enriched(
      kAddressClassEnricher, {{"source.ip", texts({"8.8.8.8", "", "10.0.0.1"})},
                              {"destination.ip", texts({"10.0.0.9", "1.2.3.400", "8.8.8.8"})}});
  const char* expected[][2] = {
      {"public", "private"}, {"unknown", "malformed"}, {"private", "public"}};
  for (std::int64_t row = 0; row < 3; ++row) {
    EXPECT_EQ(sdk::cell_text(rows, "sextant.source.address_class", row), expected[row][0]);
    EXPECT_EQ(sdk::cell_text(rows, "sextant.destination.address_class", row), expected[row][1]);
  }
}

TEST(AddressClass, TheAddressAsItWasWrittenOutranksTheOneThatCouldBeRead) {
  const auto rows =
      test::enriched(kAddressClassEnricher, {{"source.address", texts({"AWS Internal", "8.8.8.8"})},
                                             {"source.ip", texts({"", "8.8.8.8"})}});
  EXPECT_EQ(sdk::cell_text(rows, "sextant.source.address_class", 0), "aws_internal");
  EXPECT_EQ(sdk::cell_text(rows, "sextant.source.address_class", 1), "public");
  EXPECT_FALSE(sdk::has_column(rows, "sextant.destination.address_class"));
}

TEST(AddressClass, RowsWithoutAddressesPass) {
  const auto rows = test::enriched(kAddressClassEnricher, {{"reason", texts({"cut short"})}});
  EXPECT_EQ(rows->num_columns(), 1);
}

}  // namespace
}  // namespace sextant::intel

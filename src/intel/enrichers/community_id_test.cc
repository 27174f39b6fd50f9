#include "intel/enrichers/community_id.h"

#include <gtest/gtest.h>

#include "intel/enrichers/enricher_test_support.h"

namespace sextant::intel {
namespace {

using test::ports;
using test::texts;

struct Known {
  std::uint8_t protocol;
  const char* source;
  const char* destination;
  std::uint16_t source_port;
  std::uint16_t destination_port;
  const char* id;
};

// Computed by the specification's own reference, pycommunityid.
constexpr Known kKnown[] = {
    {6, "10.0.0.1", "10.0.0.2", 10, 20, "1:9j2Dzwrw7T9E+IZi4b4IVT66HBI="},
    {6, "128.232.110.120", "66.35.250.204", 34855, 80, "1:LQU9qZlK+B5F3KDmev6m5PMibrg="},
    {6, "66.35.250.204", "128.232.110.120", 80, 34855, "1:LQU9qZlK+B5F3KDmev6m5PMibrg="},
    {17, "192.168.1.52", "8.8.8.8", 54585, 53, "1:d/FP5EW3wiY1vCndhwleRRKHowQ="},
    {132, "192.168.170.8", "192.168.170.56", 7, 80, "1:jQgCxbku+pNGw8WPbEc/TS/uTpQ="},
    {1, "192.168.0.89", "192.168.0.1", 8, 0, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk="},
    {1, "192.168.0.1", "192.168.0.89", 0, 0, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk="},
    {1, "192.168.0.1", "192.168.0.89", 3, 1, "1:o3zT92uTgnRWv/YrDVeXcWumpC4="},
    {1, "192.168.0.89", "192.168.0.1", 3, 1, "1:LXCfhMUFbYXe+CEMrQuZCbiLY3o="},
    {58, "fe80::200:86ff:fe05:80da", "fe80::260:97ff:fe07:69ea", 135, 0,
     "1:dGHyGvjMfljg6Bppwm3bg0LO8TY="},
    {58, "fe80::260:97ff:fe07:69ea", "fe80::200:86ff:fe05:80da", 136, 0,
     "1:dGHyGvjMfljg6Bppwm3bg0LO8TY="},
    {58, "3ffe:507:0:1:200:86ff:fe05:80da", "3ffe:501:0:1001::2", 128, 0,
     "1:+TW+HtLHvV1xnGhV1lv7XoJrqQg="},
    {58, "3ffe:507:0:1:200:86ff:fe05:80da", "3ffe:501:0:1001::2", 3, 0,
     "1:tGcYbzNItUoGXIXF3vdd2TMdUKI="},
    {6, "2001:db8::1", "2001:db8::2", 1000, 443, "1:q7rP3/mmBcQR2sWKjCG9IQ4gJVI="},
    {47, "10.0.0.1", "10.0.0.2", 0, 0, "1:+KlEHDT0vJgzs/eNmzHq0aSpRYw="},
    {47, "10.0.0.2", "10.0.0.1", 7, 9, "1:+KlEHDT0vJgzs/eNmzHq0aSpRYw="},
    {50, "2001:db8::2", "2001:db8::1", 0, 0, "1:JIAyWiD7dl1e74CJAdetAUPF/To="},
};

TEST(CommunityId, IsTheReferencesOwn) {
  for (const auto& known : kKnown) {
    EXPECT_EQ(community_id({.source = *sdk::IpAddress::parse(known.source),
                            .destination = *sdk::IpAddress::parse(known.destination),
                            .protocol = known.protocol,
                            .source_port = known.source_port,
                            .destination_port = known.destination_port}),
              known.id)
        << known.source;
  }
}

TEST(CommunityId, TwoFamiliesAreNoFlow) {
  EXPECT_EQ(community_id({.source = *sdk::IpAddress::parse("10.0.0.1"),
                          .destination = *sdk::IpAddress::parse("2001:db8::1"),
                          .protocol = 6}),
            "");
}

TEST(CommunityId, EveryFlowThatIsKnownHasOne) {
  const auto rows =
      test::enriched(kCommunityIdEnricher,
                     {{"source.ip", texts({"10.0.0.1", "10.0.0.2", "", "10.0.0.1"})},
                      {"destination.ip", texts({"10.0.0.2", "10.0.0.1", "10.0.0.1", "10.0.0.2"})},
                      {"source.port", ports({10, 20, 10, 10})},
                      {"destination.port", ports({20, 10, 20, 20})},
                      {"network.iana_number", texts({"6", "6", "6", ""})}});
  const auto id = [&](std::int64_t row) {
    return sdk::cell_text(rows, "network.community_id", row);
  };
  EXPECT_EQ(id(0), "1:9j2Dzwrw7T9E+IZi4b4IVT66HBI=");
  EXPECT_EQ(id(1), id(0)) << "the way back";
  EXPECT_FALSE(id(2)) << "no source";
  EXPECT_FALSE(id(3)) << "no protocol";
}

TEST(CommunityId, TheTransportsNameWillDo) {
  const auto rows = test::enriched(kCommunityIdEnricher, {{"source.ip", texts({"10.0.0.1"})},
                                                          {"destination.ip", texts({"10.0.0.2"})},
                                                          {"source.port", ports({10})},
                                                          {"destination.port", ports({20})},
                                                          {"network.transport", texts({"tcp"})}});
  EXPECT_EQ(sdk::cell_text(rows, "network.community_id", 0), "1:9j2Dzwrw7T9E+IZi4b4IVT66HBI=");
}

TEST(CommunityId, RowsWithOneEndPass) {
  const auto rows = test::enriched(kCommunityIdEnricher, {{"source.ip", texts({"10.0.0.1"})}});
  EXPECT_EQ(rows->num_columns(), 1);
}

}  // namespace
}  // namespace sextant::intel

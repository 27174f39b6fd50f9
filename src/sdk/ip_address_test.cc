#include "sdk/ip_address.h"

#include <gtest/gtest.h>

#include <string>

namespace sextant::sdk {
namespace {

TEST(IpAddress, ReadsBothFamilies) {
  EXPECT_EQ(IpAddress::parse("192.0.2.1")->v4(), 0xC0000201U);
  EXPECT_TRUE(IpAddress::parse("192.0.2.1")->is_v4());
  EXPECT_FALSE(IpAddress::parse("2001:db8::1")->is_v4());
  EXPECT_EQ(IpAddress::parse("2001:db8::1"), IpAddress::parse("2001:0DB8:0:0:0:0:0:1"));
  EXPECT_EQ(IpAddress::parse("::ffff:192.0.2.1"), IpAddress::parse("192.0.2.1"));
  EXPECT_NE(IpAddress::parse("::192.0.2.1"), IpAddress::parse("192.0.2.1"));
}

TEST(IpAddress, IsStrict) {
  for (const std::string_view text :
       {"", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.4 ", " 1.2.3.4", "0x1.2.3.4",
        "[::1]", "fe80::1%eth0", "1:2:3:4:5:6:7:8:9", "::1::", "AWS Internal",
        "secretsmanager.amazonaws.com", "1.2.3.4:80"}) {
    EXPECT_FALSE(IpAddress::parse(text)) << text;
  }
  EXPECT_FALSE(IpAddress::parse(std::string_view("1.2.3.4\0", 8)));
  EXPECT_FALSE(IpAddress::parse(std::string(200, '1')));
}

TEST(IpAddress, KnowsWhatBelongsToTheInternet) {
  const std::pair<std::string_view, bool> cases[] = {
      {"8.8.8.8", true},          {"10.255.255.255", false},
      {"11.0.0.0", true},         {"100.63.255.255", true},
      {"100.64.0.0", false},      {"100.127.255.255", false},
      {"172.15.255.255", true},   {"172.16.0.0", false},
      {"172.32.0.0", true},       {"192.0.1.0", true},
      {"192.0.2.255", false},     {"198.20.0.0", true},
      {"223.255.255.255", true},  {"224.0.0.0", false},
      {"255.255.255.255", false}, {"2001:480::1", true},
      {"2001:1ff::1", false},     {"2001:200::1", true},
      {"2001:db8::1", false},     {"2001:db9::1", true},
      {"3fff:fff::1", false},     {"3ffe::1", true},
      {"fd00::1", false},         {"::", false},
      {"::ffff:8.8.8.8", true},   {"::ffff:192.168.0.1", false},
  };
  for (const auto& [text, is_public] : cases) {
    EXPECT_EQ(IpAddress::parse(text)->is_public(), is_public) << text;
  }
}

}  // namespace
}  // namespace sextant::sdk

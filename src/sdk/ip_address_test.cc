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

TEST(IpAddress, HasOneClass) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"8.8.8.8", "public"},
      {"10.0.0.1", "private"},
      {"172.31.255.255", "private"},
      {"192.168.0.0", "private"},
      {"100.64.0.0", "cgnat"},
      {"127.255.0.1", "loopback"},
      {"169.254.169.254", "link_local"},
      {"192.0.2.1", "documentation"},
      {"198.51.100.1", "documentation"},
      {"203.0.113.1", "documentation"},
      {"224.0.0.0", "multicast"},
      {"239.255.255.255", "multicast"},
      {"240.0.0.0", "reserved"},
      {"255.255.255.255", "reserved"},
      {"0.0.0.0", "reserved"},
      {"192.0.0.8", "reserved"},
      {"198.18.0.1", "reserved"},
      {"2001:480::1", "public"},
      {"::1", "loopback"},
      {"::", "reserved"},
      {"::2", "reserved"},
      {"fe80::1", "link_local"},
      {"febf::1", "link_local"},
      {"fec0::1", "reserved"},
      {"fc00::1", "private"},
      {"fdff::1", "private"},
      {"ff02::1", "multicast"},
      {"2001:db8::1", "documentation"},
      {"3fff:fff::1", "documentation"},
      {"2001::1", "reserved"},
      {"64:ff9b::1", "reserved"},
      {"::ffff:10.0.0.1", "private"},
  };
  for (const auto& [text, kind] : cases)
    EXPECT_EQ(to_string(IpAddress::parse(text)->address_class()), kind) << text;
}

}  // namespace
}  // namespace sextant::sdk

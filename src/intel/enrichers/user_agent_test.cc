#include "intel/enrichers/user_agent.h"

#include <gtest/gtest.h>

#include "intel/enrichers/enricher_test_support.h"
#include "intel/enrichers/user_agent_patterns.h"

namespace sextant::intel {
namespace {

struct Case {
  std::string_view text;
  UserAgent agent;
};
// Hand-checked against Elastic's and uap-core's own tests.
const Case kCases[] = {
    {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
     "Chrome/126.0.0.0 Safari/537.36",
     {"Chrome", "126.0.0.0", "Windows", "10", "Other"}},
    {"Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
     {"Firefox", "127.0", "Linux", "", "Other"}},
    {"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
     "Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
     {"Mobile Safari", "17.5", "iOS", "17.5", "iPhone"}},
    {"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
     "Version/17.5 Safari/605.1.15",
     {"Safari", "17.5", "Mac OS X", "10.15.7", "Mac"}},
    {"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
     {"Googlebot", "2.1", "", "", "Spider"}},
    {"curl/8.5.0", {"curl", "8.5.0", "", "", "Other"}},
    {"python-requests/2.31.0", {"Python Requests", "2.31", "", "", "Other"}},
    {"aws-cli/2.15.30 Python/3.11.8 Linux/5.10 source/x86_64",
     {"aws-cli", "2.15.30", "Linux", "5.10", "Other"}},
    {"x", {}},
    {"", {}},
};

TEST(UserAgentPatterns, TellWhatAgentsAre) {
  const auto patterns = UserAgentPatterns::shared();
  for (const auto& each : kCases) {
    for (int again = 0; again < 2; ++again) {
      const auto agent = patterns->read(each.text);
      EXPECT_EQ(agent.name, each.agent.name) << each.text;
      EXPECT_EQ(agent.version, each.agent.version) << each.text;
      EXPECT_EQ(agent.os_name, each.agent.os_name) << each.text;
      EXPECT_EQ(agent.os_version, each.agent.os_version) << each.text;
      EXPECT_EQ(agent.device, each.agent.device) << each.text;
    }
  }
}

TEST(UserAgentPatterns, TheFirstThatMatchesSays) {
  const auto patterns = UserAgentPatterns::parse(
      "# comment\nua\t(Foo)bar/(\\d+)(?:\\.(\\d+)|)\t\t$1 Bar\nua\t(Foo)\nos\tlinux\ti\tLinux\t9\n"
      "device\tModel ([a-z]+) ([a-z]+)\t\t$2 $1 $3\n");
  ASSERT_TRUE(patterns) << patterns.error().message;
  EXPECT_EQ((*patterns)->read("Foobar/7 LINUX Model ab cd"),
            (UserAgent{"Foo Bar", "7", "Linux", "9", "cd ab"}));
  EXPECT_EQ((*patterns)->read("Foo"), (UserAgent{.name = "Foo"}));
  EXPECT_FALSE(UserAgentPatterns::parse("ua\t(\n"));
  EXPECT_FALSE(UserAgentPatterns::parse("what\tx\n"));
  EXPECT_FALSE(UserAgentPatterns::parse("ua\n"));
}

TEST(UserAgentPatterns, RemembersSomeAndForgetsNone) {
  const auto patterns = *UserAgentPatterns::parse("ua\t(tool)/(\\d+)\n");
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 20'000; ++i)
      ASSERT_EQ(patterns->read("tool/" + std::to_string(i)).version, std::to_string(i));
  }
}

TEST(UserAgentEnricher, AddsWhatIsKnown) {
  const auto batch = test::enriched(
      kUserAgentEnricher,
      {{"user_agent.original", test::texts({kCases[3].text, "", "curl/8.5.0", kCases[3].text})}});
  EXPECT_EQ(sdk::cell_text(batch, "user_agent.name", 0), "Safari");
  EXPECT_EQ(sdk::cell_text(batch, "user_agent.os.full", 3), "Mac OS X 10.15.7");
  EXPECT_EQ(sdk::cell_text(batch, "user_agent.device.name", 0), "Mac");
  EXPECT_EQ(sdk::cell_text(batch, "user_agent.name", 1), std::nullopt);
  EXPECT_EQ(sdk::cell_text(batch, "user_agent.version", 2), "8.5.0");
  EXPECT_EQ(sdk::cell_text(batch, "user_agent.os.name", 2), std::nullopt);
}

TEST(UserAgentEnricher, PassesOnRowsWithoutOne) {
  const auto batch = test::enriched(kUserAgentEnricher, {{"reason", test::texts({"x"})}});
  EXPECT_EQ(batch->num_columns(), 1);
}

}  // namespace
}  // namespace sextant::intel

#include "core/log.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <thread>

#include "core/json.h"
#include "core/strings.h"
#include "core/time_text.h"

namespace sextant::log {
namespace {

TEST(Log, OneJsonObjectALine) {
  testing::internal::CaptureStderr();
  warn("disk \"nearly\"\nfull", {{"path", "/a\\b\t"}, {"free_bytes", "17"}});
  const std::string line = testing::internal::GetCapturedStderr();
  ASSERT_TRUE(line.ends_with("}\n"));
  EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
  const auto value = json::parse(trim(line));
  ASSERT_TRUE(value) << line;
  const auto& object = value->as_object();
  EXPECT_EQ(json::text_or(object, "level"), "warn");
  EXPECT_EQ(json::text_or(object, "message"), "disk \"nearly\"\nfull");
  EXPECT_EQ(json::text_or(object, "path"), "/a\\b\t");
  EXPECT_EQ(json::text_or(object, "free_bytes"), "17");
  EXPECT_TRUE(parse_iso8601(json::text_or(object, "time")));
}

TEST(Log, BytesThatAreNotUtf8StillGiveJson) {
  testing::internal::CaptureStderr();
  info("bad \xff\x01 byte", {{"good", "\xC3\xA9"}});
  const auto value = json::parse(trim(testing::internal::GetCapturedStderr()));
  ASSERT_TRUE(value);
  EXPECT_EQ(json::text_or(value->as_object(), "message"), "bad ?\x01 byte");
  EXPECT_EQ(json::text_or(value->as_object(), "good"), "\xC3\xA9");
}

TEST(Log, LinesOfSeveralThreadsDoNotMix) {
  testing::internal::CaptureStderr();
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([] {
        for (int i = 0; i < 50; ++i) info("line", {{"text", std::string(100, 'x')}});
      });
    }
  }
  const std::string all = testing::internal::GetCapturedStderr();
  const auto lines = split(trim(all), '\n');
  EXPECT_EQ(lines.size(), 200u);
  for (const auto line : lines) EXPECT_TRUE(json::parse(line)) << line;
}

}  // namespace
}  // namespace sextant::log

#include "cli/ingest_plan.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/temporary_folder.h"

namespace sextant::cli {
namespace {

class IngestPlan : public testing::Test {
 protected:
  std::string write(const std::string& path, const std::string& bytes = "x") {
    const auto file = folder_ / path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << bytes;
    return file.string();
  }
  std::string source(const std::string& path) const { return (folder_ / path).string(); }
  static std::vector<std::string> keys_of(const Result<std::vector<PlannedFile>>& plan) {
    if (!plan) return {plan.error().message};
    std::vector<std::string> keys;
    for (const auto& file : *plan) keys.push_back(file.key);
    return keys;
  }
  test::TemporaryFolder folder_;
};

using Keys = std::vector<std::string>;

TEST_F(IngestPlan, AFolderGivesItsFilesByTheirPathBelowIt) {
  write("logs/b.log");
  write("logs/2026/07/02/a b+ü.log", "four");
  write("logs/2026.log");
  std::filesystem::create_directories(folder_ / "logs/empty");
  const auto plan = plan_ingest({source("logs")}, "alb/");
  EXPECT_EQ(keys_of(plan), (Keys{"alb/2026.log", "alb/2026/07/02/a b+ü.log", "alb/b.log"}));
  EXPECT_EQ((*plan)[1].size, 4u);
  EXPECT_EQ((*plan)[1].path, folder_ / "logs/2026/07/02/a b+ü.log");
  EXPECT_EQ(keys_of(plan_ingest({source("logs/")}, "")),
            (Keys{"2026.log", "2026/07/02/a b+ü.log", "b.log"}));
}

TEST_F(IngestPlan, AFileIsItsName) {
  const auto plan = plan_ingest({write("deep/down/a.log.gz"), write("b")}, "p-");
  EXPECT_EQ(keys_of(plan), (Keys{"p-a.log.gz", "p-b"}));
}

TEST_F(IngestPlan, KeysAreInTheOrderOfTheirBytes) {
  for (const char* name : {"b", "B", "a/z", "a.b", "a0", "ä"}) write(std::string("logs/") + name);
  EXPECT_EQ(keys_of(plan_ingest({source("logs")}, "")), (Keys{"B", "a.b", "a/z", "a0", "b", "ä"}));
}

TEST_F(IngestPlan, TwoFilesUnderOneKeyAreRefusedByName) {
  const auto one = write("one/a.log");
  const auto two = write("two/a.log");
  const auto refused = plan_ingest({one, two}, "");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::Invalid);
  for (const auto& path : {one, two})
    EXPECT_NE(refused.error().message.find(path), std::string::npos) << refused.error().message;
  EXPECT_EQ(plan_ingest({one, source("one")}, "").error().code, Code::Invalid);
}

TEST_F(IngestPlan, WhatIsNotThereIsSaid) {
  const auto missing = plan_ingest({write("a"), source("nothing")}, "");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Code::NotFound);
  EXPECT_NE(missing.error().message.find("nothing"), std::string::npos);
  std::filesystem::create_directories(folder_ / "empty");
  EXPECT_EQ(keys_of(plan_ingest({source("empty")}, "")), Keys{});
  EXPECT_EQ(keys_of(plan_ingest({}, "")), Keys{});
}

}  // namespace
}  // namespace sextant::cli

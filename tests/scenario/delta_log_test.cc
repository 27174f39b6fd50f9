// links: lake adapters store ports core
// What the lake writes is read by others: deltalake and pyarrow see the same rows as our own SQL.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <thread>

#include "lake/delta_publisher.h"
#include "lake/upkeep.h"
#include "tests/support/lake_fixture.h"

namespace sextant::lake {
namespace {

class DeltaScenario : public LakeTest {
 protected:
  // The interpreter that tools/bootstrap made.
  static std::filesystem::path python() {
    const auto from = [](const char* name) { return std::getenv(name); };
    std::filesystem::path folder;
    if (const char* deps = from("SEXTANT_DEPS")) {
      folder = deps;
    } else if (const char* cache = from("XDG_CACHE_HOME")) {
      folder = std::filesystem::path(cache) / "sextant";
    } else if (const char* home = from("HOME")) {
      folder = std::filesystem::path(home) / ".cache/sextant";
    }
    return folder / "python/bin/python3";
  }

  // What the readers outside make of the table, compared with these figures.
  int check(std::uint64_t rows, std::uint64_t with_user, const std::string& duration) {
    const std::string command = python().string() +
                                " " SEXTANT_SOURCE "/tests/scenario/delta_log_check.py " +
                                (folder_ / "lake/alb").string() + " " + std::to_string(rows) + " " +
                                std::to_string(with_user) + " " + duration;
    return std::system(command.c_str());  // NOLINT(concurrency-mt-unsafe): one thread
  }
};

TEST_F(DeltaScenario, OthersReadWhatLanded) {
  if (!std::filesystem::exists(python())) GTEST_SKIP() << "run tools/bootstrap: no " << python();
  auto lander = this->lander({.shared_bytes_max = 1 << 20});
  {
    const auto publisher = DeltaPublisher::start(delta_parts(3), metrics_);
    // Small, large, over many hours, with a column that came later; and a checkpoint on the way.
    for (int i = 0; i < 8; ++i) {
      const auto name = "small-" + std::to_string(i);
      ASSERT_TRUE(land(*lander, name, {test::make_lake_rows({.marker = name})}).get());
      ASSERT_TRUE(publisher->flush());
    }
    ASSERT_TRUE(
        land(*lander, "large", {test::make_lake_rows({.rows = 40'000, .marker = "large"})}).get());
    ASSERT_TRUE(land(*lander, "late",
                     {test::make_lake_rows({.rows = 90, .step = std::chrono::minutes(20)})})
                    .get());
    ASSERT_TRUE(
        land(*lander, "new", {test::make_lake_rows({.rows = 30, .extra_column = true})}).get());
  }
  EXPECT_EQ(ask("SELECT count(*) FROM alb"), "40200");
  EXPECT_EQ(check(40'200, 30, ask("SELECT sum(event.duration) FROM alb")), 0);
}

// Those who open the table by its log while files are merged see each row once, always.
TEST_F(DeltaScenario, OthersCountTheSameWhileFilesAreMerged) {
  if (!std::filesystem::exists(python())) GTEST_SKIP() << "run tools/bootstrap: no " << python();
  auto lander = this->lander();
  const auto publisher = DeltaPublisher::start(delta_parts(3), metrics_);
  const auto upkeep = Upkeep::open({.scope = scope_,
                                    .clock = clock_,
                                    .log = store_,
                                    .files = *files_,
                                    .manifest = *manifest_,
                                    .delta = *publisher,
                                    .policies = [] { return std::map<TableName, TablePolicy>{}; },
                                    .on_work = [] {},
                                    .metrics = metrics_},
                                   {.merge = {.files_min = 2, .files_max = 2}});
  constexpr int kFiles = 60;
  for (int i = 0; i < kFiles; ++i) {
    const auto name = std::to_string(i);
    ASSERT_TRUE(
        land(*lander, name, {test::make_lake_rows({.marker = name, .extra_column = i % 2 == 1})})
            .get());
  }
  ASSERT_TRUE(publisher->flush());
  const auto stop = (folder_ / "stop").string();
  const auto command =
      python().string() + " " SEXTANT_SOURCE "/tests/scenario/lake_readers_check.py " +
      (folder_ / "lake/alb").string() + " " + std::to_string(kFiles * 10) + " " + stop;
  auto readers = std::async(std::launch::async, [&] {
    return std::system(command.c_str());  // NOLINT(concurrency-mt-unsafe): no other does
  });
  while (!std::filesystem::exists(stop + ".begun")) std::this_thread::yield();
  int merges = 0;
  for (;;) {
    const auto stepped = upkeep->step();
    ASSERT_TRUE(stepped) << stepped.error().message;
    if (!*stepped) break;
    ++merges;
  }
  std::ofstream(stop).put('x');
  EXPECT_EQ(readers.get(), 0);
  EXPECT_GT(merges, kFiles / 2);
  EXPECT_LT(files_in_manifest().size(), 8u);
  EXPECT_EQ(ask("SELECT count(*) FROM alb"), std::to_string(kFiles * 10));
  EXPECT_EQ(check(kFiles * 10, kFiles * 5, ask("SELECT sum(event.duration) FROM alb")), 0);
}

}  // namespace
}  // namespace sextant::lake

// links: lake adapters store ports core
// What the lake writes is read by others: deltalake and pyarrow see the same rows as our own SQL.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "lake/delta_publisher.h"
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
    const auto publisher = DeltaPublisher::start({.scope = scope_,
                                                  .clock = clock_,
                                                  .streams = store_,
                                                  .files = *files_,
                                                  .manifest = *manifest_,
                                                  .checkpoint_every = 3},
                                                 metrics_);
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

}  // namespace
}  // namespace sextant::lake

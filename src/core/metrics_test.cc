#include "core/metrics.h"

#include <gtest/gtest.h>

#include <thread>

namespace sextant::metrics {
namespace {

TEST(Metrics, PrometheusText) {
  Registry registry;
  registry.counter("sextant_puts_total", "Puts\nand \\ more", {{"to", "a\"b"}, {"code", "200"}})
      .add(3);
  registry.counter("sextant_puts_total", "ignored", {{"code", "500"}, {"to", "x"}}).add();
  registry.gauge("sextant_queue_items", "Queued").set(-4);
  registry.collect("sextant_free_bytes", "Free", Kind::Gauge,
                   [] { return std::vector<Sample>{{.labels = {}, .value = 1.5}}; });
  EXPECT_EQ(registry.prometheus(),
            "# HELP sextant_free_bytes Free\n"
            "# TYPE sextant_free_bytes gauge\n"
            "sextant_free_bytes 1.5\n"
            "# HELP sextant_puts_total Puts\\nand \\\\ more\n"
            "# TYPE sextant_puts_total counter\n"
            "sextant_puts_total{code=\"200\",to=\"a\\\"b\"} 3\n"
            "sextant_puts_total{code=\"500\",to=\"x\"} 1\n"
            "# HELP sextant_queue_items Queued\n"
            "# TYPE sextant_queue_items gauge\n"
            "sextant_queue_items -4\n");
}

TEST(Metrics, HistogramCountsIntoItsBuckets) {
  Registry registry;
  Histogram& histogram = registry.histogram("sextant_put_seconds", "Time", {{"op", "Put"}});
  for (const double seconds : {0.0, 0.0001, 0.00011, 0.3, 100.0, 101.0, -1.0}) {
    histogram.observe(seconds);
  }
  const auto shot = histogram.snapshot();
  ASSERT_EQ(shot.bounds.size() + 1, shot.counts.size());
  EXPECT_EQ(shot.counts.front(), 3u);
  EXPECT_EQ(shot.counts[1], 1u);
  EXPECT_EQ(shot.counts[shot.counts.size() - 2], 1u);
  EXPECT_EQ(shot.counts.back(), 1u);
  EXPECT_NEAR(shot.sum, 201.30021, 1e-6);

  const std::string text = registry.prometheus();
  EXPECT_NE(text.find("sextant_put_seconds_bucket{op=\"Put\",le=\"0.0001\"} 3\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("sextant_put_seconds_bucket{op=\"Put\",le=\"100\"} 6\n"), std::string::npos);
  EXPECT_NE(text.find("sextant_put_seconds_bucket{op=\"Put\",le=\"+Inf\"} 7\n"), std::string::npos);
  EXPECT_NE(text.find("sextant_put_seconds_count{op=\"Put\"} 7\n"), std::string::npos);
}

TEST(Metrics, ACollectedFamilyIsAskedWhenItIsRead) {
  Registry registry;
  double asked = 0;
  registry.collect("b_total", "B", Kind::Counter, [&] {
    ++asked;
    return std::vector<Sample>{{.labels = {{"z", "1"}, {"a", "q\"q"}}, .value = asked},
                               {.labels = {{"a", "2"}}, .value = 7}};
  });
  EXPECT_EQ(asked, 0);
  const auto* expected =
      "# HELP b_total B\n# TYPE b_total counter\nb_total{a=\"q\\\"q\",z=\"1\"} 1\nb_total{a=\"2\"} "
      "7\n";
  EXPECT_EQ(registry.prometheus(), expected);
  registry.collect("b_total", "B", Kind::Gauge, [] { return std::vector<Sample>(); });
  EXPECT_EQ(registry.prometheus(), "# HELP b_total B\n# TYPE b_total gauge\n");
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(registry.gauge("b_total", "B"), "broken invariant");
}

TEST(Metrics, SameNameAndLabelsIsTheSameMetric) {
  Registry registry;
  Counter& first = registry.counter("a_total", "A", {{"x", "1"}, {"y", "2"}});
  EXPECT_EQ(&first, &registry.counter("a_total", "A", {{"y", "2"}, {"x", "1"}}));
  EXPECT_NE(&first, &registry.counter("a_total", "A", {{"x", "1"}}));
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(registry.gauge("a_total", "A"), "broken invariant");
}

void hit_and_read(Registry& registry, const std::string& label) {
  for (int i = 0; i < 500; ++i) {
    registry.counter("hits_total", "Hits", {{"t", label}}).add();
    if (i % 100 == 0) static_cast<void>(registry.prometheus());
  }
}

TEST(Metrics, AnyThread) {
  Registry registry;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&registry, t] { hit_and_read(registry, std::to_string(t % 2)); });
    }
  }
  EXPECT_EQ(registry.counter("hits_total", "Hits", {{"t", "0"}}).value(), 1000u);
}

}  // namespace
}  // namespace sextant::metrics

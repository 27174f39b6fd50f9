// links: intel lake adapters store sdk ports core
// What landing costs: rows of ALB logs written to Parquet, and small deliveries landed a second.
// The rows come from the real parser; parsing is not part of what is measured.
#include <arrow/api.h>
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <sys/resource.h>

#include <atomic>
#include <random>
#include <semaphore>

#include "adapters/embedded/lake_files.h"
#include "adapters/embedded/posix_disk.h"
#include "adapters/memory/store.h"
#include "intel/parsers/alb.h"
#include "lake/file_lander.h"
#include "tests/support/temporary_folder.h"

namespace sextant {
namespace {

// Lines as a busy site has them: some thousand clients and pages, a few dozen browsers.
std::string alb_lines(std::size_t count, unsigned seed) {
  std::mt19937 random(seed);
  const auto below = [&](unsigned n) {
    return std::uniform_int_distribution<unsigned>(0, n - 1)(random);
  };
  const auto skewed = [&](unsigned n) { return below(1 + below(n)); };
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    const auto client = skewed(20'000);
    fmt::format_to(
        std::back_inserter(text),
        "https 2026-07-02T22:{:02}:{:02}.{:06}Z app/web/50dc6c495c0c9188 203.0.{}.{}:{} "
        "10.0.{}.{}:443 0.00{} 0.{:03} 0.00{} {} {} {} {} "
        "\"{} https://www.example.com:443/shop/{}/item-{}?session={}&ref={} HTTP/1.1\" "
        "\"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/{}.0.{}.0\" "
        "ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 "
        "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/web/73e2d6bc24d8a067 "
        "\"Root=1-{:08x}-{:08x}{:08x}{:08x}\" \"www.example.com\" "
        "\"arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012\" "
        "{} 2026-07-02T22:{:02}:{:02}.{:06}Z \"forward\" \"-\" \"-\" \"10.0.{}.{}:443\" \"200\" "
        "\"-\" "
        "\"-\" TID_{:08x}{:08x}{:08x}{:08x}\n",
        i * 60 / count, i * 3600 / count % 60, below(1'000'000), client / 250, client % 250,
        1024 + below(60'000), client % 4, client % 7, below(4), below(500), below(3),
        below(20) == 0 ? 404 : 200, below(20) == 0 ? 404 : 200, 200 + below(800), below(50'000),
        below(5) == 0 ? "POST" : "GET", skewed(200), skewed(5'000), below(1'000'000'000),
        skewed(300), 90 + skewed(30), skewed(40), below(~0u), below(~0u), below(~0u), below(~0u),
        below(50), i * 60 / count, i * 3600 / count % 60, below(1'000'000), client % 4, client % 7,
        below(~0u), below(~0u), below(~0u), below(~0u));
  }
  return text;
}

std::vector<BatchPtr> parse(const std::string& text) {
  std::vector<BatchPtr> batches;
  const sdk::Emit emit = [&](sdk::Rows rows) -> Result<> {
    batches.push_back(std::move(rows.batch));
    return {};
  };
  const auto prepared = intel::parser_function(intel::kAlb).prepare({});
  sdk::Source source;
  source.path = "s3://logs/AWSLogs/123456789012/elasticloadbalancing/us-east-1/2026/07/02/x.log.gz";
  auto stage = (*prepared)->start(source);
  SX_CHECK(stage->text({.text = text, .offset = 0, .last = true}, emit));
  SX_CHECK(stage->finish(emit));
  return batches;
}

double cpu_seconds() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

struct Lake {
  test::TemporaryFolder folder;
  adapters::PosixDisk disk;
  std::unique_ptr<ports::LakeFiles> files = *adapters::open_lake_files(disk, folder.path());
};

// One thread writes rows of the batch size given into one file after the other.
void write_rows(benchmark::State& state) {
  static const auto whole = parse(alb_lines(256 * 1024, 1));
  std::vector<BatchPtr> batches;
  for (const auto& batch : whole) {
    for (std::int64_t at = 0; at < batch->num_rows(); at += state.range(0)) {
      batches.push_back(batch->Slice(at, state.range(0)));
    }
  }
  Lake lake;
  std::int64_t rows = 0;
  std::uint64_t bytes = 0;
  const double begin = cpu_seconds();
  for (auto _ : state) {
    auto writer = *lake.files->create("alb/date=2026-07-02/hour=22");
    for (const auto& batch : batches) {
      SX_CHECK(writer->write(batch));
      rows += batch->num_rows();
    }
    const auto file = writer->finish();
    bytes += file->size;
    SX_CHECK(lake.files->remove(file->path));
  }
  const auto count = static_cast<double>(rows);
  state.counters["rows/s"] = benchmark::Counter(count / (cpu_seconds() - begin));
  state.counters["bytes/row"] = static_cast<double>(bytes) / count;
  state.counters["columns"] = whole.front()->num_columns();
}
BENCHMARK(write_rows)->Arg(64 * 1024)->Arg(2 * 1024)->Unit(benchmark::kMillisecond);

// Deliveries of ten rows, 512 of them in flight, as the dispatcher has at most.
void land_small(benchmark::State& state) {
  Lake lake;
  SystemClock clock;
  adapters::MemoryStore store(clock);
  metrics::Registry metrics;
  const Scope scope{AccountId("000000000000"), Region("us-east-1")};
  const auto manifest = *lake::Manifest::open(scope, store, store);
  std::vector<BatchPtr> deliveries;
  for (unsigned i = 0; i < 64; ++i) deliveries.push_back(parse(alb_lines(10, i)).front());
  auto lander = lake::make_file_lander({clock, store, *lake.files, *manifest, metrics});
  std::counting_semaphore<> in_flight(512);
  std::atomic<std::size_t> failed = 0;
  std::size_t landed = 0;
  const double begin = cpu_seconds();
  for (auto _ : state) {
    in_flight.acquire();
    auto landing = lander->open();
    SX_CHECK(landing->add(TableName("alb"), deliveries[landed % deliveries.size()]));
    lander->land(std::move(landing), {.puts = {{.key = std::to_string(landed), .value = "x"}}},
                 [&](Result<ports::Committed> done) {
                   if (!done) ++failed;
                   in_flight.release();
                 });
    ++landed;
  }
  lander.reset();
  SX_CHECK(failed == 0);
  const auto count = static_cast<double>(landed);
  state.counters["deliveries/s"] = benchmark::Counter(count, benchmark::Counter::kIsRate);
  state.counters["cpu_us/delivery"] = (cpu_seconds() - begin) / count * 1e6;
  state.counters["deliveries/file"] =
      count / static_cast<double>(manifest->tables()->front().files);
}
BENCHMARK(land_small)->MinTime(3)->UseRealTime();

}  // namespace
}  // namespace sextant

BENCHMARK_MAIN();

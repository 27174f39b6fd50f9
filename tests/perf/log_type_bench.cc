// links: intel sdk core
// How fast a log type is, alone on one core: log_type_bench LOG_TYPE.yaml LOG. Build it in the
// release tree; parse_bench says the same of the parsers in the box. The best of five runs.
#include <arrow/record_batch.h>

#include <algorithm>
#include <cstdio>
#include <ctime>

#include "core/file.h"
#include "intel/parsers/log_types/log_type.h"
#include "sdk/text_blocks.h"

namespace {

using namespace sextant;

double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

struct Counted {
  std::int64_t entries = 0;
  std::int64_t malformed = 0;
};

Result<Counted> parse(const intel::Parser& parser, std::string_view log) {
  Counted counted;
  const auto emit = [&](const sdk::Rows& rows) -> Result<> {
    (rows.table == "malformed" ? counted.malformed : counted.entries) += rows.batch->num_rows();
    return {};
  };
  const auto stage = intel::start_parser(parser, {}, {});
  sdk::TextBlocks blocks(intel::takes_of(parser));
  const auto take = [&](const sdk::TextBlock& block) { return stage->text(block, emit); };
  SX_TRY(blocks.add(log, take));
  SX_TRY(blocks.finish(take));
  SX_TRY(stage->finish(emit));
  return counted;
}

Result<> bench(const char* log_type, const char* log_file) {
  SX_TRY_AS(const auto text, read_file(log_type));
  SX_TRY_AS(const auto log, read_file(log_file, 4ull << 30));
  const auto parser = intel::parse_log_type(text);
  if (!parser) return fail(Code::Invalid, intel::to_text(parser.error(), log_type));
  double best = 1e9;
  Counted counted;
  for (int i = 0; i < 5; ++i) {
    const auto before = cpu_seconds();
    SX_TRY_AS(counted, parse(*parser, log));
    best = std::min(best, cpu_seconds() - before);
  }
  const auto entries = static_cast<double>(counted.entries);
  const auto bytes = static_cast<double>(log.size());
  std::printf("%-16s %10.0f entries/s per core  %7.1f ns each  %6.0f MB/s  %ld malformed\n",
              std::string(parser->kind).c_str(), entries / best, best * 1e9 / entries,
              bytes / best * 1e-6, counted.malformed);
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: log_type_bench LOG_TYPE.yaml LOG\n");
    return 2;
  }
  const auto done = bench(argv[1], argv[2]);
  if (!done) std::fprintf(stderr, "%s\n", done.error().message.c_str());
  return done ? 0 : 1;
}

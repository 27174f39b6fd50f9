// links: intel sdk core
// How fast each parser is, alone on one core: parse_bench [entries [kind ...]]
// Build it in the release tree. The best of five runs: the one that the rest of the machine
// disturbed least.
#include <arrow/record_batch.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <set>
#include <string>

#include "intel/log_kinds.h"
#include "sdk/text_blocks.h"

namespace {

using namespace sextant;

double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

std::string generate(const intel::LogKind& kind, std::uint64_t entries) {
  const auto generator = kind.make_generator(
      {.lines = entries, .attacks = *intel::parse_techniques("all", kind.attacks)});
  return intel::object_text(*generator);
}

// The seconds it took, and the rows that came out.
std::pair<double, std::int64_t> parse(const sdk::Function& function, const sdk::Prepared& parser,
                                      const std::string& text) {
  std::int64_t rows = 0;
  const auto emit = [&rows](const sdk::Rows& made) -> Result<> {
    rows += made.batch->num_rows();
    return {};
  };
  const auto stage = parser.start({});
  sdk::TextBlocks blocks(function.takes);
  const auto take = [&](const sdk::TextBlock& block) { return stage->text(block, emit); };
  const auto before = cpu_seconds();
  if (!blocks.add(text, take) || !blocks.finish(take) || !stage->finish(emit)) return {1e9, 0};
  return {cpu_seconds() - before, rows};
}

bool bench(const intel::LogKind& kind, std::uint64_t entries) {
  const auto function = intel::parser_function(*kind.parser);
  const auto parser = function.prepare({});
  if (!parser) return false;
  const auto text = generate(kind, entries);
  double best = 1e9;
  for (int i = 0; i < 5; ++i) {
    const auto [seconds, rows] = parse(function, **parser, text);
    if (static_cast<std::uint64_t>(rows) != entries) {
      std::printf("%s: %ld rows of %lu entries\n", kind.name().data(), rows, entries);
      return false;
    }
    best = std::min(best, seconds);
  }
  const auto count = static_cast<double>(entries);
  const auto bytes = static_cast<double>(text.size());
  std::printf("%-16s %10.0f entries/s per core  %7.1f ns each  %6.0f MB/s  %5.0f bytes each\n",
              kind.name().data(), count / best, best * 1e9 / count, bytes / best * 1e-6,
              bytes / count);
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t entries = argc > 1 ? std::stoull(argv[1]) : 500'000;
  const std::set<std::string_view> wanted(argv + std::min(argc, 2), argv + argc);
  for (const auto& kind : intel::log_kinds()) {
    if (!wanted.empty() && !wanted.contains(kind.name())) continue;
    if (!bench(kind, entries)) return 1;
  }
  return 0;
}

// links: intel sdk core
// How fast the stages of the collector's chain are, each alone on one core:
//   alb_bench [lines] [folder and names of MaxMind DB files, e.g. /data a.mmdb,b.mmdb [columns]]
// Build it in the release tree; without files the enricher is left out. "land" writes Parquet to
// nowhere: what the columns themselves cost, whoever lands them.
#include <arrow/array.h>
#include <arrow/io/memory.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <parquet/arrow/writer.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <string>
#include <vector>

#include "intel/enrichers/geoip.h"
#include "intel/log_kinds.h"
#include "intel/parsers/tokens.h"
#include "sdk/text_blocks.h"

namespace {

using namespace sextant;

double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

void report(const char* stage, std::uint64_t lines, double seconds) {
  std::printf("%-10s %10.0f lines/s  %7.1f ns/line\n", stage, static_cast<double>(lines) / seconds,
              seconds * 1e9 / static_cast<double>(lines));
}

std::string generate(std::uint64_t lines) {
  std::string text;
  text.reserve(lines * 500);
  const auto generator = intel::find_log_kind("alb")->make_generator(
      {.lines = lines, .attacks = *intel::parse_techniques("all")});
  const auto before = cpu_seconds();
  while (generator->next(text, nullptr)) {
  }
  report("generate", lines, cpu_seconds() - before);
  return text;
}

void tokenise(const std::string& text, std::uint64_t lines) {
  intel::Tokens tokens;
  std::vector<std::string_view> fields(33);
  std::size_t sum = 0;
  const auto before = cpu_seconds();
  for (std::size_t at = 0; at < text.size();) {
    const auto end = text.find('\n', at);
    tokens.cut(std::string_view(text).substr(at, end - at), fields);
    sum += tokens.count();
    at = end + 1;
  }
  report("tokenise", lines, cpu_seconds() - before);
  std::printf("           %.1f fields and %.0f bytes a line\n",
              static_cast<double>(sum) / static_cast<double>(lines),
              static_cast<double>(text.size()) / static_cast<double>(lines));
}

// The chain as the native runtime runs it: batches go on at once and are gone after. Each stage is
// charged for what it does itself.
class Chain {
 public:
  Chain(const sdk::Prepared& parser, const sdk::Prepared* geoip) : parser_(parser.start({})) {
    if (geoip != nullptr) geoip_ = geoip->start({});
  }

  void run(const std::string& text) {
    const auto emit = [this](sdk::Rows rows) { return parsed(std::move(rows)); };
    sdk::TextBlocks blocks;
    const auto take = [&](const sdk::TextBlock& block) { return parser_->text(block, emit); };
    const auto before = cpu_seconds();
    const bool done = blocks.add(text, take) && blocks.finish(take) && parser_->finish(emit);
    parse_seconds = cpu_seconds() - before - geoip_seconds - land_seconds;
    if (!done) std::puts("the chain failed");
  }

  double parse_seconds = 0;
  double geoip_seconds = 0;
  double land_seconds = 0;
  std::int64_t rows_out = 0;
  std::int64_t bytes_out = 0;
  std::vector<std::pair<double, std::int64_t>> columns;  // seconds and bytes of each alone
  BatchPtr last;
  bool land = false;
  bool each_column = false;

 private:
  Result<> parsed(sdk::Rows rows) {
    rows_out += rows.batch->num_rows();
    if (!geoip_) return landed(rows);
    const auto before = cpu_seconds();
    const auto landed_before = land_seconds;
    auto result =
        geoip_->rows(std::move(rows), [this](const sdk::Rows& made) { return landed(made); });
    geoip_seconds += cpu_seconds() - before - (land_seconds - landed_before);
    return result;
  }

  Result<> landed(const sdk::Rows& rows) {
    if (!land || rows.table == "malformed") return {};
    const auto before = cpu_seconds();
    const auto table = *arrow::Table::FromRecordBatches({rows.batch});
    if (!each_column) {
      bytes_out += write(table);
    } else {
      columns.resize(static_cast<std::size_t>(table->num_columns()));
      for (int i = 0; i < table->num_columns(); ++i) {
        const auto started = cpu_seconds();
        auto& column = columns[static_cast<std::size_t>(i)];
        column.second += write(*table->SelectColumns({i}));
        column.first += cpu_seconds() - started;
      }
      last = rows.batch;
    }
    land_seconds += cpu_seconds() - before;
    return {};
  }

  static std::int64_t write(const std::shared_ptr<arrow::Table>& table) {
    static const auto kProperties = parquet::WriterProperties::Builder()
                                        .compression(parquet::Compression::ZSTD)
                                        ->compression_level(1)
                                        ->build();
    auto sink = *arrow::io::BufferOutputStream::Create();
    const auto status = parquet::arrow::WriteTable(*table, arrow::default_memory_pool(), sink,
                                                   1 << 20, kProperties);
    if (!status.ok()) std::puts(status.ToString().c_str());
    return (*sink->Finish())->size();
  }

  std::unique_ptr<sdk::Stage> parser_;
  std::unique_ptr<sdk::Stage> geoip_;
};

void bench_chain(const sdk::Prepared& parser, const sdk::Prepared* geoip, const std::string& text,
                 std::uint64_t lines, bool each_column) {
  double parse_best = 1e9;  // of five: the one that the rest of the machine disturbed least
  double geoip_best = 1e9;
  for (int i = 0; i < 5; ++i) {
    Chain fast(parser, geoip);
    fast.run(text);
    parse_best = std::min(parse_best, fast.parse_seconds);
    geoip_best = std::min(geoip_best, fast.geoip_seconds);
    if (static_cast<std::uint64_t>(fast.rows_out) != lines) std::puts("rows are not lines");
  }
  report("parse", lines, parse_best);
  if (geoip != nullptr) report("geoip", lines, geoip_best);
  Chain whole(parser, geoip);
  whole.land = true;
  whole.run(text);
  report("land", lines, whole.land_seconds);
  std::printf("           %.1f bytes a row\n",
              static_cast<double>(whole.bytes_out) / static_cast<double>(lines));
  if (!each_column) return;
  Chain columns(parser, geoip);
  columns.land = columns.each_column = true;
  columns.run(text);
  for (int i = 0; i < columns.last->num_columns(); ++i) {
    const auto& [seconds, bytes] = columns.columns[static_cast<std::size_t>(i)];
    std::printf("  %-48s %6.1f ns %6.1f bytes\n", columns.last->column_name(i).c_str(),
                seconds * 1e9 / static_cast<double>(lines),
                static_cast<double>(bytes) / static_cast<double>(lines));
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t lines = argc > 1 ? std::stoull(argv[1]) : 500'000;
  const auto text = generate(lines);
  tokenise(text, lines);
  const auto parser = intel::parser_function(*intel::find_log_kind("alb")->parser).prepare({});
  if (!parser) return 1;
  std::shared_ptr<const sdk::Prepared> geoip;
  if (argc > 3) {
    auto prepared = intel::kGeoipEnricher.prepare(
        {.variables = {{"GEOIP_DATABASES", argv[3]}}, .data_folder = argv[2]});
    if (!prepared) {
      std::puts(prepared.error().message.c_str());
      return 1;
    }
    geoip = *prepared;
  }
  bench_chain(**parser, geoip.get(), text, lines, argc > 4);
  return 0;
}

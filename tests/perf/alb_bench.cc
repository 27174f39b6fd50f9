// links: intel sdk core
// How fast the stages of the collector's chain are, each alone on one core:
//   alb_bench [lines] [folder and names of MaxMind DB files, e.g. /data a.mmdb,b.mmdb]
// Build it in the release tree; without files the enricher is left out. "land" writes Parquet to
// nowhere: what the columns themselves cost, whoever lands them.
#include <arrow/array.h>
#include <arrow/io/memory.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <parquet/arrow/writer.h>

#include <cstdio>
#include <ctime>
#include <string>
#include <vector>

#include "intel/enrichers/geoip.h"
#include "intel/generators/alb.h"
#include "intel/parsers/alb.h"
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
  intel::AlbGenerator generator({.lines = lines, .attacks = *intel::parse_techniques("all")});
  const auto before = cpu_seconds();
  while (generator.next(text, nullptr)) {
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

std::vector<sdk::Rows> run_text(const sdk::Prepared& prepared, const std::string& text) {
  std::vector<sdk::Rows> out;
  const auto emit = [&out](sdk::Rows rows) -> Result<> {
    out.push_back(std::move(rows));
    return {};
  };
  const auto stage = prepared.start({});
  sdk::TextBlocks blocks;
  const auto take = [&](const sdk::TextBlock& block) { return stage->text(block, emit); };
  const bool done = blocks.add(text, take) && blocks.finish(take) && stage->finish(emit);
  if (!done) std::puts("the parser failed");
  return out;
}

std::vector<sdk::Rows> run_rows(const sdk::Prepared& prepared, const std::vector<sdk::Rows>& in) {
  std::vector<sdk::Rows> out;
  const auto stage = prepared.start({});
  for (const auto& rows : in) {
    const auto done = stage->rows(rows, [&out](sdk::Rows made) -> Result<> {
      out.push_back(std::move(made));
      return {};
    });
    if (!done) std::puts(done.error().message.c_str());
  }
  return out;
}

// Column by column too, when asked for.
void write_parquet(const std::vector<sdk::Rows>& all, std::uint64_t lines, bool each_column) {
  const auto properties = parquet::WriterProperties::Builder()
                              .compression(parquet::Compression::ZSTD)
                              ->compression_level(1)
                              ->build();
  const auto write = [&](const std::shared_ptr<arrow::Table>& table) {
    auto sink = *arrow::io::BufferOutputStream::Create();
    const auto status =
        parquet::arrow::WriteTable(*table, arrow::default_memory_pool(), sink, 1 << 20, properties);
    if (!status.ok()) std::puts(status.ToString().c_str());
    return (*sink->Finish())->size();
  };
  std::int64_t bytes = 0;
  const auto before = cpu_seconds();
  for (const auto& rows : all) {
    if (rows.table == "malformed") continue;
    bytes += write(*arrow::Table::FromRecordBatches({rows.batch}));
  }
  report("land", lines, cpu_seconds() - before);
  std::printf("           %.1f bytes a row\n",
              static_cast<double>(bytes) / static_cast<double>(lines));
  if (!each_column || all.empty()) return;
  for (int column = 0; column < all[0].batch->num_columns(); ++column) {
    const auto started = cpu_seconds();
    std::int64_t size = 0;
    for (const auto& rows : all) {
      if (rows.table == "malformed") continue;
      size += write(*(*arrow::Table::FromRecordBatches({rows.batch}))->SelectColumns({column}));
    }
    std::printf("  %-48s %6.1f ns %6.1f bytes\n", all[0].batch->column_name(column).c_str(),
                (cpu_seconds() - started) * 1e9 / static_cast<double>(lines),
                static_cast<double>(size) / static_cast<double>(lines));
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t lines = argc > 1 ? std::stoull(argv[1]) : 500'000;
  const auto text = generate(lines);
  tokenise(text, lines);
  const auto parser = intel::kAlbParser.prepare({});
  if (!parser) return 1;
  auto before = cpu_seconds();
  auto rows = run_text(**parser, text);
  report("parse", lines, cpu_seconds() - before);
  if (argc > 3) {
    const auto geoip = intel::kGeoipEnricher.prepare(
        {.variables = {{"GEOIP_DATABASES", argv[3]}}, .data_folder = argv[2]});
    if (!geoip) {
      std::puts(geoip.error().message.c_str());
      return 1;
    }
    before = cpu_seconds();
    rows = run_rows(**geoip, rows);
    report("geoip", lines, cpu_seconds() - before);
  }
  write_parquet(rows, lines, argc > 4);
  return 0;
}

// links: intel sdk core
// Makes log lines and what a parser makes of them, for a second, independent reading to compare:
//   parser_tool <kind> <lines> <seed> <folder>
// writes <folder>/input.log, and <folder>/rows.jsonl with one object a row, its table in "table".
#include <arrow/record_batch.h>

#include <cstdio>
#include <fstream>
#include <string>

#include "intel/generators/alb.h"
#include "intel/parsers/alb.h"
#include "sdk/batch_text.h"
#include "sdk/text_blocks.h"

namespace {

using namespace sextant;

std::string generate(std::uint64_t lines, std::uint64_t seed) {
  std::string text;
  intel::AlbGenerator generator({.lines = lines,
                                 .seed = seed,
                                 .odd_share = 0.5,
                                 .malformed_share = 0.05,
                                 .attacks = *intel::parse_techniques("all")});
  while (generator.next(text, nullptr)) {
  }
  return text;
}

bool parse(const std::string& text, const std::string& file) {
  std::ofstream out(file, std::ios::binary);
  const auto emit = [&out](const sdk::Rows& rows) -> Result<> {
    for (std::int64_t row = 0; row < rows.batch->num_rows(); ++row) {
      const auto json = sdk::row_json(rows.batch, row);
      out << "{\"table\":\"" << rows.table << "\"," << std::string_view(json).substr(1) << '\n';
    }
    return {};
  };
  const auto prepared = intel::kAlbParser.prepare({});
  if (!prepared) return false;
  sdk::Source source;
  source.path = "s3://logs/AWSLogs/210987654321/elasticloadbalancing/eu-west-1/2026/01/01/a.log";
  const auto stage = (*prepared)->start(source);
  sdk::TextBlocks blocks;
  const auto take = [&](const sdk::TextBlock& block) { return stage->text(block, emit); };
  return blocks.add(text, take) && blocks.finish(take) && stage->finish(emit) && out.flush();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5 || std::string_view(argv[1]) != "alb") {
    std::fputs("usage: parser_tool alb <lines> <seed> <folder>\n", stderr);
    return 2;
  }
  const std::string folder = argv[4];
  const auto text = generate(std::stoull(argv[2]), std::stoull(argv[3]));
  std::ofstream(folder + "/input.log", std::ios::binary) << text;
  return parse(text, folder + "/rows.jsonl") ? 0 : 1;
}

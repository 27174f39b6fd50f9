// links: intel sdk core
// Makes log lines and what a parser makes of them, for a second, independent reading to compare:
//   parser_tool <kind> <lines> <seed> <folder> [<folder of databases> <database.mmdb>]
// kind: any of intel/log_kinds.h. It writes <folder>/input.log, and <folder>/rows.jsonl with one
// object a row, its table in "table"; with a database, rows have gone through the GeoIP enricher
// too.
#include <arrow/record_batch.h>

#include <cstdio>
#include <fstream>
#include <string>

#include "intel/enrichers/geoip.h"
#include "intel/log_kinds.h"
#include "sdk/batch_text.h"
#include "sdk/text_blocks.h"

namespace {

using namespace sextant;

std::string generate(const intel::LogKind& kind, std::uint64_t lines, std::uint64_t seed) {
  const auto generator =
      kind.make_generator({.lines = lines,
                           .seed = seed,
                           .odd_share = 0.5,
                           .malformed_share = 0.05,
                           .attacks = *intel::parse_techniques("all", kind.attacks)});
  return intel::object_text(*generator);
}

class Chain {
 public:
  Chain(const intel::Parser& parser, const std::string& file)
      : function_(intel::parser_function(parser)), out_(file, std::ios::binary) {}

  Result<> load(const sdk::Configuration& configuration, bool enriched) {
    SX_TRY_AS(parser_, function_.prepare({}));
    if (!enriched) return {};
    SX_TRY_AS(geoip_, intel::kGeoipEnricher.prepare(configuration));
    return {};
  }

  Result<> run(const std::string& text) {
    sdk::Source source;
    source.path = "s3://logs/AWSLogs/210987654321/service/eu-west-1/2026/01/01/a.log";
    const auto parser = parser_->start(source);
    const auto geoip = geoip_ ? geoip_->start(source) : nullptr;
    const auto print = [this](const sdk::Rows& rows) { return this->print(rows); };
    const auto parsed = [&](sdk::Rows rows) {
      return geoip ? geoip->rows(std::move(rows), print) : print(rows);
    };
    sdk::TextBlocks blocks(function_.takes);
    const auto take = [&](const sdk::TextBlock& block) { return parser->text(block, parsed); };
    SX_TRY(blocks.add(text, take));
    SX_TRY(blocks.finish(take));
    SX_TRY(parser->finish(parsed));
    if (!out_.flush()) return fail(Code::Exhausted, "the rows cannot be written");
    return {};
  }

 private:
  Result<> print(const sdk::Rows& rows) {
    for (std::int64_t row = 0; row < rows.batch->num_rows(); ++row) {
      const auto json = sdk::row_json(rows.batch, row);
      out_ << "{\"table\":\"" << rows.table << "\"," << std::string_view(json).substr(1) << '\n';
    }
    return {};
  }

  sdk::Function function_;
  std::ofstream out_;
  std::shared_ptr<const sdk::Prepared> parser_;
  std::shared_ptr<const sdk::Prepared> geoip_;
};

}  // namespace

int main(int argc, char** argv) {
  const auto* kind = argc > 1 ? intel::find_log_kind(argv[1]) : nullptr;
  if ((argc != 5 && argc != 7) || kind == nullptr) {
    std::fputs("usage: parser_tool <kind> <lines> <seed> <folder> [<data folder> <database>]\n",
               stderr);
    return 2;
  }
  const std::string folder = argv[4];
  const auto text = generate(*kind, std::stoull(argv[2]), std::stoull(argv[3]));
  std::ofstream(folder + "/input.log", std::ios::binary) << text;
  sdk::Configuration configuration;
  if (argc == 7) {
    configuration.variables["GEOIP_DATABASES"] = argv[6];
    configuration.data_folder = argv[5];
  }
  Chain chain(*kind->parser, folder + "/rows.jsonl");
  auto done = chain.load(configuration, argc == 7);
  if (done) done = chain.run(text);
  if (!done) std::fprintf(stderr, "parser_tool: %s\n", done.error().message.c_str());
  return done ? 0 : 1;
}

#include "intel/kind_guess.h"

#include <arrow/record_batch.h>

#include <algorithm>
#include <utility>

#include "intel/parsers/name_pattern.h"
#include "sdk/text_blocks.h"

namespace sextant::intel {
namespace {

// Of a sample that is not all of the object, what is whole of it: to the last line's end.
std::string_view whole_lines(const Sample& sample) {
  return sample.whole ? sample.text : sample.text.substr(0, sample.text.rfind('\n') + 1);
}

Result<Trial> try_as(const LogKind& kind, const Sample& sample, const sdk::Source& source,
                     const ReaderOptions& options) {
  Trial trial{.kind = &kind, .whole = sample.whole};
  const auto collect = [&trial](sdk::Rows rows) -> Result<> {
    const auto count = static_cast<std::uint64_t>(rows.batch->num_rows());
    (rows.table == "malformed" ? trial.malformed : trial.entries) += count;
    trial.rows.push_back(std::move(rows));
    return {};
  };
  const auto& parser = *kind.parser;
  const auto stage = start_parser(parser, source, options);
  sdk::TextBlocks blocks(takes_of(parser));
  const auto take = [&](const sdk::TextBlock& block) { return stage->text(block, collect); };
  SX_TRY(blocks.add(parser.records ? sample.text : whole_lines(sample), take));
  SX_TRY(blocks.finish(take));
  SX_TRY(stage->finish(collect));
  if (parser.records && !sample.whole && trial.malformed > 0) --trial.malformed;
  return trial;
}

bool is_better(const Trial& trial, const Trial& than) {
  if (trial.reads() != than.reads()) return trial.reads();
  return trial.reads() && trial.rejected_share() < than.rejected_share();
}

}  // namespace

double Trial::rejected_share() const {
  const auto all = entries + malformed;
  return all == 0 ? 0 : static_cast<double>(malformed) / static_cast<double>(all);
}

const LogKind* kind_of_name(std::string_view path, const Kinds& among) {
  const LogKind* best = nullptr;
  std::size_t length = 0;
  for (const auto* kind : among) {
    for (const auto pattern : kind->parser->object_names) {
      if (pattern.size() <= length || !matches_name(pattern, path)) continue;
      best = kind;
      length = pattern.size();
    }
  }
  return best;
}

Result<Trial> try_kinds(const Sample& sample, const sdk::Source& source,
                        const ReaderOptions& options, const Kinds& among, const LogKind* guess) {
  Trial best;
  if (guess != nullptr) {
    SX_TRY_AS(best, try_as(*guess, sample, source, options));
    if (best.reads() && best.rejected_share() <= kRejectedShareMax) return best;
  }
  for (const auto* kind : among) {
    if (kind == guess) continue;
    SX_TRY_AS(auto trial, try_as(*kind, sample, source, options));
    if (is_better(trial, best)) best = std::move(trial);
    if (best.reads() && best.malformed == 0) break;
  }
  return best;
}

}  // namespace sextant::intel

#include "intel/auto_parser.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "core/strings.h"
#include "core/suggest.h"
#include "intel/kind_guess.h"
#include "sdk/text_blocks.h"

namespace sextant::intel {
namespace {

class RefusingReader final : public LineReader {
 public:
  explicit RefusingReader(std::string reason) : reason_(std::move(reason)) {}
  void read(std::span<const Line> lines, const Refuse& refuse) override {
    for (std::size_t line = 0; line < lines.size(); ++line) refuse(line, reason_);
  }
  std::size_t rows() const override { return 0; }
  std::size_t bytes() const override { return 0; }
  BatchPtr finish() override { return nullptr; }

 private:
  std::string reason_;
};

std::string names_of(const Kinds& kinds) {
  std::string names;
  for (const auto* kind : kinds) names.append(names.empty() ? "" : ", ").append(kind->name());
  return names;
}

// Lines of a kind that nobody knows.
Parser refusing_parser(const Kinds& tried) {
  const auto reason = "the object is no log of a known kind: it was tried as " + names_of(tried);
  return {.id = "parsers.auto",
          .kind = kUnknownKind,
          .title = {},
          .summary = {},
          .make_reader = [reason](const ObjectFacts&, const ReaderOptions&) {
            return std::make_unique<RefusingReader>(reason);
          }};
}

class AutoStage final : public sdk::Stage {
 public:
  AutoStage(const Kinds& kinds, const sdk::Source& source, const ReaderOptions& options)
      : kinds_(kinds),
        source_(source),
        options_(options),
        guess_(kind_of_name(source.path, kinds)) {}

  Result<> text(const sdk::TextBlock& block, const sdk::Emit& emit) override {
    if (stage_) return hand_over(block.text, block.last, emit);
    sample_ += block.text;
    at_end_ = block.last;  // what the end means, finish() or damaged() will say
    while (!at_end_ && !stage_ && sample_.size() >= wanted_) SX_TRY(look(emit));
    return {};
  }

  Result<> damaged(std::uint64_t offset, std::string_view reason, const sdk::Emit& emit) override {
    if (!stage_) {
      SX_TRY_AS(const auto trial, try_sample({.text = sample_}));
      SX_TRY(begin(trial.kind, emit));
    }
    return stage_->damaged(offset, reason, emit);
  }

  Result<> finish(const sdk::Emit& emit) override {
    if (!stage_) {
      SX_TRY_AS(const auto trial, try_sample({.text = sample_, .whole = true}));
      if (trial.kind != nullptr) return emit_all(trial.rows, emit);
      SX_TRY(begin(nullptr, emit));
    }
    return stage_->finish(emit);
  }

 private:
  Result<Trial> try_sample(const Sample& sample) {
    return try_kinds(sample, source_, options_, kinds_, guess_);
  }

  Result<> look(const sdk::Emit& emit) {
    const auto text = std::string_view(sample_).substr(0, wanted_);
    SX_TRY_AS(const auto trial, try_sample({.text = text}));
    if (trial.reads() || wanted_ == kSampleBytesMax) return begin(trial.kind, emit);
    wanted_ = kSampleBytesMax;
    return {};
  }

  // From here on the object is of that kind; nullptr: of none.
  Result<> begin(const LogKind* kind, const sdk::Emit& emit) {
    const auto parser = kind != nullptr ? *kind->parser : refusing_parser(kinds_);
    stage_ = start_parser(parser, source_, options_);
    blocks_ = sdk::TextBlocks(takes_of(parser));
    const auto sample = std::exchange(sample_, {});
    return hand_over(sample, at_end_, emit);
  }

  Result<> hand_over(std::string_view text, bool last, const sdk::Emit& emit) {
    const auto take = [&](const sdk::TextBlock& block) { return stage_->text(block, emit); };
    SX_TRY(blocks_.add(text, take));
    return last ? blocks_.finish(take) : Result<>();
  }

  static Result<> emit_all(const std::vector<sdk::Rows>& rows, const sdk::Emit& emit) {
    for (const auto& each : rows) SX_TRY(emit(each));
    return {};
  }

  const Kinds& kinds_;
  const sdk::Source source_;
  const ReaderOptions options_;
  const LogKind* guess_;
  std::string sample_;  // until it is known what reads it
  std::size_t wanted_ = kSampleBytes;
  bool at_end_ = false;
  std::unique_ptr<sdk::Stage> stage_;
  sdk::TextBlocks blocks_;
};

class AutoPrepared final : public sdk::Prepared {
 public:
  AutoPrepared(Kinds kinds, const ReaderOptions& options)
      : kinds_(std::move(kinds)), options_(options) {}
  std::unique_ptr<sdk::Stage> start(const sdk::Source& source) const override {
    return std::make_unique<AutoStage>(kinds_, source, options_);
  }

 private:
  Kinds kinds_;
  ReaderOptions options_;
};

std::vector<std::string_view> known_names() {
  std::vector<std::string_view> names;
  for (const auto& kind : log_kinds()) names.push_back(kind.name());
  return names;
}

Result<Kinds> kinds_of(const sdk::Configuration& configuration) {
  const auto found = configuration.variables.find("KINDS");
  Kinds kinds;
  if (found == configuration.variables.end() || trim(found->second).empty()) {
    for (const auto& kind : log_kinds()) kinds.push_back(&kind);
    return kinds;
  }
  for (const auto piece : split(found->second, ',')) {
    const auto name = trim(piece);
    const auto* kind = find_log_kind(name);
    if (kind == nullptr) {
      auto hint = did_you_mean(name, known_names());
      if (hint.empty()) hint = "there are " + listed(known_names());
      return fail(Code::Invalid,
                  "KINDS: no kind of log is called '" + std::string(name) + "'; " + hint);
    }
    if (std::ranges::find(kinds, kind) == kinds.end()) kinds.push_back(kind);
  }
  return kinds;
}

}  // namespace

sdk::Function auto_parser_function() {
  return {
      .id = "parsers.auto",
      .title = "Any kind of log",
      .summary = "Reads each object as the kind of log that it is, by its name and its beginning.",
      .status = sdk::Status::Stable,
      .input = sdk::Trust::Untrusted,
      .takes = sdk::Takes::Bytes,
      .config = {{.name = "KINDS",
                  .help = "the kinds that objects may be, between commas; each needs its table",
                  .otherwise = "all"},
                 keep_original_field()},
      .prepare = [](const sdk::Configuration& configuration)
          -> Result<std::shared_ptr<const sdk::Prepared>> {
        SX_TRY_AS(auto kinds, kinds_of(configuration));
        SX_TRY_AS(const auto options, reader_options(configuration));
        return std::make_shared<AutoPrepared>(std::move(kinds), options);
      }};
}

}  // namespace sextant::intel

#include "intel/log_type_parser.h"

#include <utility>

#include "core/function_code.h"
#include "intel/log_kinds.h"
#include "intel/parsers/log_types/log_type.h"
#include "sdk/text_blocks.h"

namespace sextant::intel {
namespace {

std::string variable(const sdk::Configuration& configuration, std::string_view name) {
  const auto found = configuration.variables.find(std::string(name));
  return found == configuration.variables.end() ? std::string() : found->second;
}

// The file that the code was packaged from, which its last line names.
std::string file_of(std::string_view code) {
  const auto last = code.substr(code.rfind('\n', code.empty() ? 0 : code.size() - 2) + 1);
  if (!last.starts_with(kCodeFileComment)) return "InlineCode";
  auto name = last.substr(kCodeFileComment.size());
  return std::string(name.substr(0, name.find('\n')));
}

Result<Parser> load(const sdk::Configuration& configuration) {
  const auto code = variable(configuration, kCodeVariable);
  const auto stage = variable(configuration, kStageVariable);
  if (code.empty()) {
    return fail(Code::Invalid,
                "there is no parser '" + stage +
                    "' in the box: give its log type, as the function's InlineCode, or as a file "
                    "by CodeUri and `sextant deploy`");
  }
  const auto file = file_of(code);
  auto parser = parse_log_type(code);
  if (!parser) return fail(Code::Invalid, "\n" + to_text(parser.error(), file));
  if (find_log_kind(parser->kind) != nullptr) {
    return fail(Code::Invalid, file + ": there is a parser '" + std::string(parser->id) +
                                   "' in the box: give the log type another name");
  }
  if (parser->id != stage) {
    return fail(Code::Invalid, file + ": the log type is called '" + std::string(parser->kind) +
                                   "': write " + std::string(parser->id) + " in the handler, not " +
                                   stage);
  }
  return std::move(*parser);
}

// The catalogue says of all log types that they take bytes: where one takes lines, they are cut
// here.
class CutStage final : public sdk::Stage {
 public:
  CutStage(const Parser& parser, const sdk::Source& source, const ReaderOptions& options)
      : stage_(start_parser(parser, source, options)), blocks_(takes_of(parser)) {}
  Result<> text(const sdk::TextBlock& block, const sdk::Emit& emit) override {
    const auto take = [&](const sdk::TextBlock& lines) { return stage_->text(lines, emit); };
    SX_TRY(blocks_.add(block.text, take));
    return block.last ? blocks_.finish(take) : Result<>();
  }
  Result<> damaged(std::uint64_t offset, std::string_view reason, const sdk::Emit& emit) override {
    return stage_->damaged(offset, reason, emit);
  }
  Result<> finish(const sdk::Emit& emit) override { return stage_->finish(emit); }

 private:
  std::unique_ptr<sdk::Stage> stage_;
  sdk::TextBlocks blocks_;
};

class LogTypePrepared final : public sdk::Prepared {
 public:
  LogTypePrepared(Parser parser, const ReaderOptions& options)
      : parser_(std::move(parser)), options_(options) {}
  std::unique_ptr<sdk::Stage> start(const sdk::Source& source) const override {
    return std::make_unique<CutStage>(parser_, source, options_);
  }

 private:
  Parser parser_;
  ReaderOptions options_;
};

}  // namespace

sdk::Function log_type_function() {
  return {.id = "parsers.*",
          .title = "Log types",
          .summary = "Reads logs as the function's code says: a log type, in YAML.",
          .status = sdk::Status::Alpha,
          .input = sdk::Trust::Untrusted,
          .takes = sdk::Takes::Bytes,
          .config = {keep_original_field(),
                     {.name = kCodeVariable,
                      .help = "the log type: InlineCode, or the file that CodeUri names",
                      .otherwise = ""}},
          .prepare = [](const sdk::Configuration& configuration)
              -> Result<std::shared_ptr<const sdk::Prepared>> {
            SX_TRY_AS(auto parser, load(configuration));
            SX_TRY_AS(const auto options, reader_options(configuration));
            return std::make_shared<LogTypePrepared>(std::move(parser), options);
          }};
}

}  // namespace sextant::intel

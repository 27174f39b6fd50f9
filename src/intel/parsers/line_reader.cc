#include "intel/parsers/line_reader.h"

#include <algorithm>

#include "intel/parsers/line_stage.h"
#include "intel/parsers/record_stage.h"
#include "intel/parsers/text_bytes.h"

namespace sextant::intel {
namespace {

bool is_account(std::string_view text) {
  return text.size() == 12 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Cuts the text up to the next '/' off `rest`.
std::string_view next_part(std::string_view& rest) {
  const auto part = rest.substr(0, rest.find('/'));
  rest.remove_prefix(std::min(part.size() + 1, rest.size()));
  return part;
}

class LinePrepared final : public sdk::Prepared {
 public:
  LinePrepared(Parser parser, const ReaderOptions& options)
      : parser_(std::move(parser)), options_(options) {}
  std::unique_ptr<sdk::Stage> start(const sdk::Source& source) const override {
    return start_parser(parser_, source, options_);
  }

 private:
  Parser parser_;
  ReaderOptions options_;
};

Result<bool> flag(const sdk::Configuration& configuration, const std::string& name) {
  const auto found = configuration.variables.find(name);
  if (found == configuration.variables.end() || found->second.empty()) return false;
  if (found->second == "true") return true;
  if (found->second == "false") return false;
  return fail(Code::Invalid, name + " is '" + found->second + "': write true or false");
}

}  // namespace

ObjectFacts facts_of(const sdk::Source& source) {
  ObjectFacts facts;
  facts.received = source.received;
  escape_into(source.path, facts.path);
  constexpr std::string_view kFolder = "AWSLogs/";
  const auto at = source.path.find(kFolder);
  if (at == std::string::npos) return facts;
  auto rest = std::string_view(source.path).substr(at + kFolder.size());
  auto account = next_part(rest);
  if (account.starts_with("o-")) account = next_part(rest);  // an organisation's trail
  if (!is_account(account)) return facts;
  facts.account = account;
  next_part(rest);  // the service
  const auto region = next_part(rest);
  if (std::count(region.begin(), region.end(), '-') >= 2) facts.region = region;
  return facts;
}

const sdk::ConfigField& keep_original_field() {
  static constexpr sdk::ConfigField kField{
      .name = "KEEP_ORIGINAL",
      .help = "true: keep each line as it was, in column event.original",
      .otherwise = "false"};
  return kField;
}

Result<ReaderOptions> reader_options(const sdk::Configuration& configuration) {
  SX_TRY_AS(const bool keep, flag(configuration, "KEEP_ORIGINAL"));
  return ReaderOptions{.keep_original = keep};
}

sdk::Takes takes_of(const Parser& parser) {
  return parser.records ? sdk::Takes::Bytes : sdk::Takes::Text;
}

std::unique_ptr<sdk::Stage> start_parser(const Parser& parser, const sdk::Source& source,
                                         const ReaderOptions& options) {
  if (parser.records) return std::make_unique<RecordStage>(parser, source, options);
  return std::make_unique<LineStage>(parser, source, options);
}

sdk::Function parser_function(const Parser& parser) {
  return {.id = parser.id,
          .title = parser.title,
          .summary = parser.summary,
          .status = sdk::Status::Stable,
          .input = sdk::Trust::Untrusted,
          .takes = takes_of(parser),
          .config = {keep_original_field()},
          .prepare = [parser](const sdk::Configuration& configuration)
              -> Result<std::shared_ptr<const sdk::Prepared>> {
            SX_TRY_AS(const auto options, reader_options(configuration));
            return std::make_shared<LinePrepared>(parser, options);
          }};
}

}  // namespace sextant::intel

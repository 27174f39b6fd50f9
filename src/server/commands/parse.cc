#include <arrow/array.h>
#include <arrow/record_batch.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "cli/node_client.h"
#include "cli/text_table.h"
#include "core/clock.h"
#include "core/file.h"
#include "core/inflate.h"
#include "intel/auto_parser.h"
#include "intel/log_kinds.h"
#include "intel/parsers/log_types/log_type.h"
#include "intel/parsers/log_types/log_type_cases.h"
#include "sdk/batch_text.h"
#include "sdk/text_blocks.h"
#include "server/commands/commands.h"

namespace sextant::server {
namespace {

constexpr std::size_t kReadBytes = 256 * 1024;
constexpr std::size_t kInflatedBytes = 1 << 20;

struct ParseOptions {
  std::string kind;   // a kind in the box, or the file of a log type; "": whichever it is
  std::string file;   // "-": standard input
  std::string cases;  // of a log type, to be run; "": none
  std::string output = "json";
};

bool is_log_type_file(std::string_view kind) {
  return kind.contains('/') || kind.ends_with(".yaml") || kind.ends_with(".yml") ||
         kind.ends_with(".json");
}

// Errors: as read_file; Invalid, every finding with its place, one a line.
Result<intel::Parser> load_log_type(const std::string& file) {
  SX_TRY_AS(const auto text, read_file(file));
  auto parser = intel::parse_log_type(text);
  if (parser) return std::move(*parser);
  return fail(Code::Invalid, intel::to_text(parser.error(), file));
}

Result<sdk::Function> load_parser(const std::string& kind) {
  if (kind.empty()) return intel::auto_parser_function();
  if (const auto* known = intel::find_log_kind(kind)) return intel::parser_function(*known->parser);
  SX_TRY_AS(const auto parser, load_log_type(kind));
  return intel::parser_function(parser);
}

// Runs the cases that lie beside a log type.
Result<> run_cases(const std::string& file) {
  SX_TRY_AS(const auto text, read_file(file));
  const auto cases = intel::parse_log_type_cases(text);
  if (!cases) return fail(Code::Invalid, intel::to_text(cases.error(), file));
  const auto folder = std::filesystem::path(file).parent_path();
  SX_TRY_AS(const auto parser, load_log_type((folder / cases->log_type).string()));
  const auto wrong = intel::run_log_type_cases(parser, *cases);
  if (!wrong.empty()) return fail(Code::Invalid, intel::to_text(wrong, file));
  std::printf("%zu cases of '%s' are as they should be\n", cases->cases.size(),
              std::string(parser.kind).c_str());
  return {};
}

// What people look at first, of whatever kind; a kind has some of them.
constexpr std::string_view kShown[] = {"ts",
                                       "event.action",
                                       "event.outcome",
                                       "user.name",
                                       "source.address",
                                       "source.ip",
                                       "destination.ip",
                                       "destination.port",
                                       "dns.question.name",
                                       "url.domain",
                                       "url.path",
                                       "http.request.method",
                                       "http.response.status_code",
                                       "rule.id"};

using FilePtr = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

// As if the file had been put into a bucket when it was written last; standard input comes now.
Time received(const std::string& file) {
  std::error_code error;
  const auto written = std::filesystem::last_write_time(file, error);
  if (file == "-" || error) return SystemClock().now();
  return std::chrono::floor<Duration>(std::chrono::file_clock::to_sys(written));
}

class Parsing {
 public:
  Parsing(const ParseOptions& options, sdk::Function function)
      : options_(options), function_(std::move(function)) {}

  Result<> run() {
    SX_TRY_AS(const auto prepared, function_.prepare({}));
    const bool standard = options_.file == "-";
    const FilePtr file(standard ? stdin : std::fopen(options_.file.c_str(), "rb"),
                       [](auto* open) { return open == stdin ? 0 : std::fclose(open); });
    if (!file) return fail(Code::NotFound, "'" + options_.file + "' cannot be opened");
    sdk::Source source;
    source.path = options_.file;
    source.received = received(options_.file);
    stage_ = prepared->start(source);
    SX_TRY(read(*file));
    SX_TRY(stage_->finish(print_));
    if (std::fflush(stdout) != 0) return fail(Code::Exhausted, "the rows cannot be written");
    if (options_.kind.empty() && !table_.empty()) {
      std::fprintf(stderr, "read as %s: ", table_.c_str());
    }
    std::fprintf(stderr, "%s entries, %s malformed\n", cli::grouped(entries_).c_str(),
                 cli::grouped(malformed_).c_str());
    return {};
  }

 private:
  Result<> read(std::FILE& file) {
    std::string piece(kReadBytes, '\0');
    std::unique_ptr<Inflater> inflater;
    while (!damage_) {
      const auto count = std::fread(piece.data(), 1, piece.size(), &file);
      const std::string_view bytes(piece.data(), count);
      if (!inflater) inflater = Inflater::make(sniff_compression(bytes));
      if (count == 0) break;
      SX_TRY(inflate(*inflater, bytes));
    }
    if (std::ferror(&file) != 0)
      return fail(Code::Unavailable, "'" + options_.file + "' cannot be read");
    if (!damage_) {
      if (auto ended = inflater->finish(); !ended) damage_ = std::move(ended).error();
    }
    SX_TRY(blocks_.finish(take_));
    return damage_ ? stage_->damaged(bytes_, damage_->message, print_) : Result<>();
  }

  Result<> inflate(Inflater& inflater, std::string_view bytes) {
    std::string text;
    do {
      text.clear();
      auto inflated = inflater.inflate(bytes, text, kInflatedBytes);
      bytes_ += text.size();
      SX_TRY(blocks_.add(text, take_));
      if (!inflated) {
        damage_ = std::move(inflated).error();
        return {};
      }
    } while (!bytes.empty() || text.size() >= kInflatedBytes);
    return {};
  }

  Result<> print(const sdk::Rows& rows) {
    if (rows.table == "malformed") {
      tell_malformed(rows.batch);
      return {};
    }
    table_ = rows.table;
    if (options_.output == "json") {
      print_json(rows.batch);
    } else {
      print_table(rows.batch);
    }
    return {};
  }

  void print_json(const BatchPtr& batch) {
    constexpr std::string_view kTime = "{\"ts\"";  // which comes first, and JSON calls @timestamp
    entries_ += static_cast<std::uint64_t>(batch->num_rows());
    for (std::int64_t row = 0; row < batch->num_rows(); ++row) {
      auto json = sdk::row_json(batch, row);
      if (json.starts_with(kTime)) json.replace(0, kTime.size(), "{\"@timestamp\"");
      std::printf("%s\n", json.c_str());
    }
  }

  void print_table(const BatchPtr& batch) {
    entries_ += static_cast<std::uint64_t>(batch->num_rows());
    std::vector<std::string> shown;
    for (const auto column : kShown) {
      const auto values = batch->GetColumnByName(std::string(column));
      if (values && values->null_count() < batch->num_rows()) shown.emplace_back(column);
    }
    cli::TextTable table(shown);
    for (std::int64_t row = 0; row < batch->num_rows(); ++row) {
      std::vector<std::string> cells;
      for (const auto& column : shown) {
        cells.push_back(sdk::cell_text(batch, column, row).value_or(""));
      }
      table.add(std::move(cells));
    }
    std::printf("%s", table.text().c_str());
  }

  void tell_malformed(const BatchPtr& batch) {
    malformed_ += static_cast<std::uint64_t>(batch->num_rows());
    for (std::int64_t row = 0; row < batch->num_rows(); ++row) {
      std::fprintf(stderr, "%s: offset %s, %s bytes: %s\n", options_.file.c_str(),
                   sdk::cell_text(batch, "log.offset", row).value_or("").c_str(),
                   sdk::cell_text(batch, "log.length", row).value_or("").c_str(),
                   sdk::cell_text(batch, "reason", row).value_or("").c_str());
    }
  }

  const ParseOptions& options_;
  const sdk::Function function_;
  std::unique_ptr<sdk::Stage> stage_;
  sdk::TextBlocks blocks_{function_.takes};
  const sdk::Emit print_ = [this](const sdk::Rows& rows) { return print(rows); };
  const sdk::TextBlocks::Take take_ = [this](const sdk::TextBlock& block) {
    return stage_->text(block, print_);
  };
  std::string table_;        // of the entries
  std::uint64_t bytes_ = 0;  // decompressed
  std::optional<Error> damage_;
  std::uint64_t entries_ = 0;
  std::uint64_t malformed_ = 0;
};

Result<> run(const ParseOptions& options) {
  if (!options.cases.empty()) return run_cases(options.cases);
  if (options.file.empty())
    return fail(Code::Invalid, "FILE is missing: name a log, or - for standard input");
  SX_TRY_AS(auto function, load_parser(options.kind));
  return Parsing(options, std::move(function)).run();
}

}  // namespace

void add_parse(CLI::App& program, cli::ExitCode& exit) {
  auto options = std::make_shared<ParseOptions>();
  std::vector<std::string> kinds;
  for (const auto& kind : intel::log_kinds()) kinds.emplace_back(kind.name());
  auto* command = program.add_subcommand(
      "parse", "Show what a parser makes of a log, without a node; malformed lines on stderr");
  command
      ->add_option("--kind", options->kind,
                   "Kind of log, or the file of a log type (my_log.yaml); default: the kind that "
                   "the file's name and its beginning show")
      ->check([known = CLI::IsMember(kinds)](const std::string& kind) {
        return is_log_type_file(kind) ? std::string() : known(kind);
      });
  command->add_option("FILE", options->file, "Plain, gzip or zstd; - is standard input");
  command->add_option("--test", options->cases,
                      "Run the cases of a log type (my_log_cases.yaml) instead");
  command->add_option("--output", options->output, "json: an ECS record a line; text: a table")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  command->callback([options, &exit] {
    const auto done = run(*options);
    exit = done ? cli::ExitCode::Ok : cli::report_usage(done.error());
  });
}

}  // namespace sextant::server

#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/json.hpp>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include "cli/node_client.h"
#include "cli/text_table.h"
#include "core/json.h"
#include "core/strings.h"
#include "core/time_text.h"
#include "intel/log_kinds.h"
#include "server/commands/commands.h"
#include "server/commands/log_files.h"

namespace sextant::server {
namespace {

constexpr double kHoursMax = 100 * 366 * 24;  // a hundred years

struct GenerateOptions {
  std::string kind = "alb";
  intel::GeneratorOptions traffic;
  std::string start = "2026-01-01T00:00:00Z";
  double hours = 24;
  std::string attacks = "none";
  std::string folder;  // "": standard output
  std::uint64_t objects = 1;
  bool gzip = false;
  std::string truth;
  std::string output = "text";
};

struct Totals {
  std::uint64_t files = 0;
  std::uint64_t lines = 0;
  std::uint64_t bytes = 0;  // of the files
};

Result<intel::GeneratorOptions> traffic_options(const GenerateOptions& options,
                                                const intel::LogKind& kind) {
  auto traffic = options.traffic;
  const auto start = parse_iso8601(options.start);
  if (!start)
    return fail(Code::Invalid,
                "--start is a time like 2026-01-01T00:00:00Z, not '" + options.start + "'");
  if (*start < Time() || options.hours > kHoursMax) {
    return fail(Code::Invalid, "--start is 1970 or later, --hours at most " +
                                   std::to_string(static_cast<int>(kHoursMax)));
  }
  traffic.start = *start;
  traffic.duration = Duration(static_cast<std::int64_t>(options.hours * 3'600e6));
  SX_TRY_AS(traffic.attacks,
            within("--attacks", intel::parse_techniques(options.attacks, kind.attacks)));
  return traffic;
}

class Generation {
 public:
  Generation(const GenerateOptions& options, const intel::LogKind& kind,
             const intel::GeneratorOptions& traffic)
      : options_(options), traffic_(traffic), generator_(kind.make_generator(traffic)) {}

  Result<Totals> run() {
    if (!options_.truth.empty()) {
      SX_TRY_AS(truth_file_, LogFile::create(options_.truth, LogFile::Format::Plain));
    }
    for (std::uint64_t object = 0; object < options_.objects; ++object)
      SX_TRY(write_object(object));
    if (truth_file_) SX_TRY(truth_file_->close());
    return totals_;
  }

 private:
  std::string object_name(std::uint64_t number) const {
    const auto share = static_cast<double>(number + 1) / static_cast<double>(options_.objects);
    const auto passed = static_cast<double>(traffic_.duration.count()) * share;
    auto name = generator_->object_key(traffic_.start + Duration(static_cast<std::int64_t>(passed)),
                                       number);
    const bool named_gzip = name.ends_with(".gz");
    if (!options_.gzip && named_gzip) name.resize(name.size() - 3);
    if (options_.gzip && !named_gzip) name += ".gz";
    return name;
  }

  Result<> write_object(std::uint64_t object) {
    const auto lines = traffic_.lines * (object + 1) / options_.objects -
                       traffic_.lines * object / options_.objects;
    const auto name = object_name(object);
    const auto format = options_.gzip ? LogFile::Format::Gzip : LogFile::Format::Plain;
    const auto path = std::filesystem::path(options_.folder) / name;
    SX_TRY_AS(const auto file, options_.folder.empty() ? LogFile::standard_output(format)
                                                       : LogFile::create(path, format));
    auto text = generator_->heading();
    std::uint64_t offset = 0;
    std::uint64_t number = 0;  // of the line
    for (std::uint64_t entry = 0; entry < lines; ++entry) {
      intel::Truth truth;
      if (entry > 0) text += generator_->between();
      const auto heading_bytes = text.size();
      number += static_cast<std::uint64_t>(std::ranges::count(text, '\n'));
      generator_->next(text, &truth);
      if (truth_file_ && truth.kind == intel::LineKind::Attack) {
        const auto told = intel::truth_json(truth, name, number, offset + heading_bytes);
        SX_TRY(truth_file_->write(told + "\n"));
      }
      SX_TRY(file->write(text));
      offset += text.size();
      number += static_cast<std::uint64_t>(
          std::count(text.begin() + static_cast<std::ptrdiff_t>(heading_bytes), text.end(), '\n'));
      text.clear();
    }
    SX_TRY(file->write(text.append(generator_->footing())));
    SX_TRY(file->close());
    if (!options_.folder.empty()) add_to_totals(path, std::max(number, lines));
    return {};
  }

  void add_to_totals(const std::filesystem::path& path, std::uint64_t lines) {
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    ++totals_.files;
    totals_.lines += lines;
    totals_.bytes += error ? 0 : size;
  }

  const GenerateOptions& options_;
  const intel::GeneratorOptions& traffic_;
  std::unique_ptr<intel::LogGenerator> generator_;
  std::unique_ptr<LogFile> truth_file_;
  Totals totals_;
};

void print(const GenerateOptions& options, const Totals& totals) {
  if (options.output == "json") {
    const boost::json::object result{
        {"Files", totals.files}, {"Lines", totals.lines}, {"Bytes", totals.bytes}};
    std::printf("%s\n", json::to_text(result).c_str());
  } else {
    std::printf("%s files, %s lines, %s in %s\n", cli::grouped(totals.files).c_str(),
                cli::grouped(totals.lines).c_str(),
                cli::human_bytes(static_cast<double>(totals.bytes)).c_str(),
                options.folder.c_str());
  }
}

cli::ExitCode run(const GenerateOptions& options) {
  const auto& kind = *intel::find_log_kind(options.kind);  // which the option's check knows
  const auto traffic = traffic_options(options, kind);
  if (!traffic) return cli::report_usage(traffic.error());
  if (options.folder.empty() && options.output == "json") {
    return cli::report_usage(
        {Code::Invalid, "--output json needs --to: without it the lines go to standard output"});
  }
  const auto totals = Generation(options, kind, *traffic).run();
  if (!totals) return cli::report(totals.error());
  if (!options.folder.empty()) print(options, *totals);
  return cli::ExitCode::Ok;
}

// A whole number from 1 on, in digits.
std::string check_at_least_one(const std::string& text) {
  const auto number = parse_u64(text);
  return number && *number > 0 ? std::string()
                               : "is a whole number and at least 1, not '" + text + "'";
}

std::vector<std::string> kind_names() {
  std::vector<std::string> names;
  for (const auto& kind : intel::log_kinds()) names.emplace_back(kind.name());
  return names;
}

}  // namespace

void add_generate(CLI::App& program, cli::ExitCode& exit) {
  auto options = std::make_shared<GenerateOptions>();
  auto* command = program.add_subcommand(
      "generate",
      "Make realistic logs with labelled attacks; the same options give the same bytes");
  command->add_option("--kind", options->kind, "Kind of log")
      ->check(CLI::IsMember(kind_names()))
      ->capture_default_str();
  command->add_option("--count", options->traffic.lines, "Entries in all")
      ->check(check_at_least_one)
      ->capture_default_str();
  command->add_option("--seed", options->traffic.seed, "Another seed, other logs")
      ->capture_default_str();
  command->add_option("--start", options->start, "Time of the first line")->capture_default_str();
  command->add_option("--hours", options->hours, "Time that the lines are spread over")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command
      ->add_option("--odd", options->traffic.odd_share,
                   "Share of well-formed lines that naive readers stumble over")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command
      ->add_option("--malformed", options->traffic.malformed_share,
                   "Share of lines that are no entries")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command->add_option("--attacks", options->attacks, "all, none, or techniques between commas")
      ->capture_default_str();
  auto* folder = command->add_option("-o,--to", options->folder,
                                     "Folder for the files (default: lines to standard output)");
  command->add_option("--objects", options->objects, "Number of files")
      ->check(check_at_least_one)
      ->needs(folder)
      ->capture_default_str();
  command->add_flag("--gzip", options->gzip, "Compress the files, or standard output");
  command->add_option("--truth", options->truth,
                      "File for the truth about the attacks, a JSON object a line");
  command->add_option("--output", options->output, "text for people, json for programs")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  command->callback([options, &exit] { exit = run(*options); });
}

}  // namespace sextant::server

#pragma once
// What one kind of log brings along: how a line becomes a row. The stage around it
// (line_stage.h) cuts lines, counts, keeps what is malformed, and emits.
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/columns.h"
#include "sdk/function.h"

namespace sextant::intel {

// What an object's name tells about all its lines:
// …/AWSLogs/<account>/<service>/<region>/yyyy/mm/dd/…; empty where it tells nothing.
struct ObjectFacts {
  std::string path;
  std::string account;
  std::string region;
  Time received;  // when the object arrived
};
ObjectFacts facts_of(const sdk::Source& source);

struct Line {
  std::string_view text;  // UTF-8 without NUL, without line end, not empty; valid in the call only
  std::uint64_t offset = 0;  // of the line in the decompressed object
};

// Lines are read in groups, so that a reader can go column by column.
inline constexpr std::size_t kGroupLines = 32;

// Told about a line of the group, by number, that is no entry: what is wrong, and where.
using Refuse = std::function<void(std::size_t line, std::string reason)>;

// Rows in the making, for one delivery.
class LineReader {
 public:
  virtual ~LineReader() = default;
  // Reads at most kGroupLines lines into the next rows, in order. A line that is refused leaves no
  // row; refusals come in the order of the lines.
  virtual void read(std::span<const Line> lines, const Refuse& refuse) = 0;
  // A line that Parser::heading knows: it holds for the lines behind it. False, and nothing is
  // done, when the rows so far must be finished first.
  virtual bool heading(std::string_view) { return true; }
  virtual std::size_t rows() const = 0;
  virtual std::size_t bytes() const = 0;  // of text held, about
  virtual BatchPtr finish() = 0;          // the rows so far; empty after
};

struct ReaderOptions {
  bool keep_original = false;  // fill column event.original
};

// One kind of log. One file defines one, and a case file of the same name proves it.
struct Parser {
  std::string_view id;    // "parsers.alb"
  std::string_view kind;  // "alb": the table, and malformed.kind
  std::string_view title;
  std::string_view summary;
  std::function<std::unique_ptr<LineReader>(const ObjectFacts&, const ReaderOptions&)> make_reader;
  // Whether a line says what the lines behind it hold and is no entry itself; nullptr: none does.
  std::function<bool(std::string_view line)> heading = nullptr;
  // The time of a malformed line, as far as it can be told; nullptr: ISO 8601 among the first
  // words.
  std::function<std::optional<Time>(std::string_view line)> time_of = nullptr;
  // Lines are JSON: bytes that are no text are escaped as JSON strings have it.
  bool json = false;
  // Entries are JSON objects, over many lines or many on one: record_stage.h cuts them.
  bool records = false;
  // How AWS names the objects of this kind (name_pattern.h), for those whose kind nobody says.
  std::span<const std::string_view> object_names = {};
};

// What a parser may be told, as the catalogue lists it: KEEP_ORIGINAL.
const sdk::ConfigField& keep_original_field();
// Invalid names the variable.
Result<ReaderOptions> reader_options(const sdk::Configuration& configuration);

// Which text the parser's stage takes, and the stage.
sdk::Takes takes_of(const Parser& parser);
std::unique_ptr<sdk::Stage> start_parser(const Parser& parser, const sdk::Source& source,
                                         const ReaderOptions& options);

// The parser as the catalogue lists it. Configuration: KEEP_ORIGINAL.
sdk::Function parser_function(const Parser& parser);

}  // namespace sextant::intel

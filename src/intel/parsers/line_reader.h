#pragma once
// What one kind of log brings along: how a line becomes a row. The stage around it
// (line_stage.h) cuts lines, counts, keeps what is malformed, and emits.
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/columns.h"
#include "sdk/function.h"

namespace sextant::intel {

// What an object's name tells about all its lines:
// …/AWSLogs/<account>/<service>/<region>/yyyy/mm/dd/…; empty where it tells nothing.
struct ObjectFacts {
  std::string path;
  std::string account;
  std::string region;
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
};

// The parser as the catalogue lists it. Configuration: KEEP_ORIGINAL.
sdk::Function parser_function(const Parser& parser);

}  // namespace sextant::intel

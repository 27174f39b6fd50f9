#pragma once
// A native function: a stage of a pipeline that takes and gives columns. One descriptor a function;
// the server's catalogue lists them, and checks, help and docs come from it.
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/columns.h"
#include "core/result.h"
#include "sdk/inventory.h"

namespace sextant::sdk {

// The object (or other source) that a delivery brings, as stages see it.
struct Source {
  std::string path;  // log.file.path: "s3://bucket/key" (with ?versionId=… when versioned)
  std::string object_version;  // tells two versions of one key apart, in documents' ids
  std::uint64_t size = 0;      // bytes as stored
  Time received = {};          // when the object arrived: the time of rows that tell none
  std::stop_token stop = {};   // asked when the node wants to end: who waits for others gives up
  // As it was when the delivery began; null unless a stage reads it (Prepared::reads_inventory).
  std::shared_ptr<const Inventory> inventory = nullptr;
};

// No line is handed on longer than this, so that memory does not follow the longest line.
inline constexpr std::size_t kLineBytesMax = 1 << 20;

// Whole lines of decompressed text; sdk/text_blocks.h cuts them. Offsets count decompressed bytes
// from the object's start, whatever was left out of a line before. A function that takes bytes gets
// them cut anywhere, with nothing left out.
struct TextBlock {
  std::string_view text;     // valid during the call only
  std::uint64_t offset = 0;  // of text[0]
  bool last = false;         // the object ends here; only then may text lack the closing newline
  // Not 0: text is the first kLineBytesMax bytes of one line, alone and without newline, and this
  // many bytes of the line were left out.
  std::uint64_t cut_bytes = 0;
};

// Rows for one table. Columns are flat with dotted ECS names ("source.ip"); strings that repeat are
// dictionary-encoded (int32 indices), so that later stages work once per distinct value; a
// dictionary belongs to its batch. A column that would only repeat another one is left out and
// named in the schema's metadata: "alias:event.end" -> "ts".
struct Rows {
  std::string table;  // logical name: "alb", "malformed"
  BatchPtr batch;
};

// Where a stage puts what it made: the next stage, or the pipeline's outputs. Errors end the
// delivery.
using Emit = std::function<Result<>(Rows)>;

// Error::name, and cause, of a run that was still going at its deadline (Lambda's name for it).
inline constexpr std::string_view kTimedOut = "Sandbox.Timedout";

// One stage at work on one delivery. One thread at a time. The first stage gets text, the others
// rows. A stage may keep rows back (for fuller batches) and emit them from a later call or from
// finish(), which the runtime calls once, stage after stage, when all input was handed over.
class Stage {
 public:
  virtual ~Stage() = default;
  virtual Result<> text(const TextBlock& block, const Emit& emit);  // default: Invalid, takes rows
  virtual Result<> rows(Rows rows, const Emit& emit);               // default: Invalid, takes text
  // The object cannot be read from `offset` on (a cut or damaged gzip stream, a bomb): a parser
  // keeps the fact as a malformed row, so that what came before is landed and what is missing is on
  // record. Comes after the last block, before finish(). Default: Invalid with the reason.
  virtual Result<> damaged(std::uint64_t offset, std::string_view reason, const Emit& emit);
  virtual Result<> finish(const Emit& emit);  // after the last block; default: nothing
  // Asked after finish(): snapshots that enter the inventory in the commit that lands the rows.
  // They are part of the table `inventory`, where the stage must have rows. Default: none.
  virtual std::vector<InventorySnapshot> take_snapshots();
};

// What a stage asks of a system outside, in the name of the function's role. The gate judges it
// before the first byte of a delivery is read.
struct OutsideCall {
  std::string service;    // "es"
  std::string operation;  // "ESHttpPost": the IAM action behind the service's name
  std::string resource;   // the ARN behind region and account: "domain/logs/_bulk"
};

// A function prepared for one revision: configuration checked, data files loaded. Shared by
// deliveries.
class Prepared {
 public:
  virtual ~Prepared() = default;
  virtual std::unique_ptr<Stage> start(const Source& source) const = 0;  // any thread
  // Hash of the data files it holds, part of the function's revision; "" when it has none.
  virtual std::string data_hash() const { return {}; }
  // Whether a data file on disk is another than the one loaded: then the dispatcher prepares a new
  // revision.
  virtual bool stale() const { return false; }
  virtual std::vector<OutsideCall> outside_calls() const { return {}; }
  // Its stages ask the inventory: the role must be allowed to read the table `inventory`.
  virtual bool reads_inventory() const { return false; }
};

struct Configuration {
  std::map<std::string, std::string> variables;  // the function's Environment.Variables
  std::string data_folder;                       // where the node keeps data files (node --files)
  bool is_last = true;                           // no stage of the chain comes behind
};

enum class Status { Alpha, Stable };
enum class Trust { Untrusted, Trusted };  // may it see bytes from outside?
enum class Takes { Text, Bytes, Rows };  // lines; any text, JSON over many lines or on one; columns

struct ConfigField {
  std::string_view name;  // environment variable
  std::string_view help;
  std::string_view otherwise;  // the default, as text
};

struct Function {
  std::string_view id;  // "parsers.alb"; a chain is written "parsers.alb|enrichers.geoip|lake.land"
  std::string_view title;
  std::string_view summary;
  Status status = Status::Alpha;
  Trust input = Trust::Untrusted;
  Takes takes = Takes::Rows;
  bool ends_chain = false;     // stores rows: a chain ends with one of these
  bool waits_outside = false;  // for other systems: its deliveries have threads of their own, and
                               // the function's Timeout does not count the waiting
  std::vector<ConfigField> config = {};
  // Invalid: a configuration value; NotFound or Corrupt: a data file (names it).
  std::function<Result<std::shared_ptr<const Prepared>>(const Configuration&)> prepare;
};

}  // namespace sextant::sdk

#pragma once
// A native function, prepared: its chain of stages with their data files loaded, under one
// revision. It runs one delivery's object as one pass: bytes are read, decompressed, cut into lines
// and handed from stage to stage as columns.
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "model/app.h"
#include "sdk/catalogue.h"
#include "sdk/function.h"

namespace sextant::runtime::native {

struct StageReport {
  std::string stage;  // "parsers.alb"
  std::uint64_t rows_in = 0;
  std::uint64_t rows_out = 0;
  std::uint64_t micros = 0;  // CPU time of its thread
};

struct Report {
  std::vector<StageReport> stages;
  std::uint64_t rows = 0;            // of all tables
  std::uint64_t rows_malformed = 0;  // of them, in table `malformed`
  std::vector<sdk::InventorySnapshot> snapshots = {};
};

struct Failure {
  // An error is a failure of no stage, so it becomes one by itself.
  // NOLINTNEXTLINE(google-explicit-constructor)
  Failure(Error what, std::string where = {}) : error(std::move(what)), stage(std::move(where)) {}
  Error error;
  std::string stage;  // the first that failed; "" when it was none of them (reading, time)
};

// The object's bytes, as stored; blocks. 0 at the end.
using ReadBytes = std::function<Result<std::size_t>(std::span<char> into)>;
// Takes the pipeline's rows.
using Outputs = std::function<Result<>(const sdk::Rows& rows)>;

struct RunLimits {
  const Clock& clock;
  Time deadline;  // looked at between blocks: native code is trusted, its limits cooperate
};

class Pipeline {
 public:
  // Errors: Invalid (the chain: unknown stage, wrong order; a stage's configuration), NotFound or
  // Corrupt (a stage's data file).
  static std::expected<std::shared_ptr<const Pipeline>, Failure> prepare(
      const sdk::Catalogue& catalogue, const model::Function& function,
      const std::string& data_folder);

  // Hash of handler, configuration and data files: 16 hex digits.
  const std::string& revision() const { return revision_; }
  // A data file on disk is another than the one loaded.
  bool stale() const;
  // Of all its stages.
  std::vector<sdk::OutsideCall> outside_calls() const;
  bool reads_inventory() const;

  // Runs the chain once. Any number of threads. A stream that cannot be decompressed to its end is
  // the first stage's business (Stage::damaged). Error name "Sandbox.Timedout" after the deadline.
  std::expected<Report, Failure> run(const sdk::Source& source, const ReadBytes& read,
                                     const Outputs& outputs, const RunLimits& limits) const;

 private:
  struct Step {
    const sdk::Function* function;
    std::shared_ptr<const sdk::Prepared> prepared;
  };
  friend class Run;
  std::vector<Step> steps_;
  std::string revision_;
};

// Whether a stage of a handler waits for systems outside; unknown stages do not.
bool waits_outside(const sdk::Catalogue& catalogue, std::string_view handler);

// Whether a handler's chain can be prepared at all, whatever its configuration. Invalid says what
// is wrong and names the nearest id that exists.
Result<> check_handler(const sdk::Catalogue& catalogue, std::string_view handler);

}  // namespace sextant::runtime::native

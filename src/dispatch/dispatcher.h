#pragma once
// Runs deliveries: takes what is due, has the gate judge it, runs the function once, and commits
// the attempt's end (outcome, rows, audit record, release of the bytes) in one batch. Retries with
// back-off; exactly one outcome per delivery. The queue is the state store itself; memory holds a
// window of it.
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/id.h"
#include "core/metrics.h"
#include "core/result.h"
#include "dispatch/failure_destination.h"
#include "dispatch/inventory_keeper.h"
#include "guard/gate.h"
#include "lake/lander.h"
#include "ports/commit.h"
#include "ports/state_store.h"
#include "sdk/catalogue.h"
#include "store/bodies.h"
#include "store/configuration.h"
#include "store/delivery.h"

namespace sextant::dispatch {

struct DispatcherOptions {
  int worker_threads = 2;  // attempts that compute at the same time
  // Attempts that wait for systems outside (sdk::Function::waits_outside), on threads of their own:
  // however slow those systems are, the others go on.
  int outside_threads = 4;
  std::size_t outside_per_function_max = 2;
  // Of both, one function has at most three quarters, so that others go on beside it.
  std::size_t in_flight_max = 512;                // attempts begun and not yet committed
  std::uint64_t landing_bytes_max = 96ull << 20;  // rows in memory, waiting for their commit
  std::size_t window_items_max = 8'192;           // of a function's waiting deliveries, in memory
  std::uint64_t pending_max = 1'000'000;  // deliveries waiting; beyond, sources get Exhausted
  std::chrono::seconds backoff_first{1};  // doubled each attempt, with full jitter
  std::chrono::seconds backoff_max{300};
  std::chrono::hours outcome_kept{24 * 14};
  std::string data_folder;  // for functions' data files
};

// What the dispatcher works with; all outlive it.
struct DispatcherParts {
  Scope scope;
  Clock& clock;
  ports::CommitLog& log;
  const ports::StateStore& state;
  store::BodyStore& bodies;
  store::ConfigurationStore& configuration;
  const sdk::Catalogue& catalogue;
  const guard::Gate& gate;
  const guard::AuditLog& audit;
  lake::Lander& lander;
  FailureDestination& failures;
  metrics::Registry& metrics;
  InventoryKeeper* inventory = nullptr;  // null: functions that need one fail
};

struct FunctionStatus {
  FunctionName function;
  std::uint64_t pending = 0;  // in the state store, those in flight included
  std::uint64_t in_flight = 0;
  std::uint64_t succeeded = 0;  // since the node started, as all below
  std::uint64_t failed = 0;
  std::uint64_t retried = 0;
  std::uint64_t rows_landed = 0;
  std::uint64_t rows_malformed = 0;
  double rows_per_second = 0;  // lately
  Duration lag{0};             // how long the earliest waiting delivery has been due
  std::string revision;        // the newest prepared one; "" before the first delivery
};

class Dispatcher {
 public:
  // Finds what is pending and starts working on it. Errors: Corrupt, Unavailable.
  static Result<std::unique_ptr<Dispatcher>> start(DispatcherParts parts,
                                                   DispatcherOptions options);
  virtual ~Dispatcher() = default;  // as drain(0)

  // Puts a new delivery into the batch of what caused it. Exhausted when too many are waiting (the
  // source answers 503). Conflict of that batch: the same event was delivered before.
  virtual Result<> add(ports::Batch& batch, const store::Delivery& delivery) = 0;
  // After that batch is durable. Short; any thread, also the committer's.
  virtual void wake(const store::Delivery& delivery) = 0;
  // Instead of wake() when the store did not say whether that batch happened: finds out, and runs
  // the delivery if it did. Short; any thread, also the committer's.
  virtual void wake_unconfirmed(const store::Delivery& delivery) = 0;

  // Begins no new attempts and waits for those in flight, at most so long. True when all ended.
  virtual bool drain(std::chrono::seconds longest) = 0;

  virtual std::vector<FunctionStatus> status() const = 0;
};

}  // namespace sextant::dispatch

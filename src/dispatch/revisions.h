#pragma once
// Which prepared pipeline runs a delivery: the function's newest revision at its first dispatch,
// and that same one at every later attempt, also after a restart. A changed data file or a redeploy
// makes a new revision without pausing anything: deliveries in flight hold the old one.
#include <expected>
#include <map>
#include <memory>
#include <string>

#include "core/clock.h"
#include "core/guarded.h"
#include "core/id.h"
#include "core/result.h"
#include "model/app.h"
#include "ports/commit.h"
#include "ports/state_store.h"
#include "runtime/native/pipeline.h"
#include "sdk/catalogue.h"
#include "store/configuration.h"

namespace sextant::dispatch {

using PipelinePtr = std::shared_ptr<const runtime::native::Pipeline>;

// A function as one revision of it was deployed.
struct Revision {
  std::shared_ptr<const model::Function> function;
  PipelinePtr pipeline;
};

using PreparedRevision = std::expected<Revision, runtime::native::Failure>;

class Revisions {
 public:
  Revisions(Scope scope, const Clock& clock, const store::ConfigurationStore& configuration,
            const sdk::Catalogue& catalogue, std::string data_folder, ports::CommitLog& log,
            const ports::StateStore& state);

  // The one that new deliveries get. If a changed data file cannot be loaded the one before stays
  // (and the log says so). Durable on return, so that a later attempt finds it. Errors: NotFound
  // (no such function, or a data file at the very first use), Invalid, Corrupt; with the stage that
  // could not be prepared.
  PreparedRevision newest(const FunctionName& function);

  // The one that an earlier attempt had; the newest when its data files are gone for good.
  PreparedRevision pinned(const FunctionName& function, const std::string& revision);

  std::string newest_id(const FunctionName& function) const;  // "" before the first use

 private:
  PreparedRevision prepare(const model::Function& function) const;
  Result<> keep(const Revision& revision);

  const Scope scope_;
  const Clock& clock_;
  const store::ConfigurationStore& configuration_;
  const sdk::Catalogue& catalogue_;
  const std::string data_folder_;
  ports::CommitLog& log_;
  const ports::StateStore& state_;
  std::mutex preparing_;  // one at a time: loading a data file is dear
  std::map<FunctionName, Time>
      not_before_;  // under preparing_: when to look at an unusable file again
  Guarded<std::map<FunctionName, Revision>> newest_;
};

}  // namespace sextant::dispatch

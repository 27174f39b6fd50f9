#pragma once
// How a call changes identities: one at a time, decided on what is stored at that moment, committed
// with its audit record, and seen by the gate before it is answered.
#include <functional>
#include <mutex>

#include "guard/gate.h"
#include "services/iam/handlers.h"
#include "services/iam/targets.h"

namespace sextant::services::iam {

using Handler = Answer (*)(const Request& request);

class Changes {
 public:
  // `parts` outlive it.
  explicit Changes(const IamParts& parts) : parts_(parts) {}

  // Runs the handler on the current snapshot, commits what it drafted under the permit and takes it
  // up. Blocks until it is durable; on a worker thread, not on the committer's. Errors: as the
  // handler; Conflict ("ConcurrentModification": deploys came in between again and again, or what
  // the gate decided by changed since); as CommitLog::submit.
  Answer run(Handler handler, Subject subject, guard::Permit& permit, const sdk::Input& input);

 private:
  Answer attempt(Handler handler, Subject subject, guard::Permit& permit, const sdk::Input& input);
  Result<> ask(guard::Permit& permit, const std::string& resource) const;
  Result<> commit(Draft draft, guard::Permit& permit);
  Result<> add_conditions(Draft& draft) const;

  const IamParts& parts_;
  std::mutex changing_;
};

}  // namespace sextant::services::iam

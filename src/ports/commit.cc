#include "ports/commit.h"

#include <future>
#include <utility>

namespace sextant::ports {

Result<Committed> commit(CommitLog& log, Batch batch) {
  std::promise<Result<Committed>> promise;
  auto future = promise.get_future();
  log.submit(std::move(batch), [&](Result<Committed> done) { promise.set_value(std::move(done)); });
  return future.get();
}

}  // namespace sextant::ports

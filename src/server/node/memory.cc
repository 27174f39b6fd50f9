#include "server/node/memory.h"

#include <jemalloc/jemalloc.h>
#include <malloc.h>

#include <cstdlib>

// The program is linked with jemalloc, tests and sanitizer builds are not.
#pragma weak mallctl

// Read by jemalloc before main. Few arenas, for each keeps pages of its own; buffers of some MiB
// come and go with every object, so they are kept a while as small ones are.
extern "C" {
const char* malloc_conf = "narenas:4,oversize_threshold:67108864,dirty_decay_ms:5000";
}

namespace sextant::server {

void prepare_memory() {
  // Arrow's own pool keeps freed pages in each thread's heap, where nobody can ask for them.
  ::setenv("ARROW_DEFAULT_MEMORY_POOL", "system", 0);
}

void release_memory() {
  if (mallctl != nullptr) {
    static_assert(MALLCTL_ARENAS_ALL == 4096);
    mallctl("arena.4096.purge", nullptr, nullptr, nullptr, 0);
  } else {
    ::malloc_trim(0);
  }
}

}  // namespace sextant::server

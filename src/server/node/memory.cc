#include "server/node/memory.h"

#include <malloc.h>

#include <cstdlib>

namespace sextant::server {

void prepare_memory() {
  // Arrow's own pool keeps freed pages in each thread's heap, where nobody can ask for them.
  ::setenv("ARROW_DEFAULT_MEMORY_POOL", "system", 0);
  // Buffers of a few MiB come and go with every object: mapping them anew each time would cost a
  // tenth of the CPU time in clearing pages.
  constexpr int kMapFromBytes = 32 << 20;
  constexpr int kTrimFromBytes = 256 << 20;
  constexpr int kArenasMax = 4;
  ::mallopt(M_MMAP_THRESHOLD, kMapFromBytes);
  ::mallopt(M_TRIM_THRESHOLD, kTrimFromBytes);
  ::mallopt(M_ARENA_MAX, kArenasMax);
}

void release_memory() { ::malloc_trim(0); }

}  // namespace sextant::server

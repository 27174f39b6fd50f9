#pragma once
// What Prometheus' own clients say of the process that they run in, under the names that its
// dashboards know: process_cpu_seconds_total, process_resident_memory_bytes,
// process_virtual_memory_bytes, process_open_fds, process_max_fds, process_start_time_seconds.
#include "core/metrics.h"

namespace sextant::metrics {

// Read from the system whenever metrics are read; nothing in between. What the system does not tell
// is left out.
void add_process_metrics(Registry& registry);

}  // namespace sextant::metrics

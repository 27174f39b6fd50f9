#pragma once
// What top, gdb and perf call this thread. At most 15 characters; the kernel keeps no more.
#include <pthread.h>

namespace sextant {

inline void name_this_thread(const char* name) { pthread_setname_np(pthread_self(), name); }

}  // namespace sextant

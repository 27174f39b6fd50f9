#pragma once
// What an error of CommitLog::submit leaves open, said in one place: whoever wrote must not take
// for undone what may be durable, or become so before the next batch is told.
#include "core/result.h"

namespace sextant::ports {

// False: nothing was written (Conflict, Invalid, Exhausted). True: the batch may have happened
// (Unavailable, and Corrupt as far as it is not known when the damage was met).
inline bool may_have_happened(const Error& error) {
  return error.code == Code::Unavailable || error.code == Code::Corrupt;
}

}  // namespace sextant::ports

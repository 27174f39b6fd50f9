#pragma once
// The questions that are asked first about each kind of log, as views. Guide: docs/guide/views.md.
#include <span>

#include "sdk/view.h"

namespace sextant::intel {

// Most have a column `date`, so that a query of one day reads that day only. What matters most
// comes first.
std::span<const sdk::View> views();

}  // namespace sextant::intel

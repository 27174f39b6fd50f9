#pragma once
// Cuts CloudTrail's records, and fills the fields that several members decide together.
#include <memory>

#include "intel/parsers/cutter.h"
#include "intel/parsers/table_reader.h"

namespace sextant::intel {

// Names of fields that no member has: what the record says on the whole.
inline constexpr std::string_view kOutcome = "(outcome)";
inline constexpr std::string_view kMobileVersion = "(mobile version)";
inline constexpr std::string_view kLoginTo = "(login to)";
inline constexpr std::string_view kMfaUsed = "(MFA used)";

std::unique_ptr<Cutter> make_cloudtrail_cutter(const Format& format);

}  // namespace sextant::intel

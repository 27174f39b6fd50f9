#include "services/intake/in_flight.h"

namespace sextant::services::intake {

Result<InFlight::Slot> InFlight::enter(const std::string& source) {
  const auto refused = counts_.with([&](Counts& counts) -> Result<> {
    if (counts.all >= limits_.max) {
      return fail(Code::Exhausted,
                  "the node takes " + std::to_string(limits_.max) + " batches at once", "SlowDown");
    }
    auto& own = counts.of[source];
    if (own >= limits_.of_source_max) {
      return fail(Code::Exhausted,
                  "source '" + source + "' sends more than " +
                      std::to_string(limits_.of_source_max) + " batches at once",
                  "ThrottlingException");
    }
    ++own;
    ++counts.all;
    return {};
  });
  SX_TRY(refused);
  return Slot(*this, source);
}

void InFlight::leave(const std::string& source) {
  counts_.with([&](Counts& counts) {
    --counts.all;
    const auto own = counts.of.find(source);
    if (--own->second == 0) counts.of.erase(own);
  });
}

}  // namespace sextant::services::intake

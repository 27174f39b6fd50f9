#include <boost/json.hpp>

#include "core/encoding.h"
#include "guard/audit/verify.h"
#include "services/node/handlers.h"
#include "store/keys.h"

namespace sextant::services::node {

Result<sdk::Output> verify_audit(const NodeParts& parts, const sdk::Input&) {
  SX_TRY_AS(const auto report,
            guard::verify(parts.streams, store::keys::audit_stream(parts.scope)));
  const auto& chain = report.last_chain;
  sdk::Output output;
  output.result = {{"Intact", !report.broken.has_value()},
                   {"Records", report.records},
                   {"FirstSequence", report.first},
                   {"LastSequence", report.last},
                   {"LastChain", hex({reinterpret_cast<const char*>(chain.data()), chain.size()})}};
  if (report.broken) {
    output.result["BrokenAt"] = report.broken->sequence;
    output.result["Reason"] = report.broken->what;
  }
  return output;
}

}  // namespace sextant::services::node

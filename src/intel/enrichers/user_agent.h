#pragma once
// Reads user_agent.original: adds user_agent.name, .version, .os.name, .os.version, .os.full and
// .device.name (ECS 8), once per distinct text. What is not known is "Other", as Elastic has it.
#include <string_view>

#include "sdk/function.h"

namespace sextant::intel {

extern const sdk::Function kUserAgentEnricher;  // enrichers.user_agent

// Tells revisions of the patterns in the program apart.
std::string_view user_agents_hash();  // SHA-256, hex

}  // namespace sextant::intel

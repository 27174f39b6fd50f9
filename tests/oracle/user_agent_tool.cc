// links: intel sdk core
// What the enricher makes of user agents, for a second reading to compare: one a line on standard
// input, on standard output name, version, system, its version and device with tabs between.
#include <iostream>
#include <string>

#include "intel/enrichers/user_agent_patterns.h"

int main() {
  const auto patterns = sextant::intel::UserAgentPatterns::shared();
  for (std::string line; std::getline(std::cin, line);) {
    const auto agent = patterns->read(line);
    std::cout << agent.name << '\t' << agent.version << '\t' << agent.os_name << '\t'
              << agent.os_version << '\t' << agent.device << '\n';
  }
  return 0;
}

#pragma once
// A flow's id that other tools (Zeek, Suricata, Elastic) compute alike: adds network.community_id
// (ECS 8). Source: github.com/corelight/community-id-spec, version 1, seed 0.
#include <cstdint>
#include <string>

#include "sdk/function.h"
#include "sdk/ip_address.h"

namespace sextant::intel {

// Both directions of a flow have one id. Ports count for TCP, UDP and SCTP; for ICMP they are type
// and code. "" when the addresses are of two families.
struct Flow {
  sdk::IpAddress source;
  sdk::IpAddress destination;
  std::uint8_t protocol = 0;  // IANA's number
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
};
std::string community_id(const Flow& flow);

extern const sdk::Function kCommunityIdEnricher;  // enrichers.community_id

}  // namespace sextant::intel

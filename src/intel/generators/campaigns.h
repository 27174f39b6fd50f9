#pragma once
// Attacks that a generator hides among ordinary requests, and the truth about them.
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "intel/generators/dice.h"

namespace sextant::intel {

enum class Technique {
  SqlInjection,
  CrossSiteScripting,
  PathTraversal,
  VulnerabilityScan,
  LoginBruteForce,
  BucketDiscovery,
  BucketExfiltration,
  PortScan,
  DnsTunnelling,
  CallFromAbroad,
  RootLogin,
  SecurityGroupOpened,    // by a new rule
  SecurityGroupModified,  // by a changed one
  PublicBucket,
};
inline constexpr std::size_t kTechniques = 14;

// What is done to web servers; other kinds of logs show other attacks.
inline constexpr Technique kWebTechniques[] = {
    Technique::SqlInjection, Technique::CrossSiteScripting, Technique::PathTraversal,
    Technique::VulnerabilityScan, Technique::LoginBruteForce};

// What logs of connections show of it.
inline constexpr Technique kTlsTechniques[] = {Technique::VulnerabilityScan};

std::string_view name_of(Technique technique);       // "sql-injection"
std::string_view attack_id_of(Technique technique);  // ATT&CK: "T1190"
// "all", "none", or names between commas. Invalid names the one that is not among `known`, and
// those that are.
Result<std::vector<Technique>> parse_techniques(std::string_view text,
                                                std::span<const Technique> known = kWebTechniques);

struct Campaign {
  std::uint32_t id = 0;
  Technique technique = Technique::SqlInjection;
  std::string source_ip;
  std::string user_agent;
  std::uint64_t next_line = 0;  // number of the line that it sends next, from 0
  std::uint64_t requests_left = 0;
  std::uint64_t lines_between = 1;  // on average
  std::uint64_t sent = 0;
};

// One attacker's request to a web server, without scheme and host.
struct AttackRequest {
  std::string_view method;
  std::string path;  // with query
  int status = 200;
  std::int64_t sent_bytes = 0;
};

// Campaigns spread over `lines` lines, at least one for each technique; together at most about 2 %
// of the lines.
std::vector<Campaign> plan_campaigns(const std::vector<Technique>& techniques, std::uint64_t lines,
                                     Dice& dice);
// Of a campaign against a web server.
AttackRequest next_request(Campaign& campaign, Dice& dice);

}  // namespace sextant::intel

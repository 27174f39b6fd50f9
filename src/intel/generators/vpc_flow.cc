#include "intel/generators/vpc_flow.h"

#include <algorithm>
#include <array>

#include "core/time_text.h"
#include "intel/generators/foreign_lines.h"
#include "intel/generators/visitors.h"

namespace sextant::intel {
namespace {

constexpr std::size_t kVisitors = 30'000;
constexpr std::size_t kInterfaces = 200;

// Formats that people chose; the first is the default one.
constexpr std::string_view kHeadings[] = {
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start "
    "end action log-status",
    "version vpc-id subnet-id instance-id interface-id account-id type srcaddr dstaddr srcport "
    "dstport pkt-srcaddr pkt-dstaddr protocol bytes packets start end action tcp-flags log-status",
    "account-id region az-id sublocation-type sublocation-id srcaddr dstaddr pkt-src-aws-service "
    "pkt-dst-aws-service flow-direction traffic-path start end action version",
    "end start dstport srcport dstaddr srcaddr action",
    "interface-id srcaddr dstaddr start action",
    "action dstport srcaddr",
    "version ecs-cluster-name ecs-cluster-arn ecs-container-instance-id ecs-container-instance-arn "
    "ecs-service-name ecs-task-definition-arn ecs-task-id ecs-task-arn ecs-container-id "
    "ecs-second-container-id srcaddr dstaddr start end reject-reason resource-id encryption-status",
    "version srcaddr dstaddr next-hop-of-tomorrow end interface-tags action",
    "account_id interface_id srcaddr dstaddr end log_status",
};

struct VpcEntry {
  std::int64_t end = 0;
  std::int64_t start = 0;
  std::string_view account;
  std::size_t interface = 0;
  std::string_view source = "-";
  std::string_view destination = "-";
  int source_port = -1;  // -1: none
  int destination_port = -1;
  int protocol = -1;
  std::int64_t packets = -1;
  std::int64_t bytes = -1;
  std::string_view action = "-";
  std::string_view status = "OK";
  std::string_view source_service = "-";
  std::string_view destination_service = "-";
  bool inbound = true;
  std::uint64_t chance = 0;  // from which the fields of other formats are drawn
  std::size_t heading = 0;
  std::string_view trailing = {};
};

constexpr int kPorts[] = {443, 80, 5432, 53, 6379, 8080, 3306, 22, 123, 9092, 25, 389};

std::string hex(std::uint64_t value, int digits) {
  std::string text;
  for (int i = digits; i-- > 0;) text += "0123456789abcdef"[value >> (4 * (i % 16)) & 15];
  return text;
}

std::string number(std::int64_t value) { return value < 0 ? "-" : std::to_string(value); }

std::string_view name_at(const VpcEntry& entry, std::span<const std::string_view> names) {
  return names[entry.chance % names.size()];
}

std::string ecs_value(const VpcEntry& entry, std::string_view name) {
  if (entry.chance % 4 == 0) return "-";
  const auto id = hex(entry.chance, 16);
  if (name.ends_with("-arn")) {
    return "arn:aws:ecs:us-east-1:" + std::string(entry.account) + ":" +
           std::string(name.substr(4, name.size() - 8)) + "/shop/" + id;
  }
  return name.ends_with("-name") ? "shop" : id;
}

constexpr std::string_view kZones[] = {"use1-az1", "use1-az2", "-"};
constexpr std::string_view kPaths[] = {"1", "2", "8", "-"};
constexpr std::string_view kFlags[] = {"2", "3", "18", "19", "0", "4", "255"};

using Entry = const VpcEntry&;
struct FieldValue {
  std::string_view name;
  std::string (*of)(Entry entry);
};

// The default format's fields, then those that it has not.
constexpr FieldValue kValues[] = {
    {"version", [](Entry e) { return std::string(e.heading == 0 ? "2" : "8"); }},
    {"account-id", [](Entry e) { return std::string(e.account); }},
    {"interface-id", [](Entry e) { return "eni-" + hex(e.interface * 0x9e3779b97f4a7c15, 17); }},
    {"srcaddr", [](Entry e) { return std::string(e.source); }},
    {"dstaddr", [](Entry e) { return std::string(e.destination); }},
    {"srcport", [](Entry e) { return number(e.source_port); }},
    {"dstport", [](Entry e) { return number(e.destination_port); }},
    {"protocol", [](Entry e) { return number(e.protocol); }},
    {"packets", [](Entry e) { return number(e.packets); }},
    {"bytes", [](Entry e) { return number(e.bytes); }},
    {"start", [](Entry e) { return number(e.start); }},
    {"end", [](Entry e) { return number(e.end); }},
    {"action", [](Entry e) { return std::string(e.action); }},
    {"log-status", [](Entry e) { return std::string(e.status); }},
    {"vpc-id", [](Entry) { return std::string("vpc-0a1b2c3d4e5f60718"); }},
    {"subnet-id", [](Entry e) { return "subnet-" + hex(e.interface % 6 + 0xaaaa0, 17); }},
    {"instance-id", [](Entry e) { return e.chance % 5 == 0 ? "-" : "i-" + hex(e.interface, 17); }},
    {"tcp-flags", [](Entry e) { return std::string(name_at(e, kFlags)); }},
    {"type", [](Entry e) { return std::string(e.source.contains(':') ? "IPv6" : "IPv4"); }},
    {"pkt-srcaddr", [](Entry e) { return std::string(e.source); }},
    {"pkt-dstaddr", [](Entry e) { return std::string(e.destination); }},
    {"region", [](Entry e) { return std::string(e.chance % 3 == 0 ? "-" : "us-east-1"); }},
    {"az-id", [](Entry e) { return std::string(name_at(e, kZones)); }},
    {"pkt-src-aws-service", [](Entry e) { return std::string(e.source_service); }},
    {"pkt-dst-aws-service", [](Entry e) { return std::string(e.destination_service); }},
    {"flow-direction", [](Entry e) { return std::string(e.inbound ? "ingress" : "egress"); }},
    {"traffic-path", [](Entry e) { return std::string(name_at(e, kPaths)); }},
    {"reject-reason", [](Entry e) { return std::string(e.action == "REJECT" ? "BPA" : "-"); }},
    {"next-hop-of-tomorrow",
     [](Entry e) { return std::string(e.chance % 2 == 0 ? "-" : "igw-1"); }},
    {"interface-tags", [](Entry) { return std::string("Name=web"); }}};

std::string value_of(const VpcEntry& entry, std::string_view name) {
  if (name.starts_with("ecs-")) return ecs_value(entry, name);
  const auto* const found = std::ranges::find(kValues, name, &FieldValue::name);
  return found == std::end(kValues) ? "-" : found->of(entry);
}

class VpcFlowGenerator final : public TrafficGenerator {
 public:
  explicit VpcFlowGenerator(const GeneratorOptions& given)
      : TrafficGenerator(given),
        visitors_(make_visitors(kVisitors, dice())),
        visitor_choice_(zipf(kVisitors, 0.9)),
        port_choice_(zipf(std::size(kPorts), 1.2)) {
    for (std::size_t i = 0; i < kInterfaces; ++i) {
      hosts_.push_back("10.0." + std::to_string(i % 6) + "." + std::to_string(4 + i));
    }
    plan();
  }
  std::string heading() const override { return std::string(kHeadings[0]) + "\n"; }
  std::string object_key(Time end, std::uint64_t number) const override;

 private:
  void begin(std::int64_t time_us) override;
  void ordinary() override;
  void attack(Campaign& campaign) override;
  void make_odd() override;
  void write(std::string& out) override;
  void make_malformed(std::string& line) override;
  std::string_view source() const override { return entry_.source; }

  std::vector<Visitor> visitors_;
  Choice visitor_choice_;
  Choice port_choice_;
  std::vector<std::string> hosts_;
  std::string attacker_;
  VpcEntry entry_;
};

std::string VpcFlowGenerator::object_key(Time end, std::uint64_t number) const {
  const auto& account = options().account;
  const auto& region = options().region;
  const auto basic = iso8601_basic(end);  // 20260101T000000Z
  return "AWSLogs/" + account + "/vpcflowlogs/" + region + "/" + basic.substr(0, 4) + "/" +
         basic.substr(4, 2) + "/" + basic.substr(6, 2) + "/" + account + "_vpcflowlogs_" + region +
         "_fl-0123456789abcdef0_" + basic.substr(0, 13) + "Z_" +
         hex(number * 0x9e3779b97f4a7c15 + options().seed, 8) + "-" + std::to_string(number) +
         ".log.gz";
}

void VpcFlowGenerator::begin(std::int64_t time_us) {
  entry_ = VpcEntry{};
  entry_.end = time_us / 1'000'000;
  entry_.start = entry_.end - static_cast<std::int64_t>(dice().below(60));
  entry_.account = options().account;
  entry_.chance = dice().next();
  entry_.interface = static_cast<std::size_t>(dice().below(kInterfaces));
}

void VpcFlowGenerator::ordinary() {
  const auto bits = dice().next();
  const auto& host = hosts_[entry_.interface];
  const bool inside = (bits & 7) < 4;  // between two of our own
  const auto& other =
      inside ? hosts_[dice().below(kInterfaces)] : visitors_[visitor_choice_.draw(dice())].address;
  entry_.inbound = (bits & 8) != 0;
  entry_.source = entry_.inbound ? other : host;
  entry_.destination = entry_.inbound ? host : other;
  const int service = kPorts[port_choice_.draw(dice())];
  const int ephemeral = 32'768 + static_cast<int>(bits >> 8 & 0x6FFF);
  entry_.source_port = entry_.inbound ? ephemeral : service;
  entry_.destination_port = entry_.inbound ? service : ephemeral;
  entry_.protocol = service == 53 || service == 123 ? 17 : 6;
  const auto few = static_cast<std::int64_t>(1 + (bits >> 24 & 15));
  entry_.packets = (bits >> 32 & 15) == 0 ? few * few * few : few;
  entry_.bytes = entry_.packets * static_cast<std::int64_t>(40 + (bits >> 40) % 1'400);
  entry_.action = dice().chance(inside ? 0.01 : 0.12) ? "REJECT" : "ACCEPT";
}

void VpcFlowGenerator::attack(Campaign& campaign) {
  attacker_ = campaign.source_ip;
  ++campaign.sent;
  entry_.interface = campaign.id % kInterfaces;
  entry_.source = attacker_;
  entry_.destination = hosts_[entry_.interface];
  entry_.source_port = 40'000 + static_cast<int>(campaign.sent % 20'000);
  entry_.destination_port = 1 + static_cast<int>(campaign.sent * 17 % 10'000);
  entry_.protocol = 6;
  entry_.packets = 1;
  entry_.bytes = 40;
  entry_.action = campaign.sent % 50 == 0 ? "ACCEPT" : "REJECT";
}

void no_data(VpcEntry& entry, std::string_view status) {
  entry.source = entry.destination = entry.action = "-";
  entry.source_port = entry.destination_port = entry.protocol = -1;
  entry.packets = entry.bytes = -1;
  entry.status = status;
}

using VpcChange = void (*)(VpcEntry&, Dice&);

constexpr VpcChange kVpcChanges[] = {
    [](VpcEntry& e, Dice&) { no_data(e, "NODATA"); },
    [](VpcEntry& e, Dice&) { no_data(e, "SKIPDATA"); },
    [](VpcEntry& e, Dice&) { e.account = "unknown"; },
    [](VpcEntry& e, Dice&) {  // a ping has no ports
      e.protocol = 1;
      e.source_port = e.destination_port = 0;
    },
    [](VpcEntry& e, Dice&) {
      e.protocol = 58;
      e.source_port = e.destination_port = 0;
      e.source = "2001:db8::1";
      e.destination = "fe80::1ff:fe23:4567:890a";
    },
    [](VpcEntry& e, Dice& dice) { e.protocol = static_cast<int>(dice.below(256)); },
    [](VpcEntry& e, Dice&) { e.packets = e.bytes = 9'000'000'000'000; },
    [](VpcEntry& e, Dice&) { e.trailing = " more of it"; },
    [](VpcEntry& e, Dice&) {
      e.heading = 2;
      e.source_service = "AMAZON CLOUDFRONT";
    },
    [](VpcEntry& e, Dice&) {
      e.heading = 2;
      e.destination_service = "AMAZON S3";
      e.source_service = "AMAZON";
    },
    [](VpcEntry& e, Dice&) {
      e.heading = 2;
      e.source_service = "AMAZON";
      e.destination_service = "DYNAMODB";
    },
    [](VpcEntry& e, Dice& dice) { e.heading = 1 + dice.below(std::size(kHeadings) - 1); },
};

void VpcFlowGenerator::make_odd() {
  kVpcChanges[dice().below(std::size(kVpcChanges))](entry_, dice());
  // Objects of different formats are joined far less often than lines are odd.
  if (entry_.heading != 0 && !dice().chance(options().odd_share)) entry_.heading = 0;
}

// Another format begins with its heading, and the default one comes back behind it: as in objects
// that were joined.
void VpcFlowGenerator::write(std::string& out) {
  const auto heading = kHeadings[entry_.heading];
  if (entry_.heading != 0) out.append(heading).append("\n");
  for (auto rest = heading; !rest.empty();) {
    const auto name = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(name.size() + 1, rest.size()));
    std::string known(name);
    std::ranges::replace(known, '_', '-');
    out.append(value_of(entry_, known)).append(rest.empty() ? "" : " ");
  }
  out.append(entry_.trailing);
  if (entry_.heading != 0) out.append("\n").append(kHeadings[0]);
}

void VpcFlowGenerator::make_malformed(std::string& line) {
  if (std::exchange(entry_.heading, 0) != 0) {  // headings stay whole
    line.clear();
    write(line);
  }
  switch (dice().below(6)) {
    case 0: line.resize(20 + dice().below(40)); break;
    case 1: line = "2 123456789012 eni-0 10.0.0.300 10.0.0.1 1 2 6 1 40 1 2 ACCEPT OK"; break;
    case 2: line = "2 123456789012 eni-0 10.0.0.3 10.0.0.1 1 2 6 1 40 1 - ACCEPT OK"; break;
    case 3: line = "2 123456789012 eni-0 10.0.0.3 10.0.0.1 65536 2 6 1 40 1 2 ACCEPT OK"; break;
    case 4: line = kOtherProgramsLine; break;
    default: line = kNoise;
  }
}

}  // namespace

std::unique_ptr<LogGenerator> make_vpc_flow_generator(const GeneratorOptions& options) {
  return std::make_unique<VpcFlowGenerator>(options);
}

}  // namespace sextant::intel

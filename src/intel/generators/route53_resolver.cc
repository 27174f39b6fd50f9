#include "intel/generators/route53_resolver.h"

#include <array>

#include "core/time_text.h"
#include "intel/generators/foreign_lines.h"

namespace sextant::intel {
namespace {

constexpr std::size_t kHosts = 400;
constexpr std::size_t kNames = 8'000;

// One entry before it is text; `answers` is what stands between the brackets.
struct DnsEntry {
  std::int64_t time_us = 0;
  std::size_t host = 0;
  std::string name;
  std::string_view type = "A";
  std::string_view rcode = "NOERROR";
  std::string answers;
  std::string_view source;
  std::uint64_t chance = 0;
  std::string_view transport = "UDP";
  std::string_view version = "1.100000";
  std::string_view ids = {};       // instead of the instance
  std::string_view firewall = {};  // the action
  std::string_view more = {};      // members behind the last
  bool has_answers = true;
  bool number_port = false;  // as a number instead of text
  bool blanks = false;       // between members
  bool other_order = false;
  bool millis = false;
};

std::string random_label(std::uint64_t value, int length) {
  std::string label;
  for (int i = 0; i < length; ++i, value = value * 0x9e3779b97f4a7c15 + 1) {
    label += "abcdefghijklmnopqrstuvwxyz234567"[value >> 59];
  }
  return label;
}

std::string answer_json(std::string_view data, std::string_view type) {
  return "{\"Rdata\":\"" + std::string(data) + "\",\"Type\":\"" + std::string(type) +
         "\",\"Class\":\"IN\"}";
}

std::string make_name(std::size_t number, Dice& dice) {
  constexpr std::string_view kSuffixes[] = {"amazonaws.com.", "shop.example.",    "example.com.",
                                            "example.net.",   "cdn.example.org.", "internal.",
                                            "ec2.internal."};
  constexpr std::string_view kServices[] = {"sqs.us-east-1.",      "s3.us-east-1.",
                                            "sts.us-east-1.",      "logs.us-east-1.",
                                            "dynamodb.us-east-1.", "monitoring.us-east-1."};
  if (number < std::size(kServices)) return std::string(kServices[number]) + "amazonaws.com.";
  return random_label(dice.next(), 4 + static_cast<int>(number % 9)) + "." +
         std::string(kSuffixes[number % std::size(kSuffixes)]);
}

class Route53ResolverGenerator final : public TrafficGenerator {
 public:
  explicit Route53ResolverGenerator(const GeneratorOptions& given)
      : TrafficGenerator(given), host_choice_(zipf(kHosts, 0.6)), name_choice_(zipf(kNames, 1.1)) {
    for (std::size_t i = 0; i < kHosts; ++i) {
      hosts_.push_back("10.0." + std::to_string(i % 8) + "." + std::to_string(4 + i / 8));
    }
    for (std::size_t i = 0; i < kNames; ++i) names_.push_back(make_name(i, dice()));
    plan();
  }
  std::string object_key(Time end, std::uint64_t number) const override;

 private:
  void begin(std::int64_t time_us) override {
    entry_ = DnsEntry{};
    entry_.time_us = time_us;
    entry_.chance = dice().next();
    entry_.host = host_choice_.draw(dice());
    entry_.source = hosts_[entry_.host];
  }
  void ordinary() override;
  void attack(Campaign& campaign) override;
  void make_odd() override;
  void write(std::string& out) override;
  void make_malformed(std::string& line) override;
  std::string_view source() const override { return entry_.source; }
  void write_question(std::string& out) const;
  void write_source(std::string& out) const;
  void member(std::string_view name, std::string_view value, std::string& out) const;

  Choice host_choice_;
  Choice name_choice_;
  std::vector<std::string> hosts_;
  std::vector<std::string> names_;
  DnsEntry entry_;
};

std::string Route53ResolverGenerator::object_key(Time end, std::uint64_t number) const {
  const auto& account = options().account;
  const auto basic = iso8601_basic(end);  // 20260101T000000Z
  return "AWSLogs/" + account + "/vpcdnsquerylogs/vpc-0a1b2c3d4e5f60718/" + basic.substr(0, 4) +
         "/" + basic.substr(4, 2) + "/" + basic.substr(6, 2) +
         "/vpc-0a1b2c3d4e5f60718_vpcdnsquerylogs_" + account + "_" + basic.substr(0, 13) + "Z_" +
         random_label(number * 0x9e3779b97f4a7c15 + options().seed, 8) + "-" +
         std::to_string(number) + ".log.gz";
}

void Route53ResolverGenerator::ordinary() {
  const auto bits = entry_.chance;
  const auto number = name_choice_.draw(dice());
  entry_.name = names_[number];
  const bool v6 = (bits & 7) == 0;
  if (v6) entry_.type = "AAAA";
  if ((bits & 0x1F8) == 0) entry_.type = "HTTPS";
  if (number % 11 == 10) {  // nobody has that name
    entry_.rcode = "NXDOMAIN";
    return;
  }
  if (entry_.type == "HTTPS") return;
  if (number % 5 == 4) {
    entry_.answers =
        answer_json("d" + std::to_string(number) + ".cloudfront.example.", "CNAME") + ",";
  }
  if (v6) {
    entry_.answers += answer_json("2600:9000:20eb::" + std::to_string(number % 9'000), "AAAA");
    return;
  }
  const auto count = 1 + number % 4;
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) entry_.answers += ',';
    entry_.answers += answer_json(
        "52.94." + std::to_string(number % 250) + "." + std::to_string((bits >> 16 & 3) * 4 + i),
        "A");
  }
}

void Route53ResolverGenerator::attack(Campaign& campaign) {
  ++campaign.sent;
  entry_.host = campaign.id % kHosts;
  entry_.source = hosts_[entry_.host];
  const auto secret = campaign.id * 1'000'003 + campaign.sent;
  entry_.name = random_label(secret, 60) + "." + random_label(~secret, 50) + "." +
                std::to_string(campaign.sent) + ".t" + std::to_string(campaign.id) +
                ".example.net.";
  entry_.type = campaign.sent % 3 == 0 ? "A" : "TXT";
  if (entry_.type == "TXT") {
    entry_.answers = answer_json("\\\"" + random_label(secret ^ 0x5555, 80) + "\\\"", "TXT");
  } else {
    entry_.answers = answer_json("192.0.2.1", "A");
  }
}

using DnsChange = void (*)(DnsEntry&, Dice&);

constexpr DnsChange kDnsChanges[] = {
    [](DnsEntry& e, Dice&) { e.has_answers = false; },
    [](DnsEntry& e, Dice&) { e.answers.clear(); },
    [](DnsEntry& e, Dice&) { e.ids = "{\"resolver-endpoint\":\"rslvr-in-1\"}"; },
    [](DnsEntry& e, Dice&) {
      e.ids = "{\"resolver_endpoint\":\"rslvr-out-1\",\"resolver_network_interface\":\"rni-1\"}";
    },
    [](DnsEntry& e, Dice&) { e.ids = "{}"; },
    [](DnsEntry& e, Dice&) { e.ids = "{\"instance\":\"i-0abc\",\"of_tomorrow\":\"x\"}"; },
    [](DnsEntry& e, Dice&) { e.name = "__cloud_init_expected_not_found__."; },
    [](DnsEntry& e, Dice&) {
      e.name = "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa";
      e.type = "PTR";
      e.answers = answer_json("host.shop.example.", "PTR");
    },
    [](DnsEntry& e, Dice&) { e.name = "xn--bcher-kva.example."; },
    [](DnsEntry& e, Dice&) { e.name = "\\\\052.shop.example."; },
    [](DnsEntry& e, Dice&) { e.name = "b\\u00fccher.example."; },
    [](DnsEntry& e, Dice&) { e.name = "."; },
    [](DnsEntry& e, Dice&) {
      e.type = "TXT";
      e.answers =
          answer_json("\\\"v=spf1 include:_spf.example.com ~all\\\" \\\"more, of it\\\"", "TXT");
    },
    [](DnsEntry& e, Dice&) {
      e.type = "MX";
      e.answers = answer_json("10 mail.shop.example.", "MX") + ", " +
                  answer_json("20 mail2.shop.example.", "MX");
    },
    [](DnsEntry& e, Dice&) { e.rcode = "SERVFAIL"; },
    [](DnsEntry& e, Dice&) { e.transport = "TCP"; },
    [](DnsEntry& e, Dice&) { e.transport = "DOH"; },
    [](DnsEntry& e, Dice&) { e.version = "1.000000"; },
    [](DnsEntry& e, Dice&) { e.source = "2001:db8::53"; },
    [](DnsEntry& e, Dice&) { e.firewall = "BLOCK"; },
    [](DnsEntry& e, Dice&) { e.firewall = "ALERT"; },
    [](DnsEntry& e, Dice&) { e.firewall = "ALLOW"; },
    [](DnsEntry& e, Dice&) {
      e.more = ",\"a field\":{\"of\":[\"tomorrow\",1.5e3,null]},\"t\\\"\":true";
    },
    [](DnsEntry& e, Dice&) { e.more = ",\"rcode\":\"REFUSED\""; },  // twice: the last one counts
    [](DnsEntry& e, Dice&) { e.more = ",\"version\":null"; },
    [](DnsEntry& e, Dice&) { e.number_port = true; },
    [](DnsEntry& e, Dice&) { e.blanks = true; },
    [](DnsEntry& e, Dice&) { e.other_order = true; },
    [](DnsEntry& e, Dice&) { e.millis = true; },
};

void Route53ResolverGenerator::make_odd() {
  kDnsChanges[dice().below(std::size(kDnsChanges))](entry_, dice());
}

void Route53ResolverGenerator::member(std::string_view name, std::string_view value,
                                      std::string& out) const {
  if (out.back() != '{') out += ',';
  if (entry_.blanks) out += ' ';
  out.append("\"").append(name).append(entry_.blanks ? "\" : " : "\":");
  const bool is_text = value.empty() || (value[0] != '{' && value[0] != '[');
  if (is_text && !(name == "srcport" && entry_.number_port)) {
    out.append("\"").append(value).append("\"");
  } else {
    out.append(value);
  }
  if (entry_.blanks) out += '\t';
}

void Route53ResolverGenerator::write_question(std::string& out) const {
  auto time = iso8601(Time(Duration(entry_.time_us / 1'000'000 * 1'000'000)));
  if (entry_.millis) time.replace(time.size() - 1, 1, ".250Z");
  member("query_timestamp", time, out);
  member("query_name", entry_.name, out);
  member("query_type", entry_.type, out);
  member("query_class", "IN", out);
  member("rcode", entry_.rcode, out);
  if (entry_.has_answers) member("answers", "[" + entry_.answers + "]", out);
}

void Route53ResolverGenerator::write_source(std::string& out) const {
  member("srcaddr", entry_.source, out);
  member("srcport", std::to_string(1'024 + (entry_.chance >> 32) % 64'000), out);
  member("transport", entry_.transport, out);
  if (!entry_.ids.empty()) {
    member("srcids", entry_.ids, out);
  } else {
    const auto id = random_label(entry_.host + 1, 17);
    member("srcids", "{\"instance\":\"i-" + id + "\"}", out);
  }
}

void Route53ResolverGenerator::write(std::string& out) {
  out += '{';
  if (entry_.other_order) write_source(out);
  member("version", entry_.version, out);
  member("account_id", options().account, out);
  member("region", options().region, out);
  member("vpc_id", "vpc-0a1b2c3d4e5f60718", out);
  write_question(out);
  if (!entry_.other_order) write_source(out);
  if (!entry_.firewall.empty()) {
    member("firewall_rule_action", entry_.firewall, out);
    member("firewall_rule_group_id", "rslvr-frg-01234567890abcdef", out);
    member("firewall_domain_list_id", "rslvr-fdl-01234567890abcdef", out);
  }
  out.append(entry_.more).append(entry_.blanks ? " } " : "}");
}

void Route53ResolverGenerator::make_malformed(std::string& line) {
  switch (dice().below(7)) {
    case 0: line.resize(60 + dice().below(60)); break;
    case 1: line += "}"; break;
    case 2: line = "[" + line + "]"; break;
    case 3: line = "{\"version\":\"1.100000\",\"rcode\":\"NOERROR\"}"; break;
    case 4:
      line = "{\"query_timestamp\":\"2026-01-01T00:00:00Z\",\"srcaddr\":\"10.0.0.300\"}";
      break;
    case 5: line = "{\"query_timestamp\":\"2026-01-01T00:00:00Z\",\"answers\":\"none\"}"; break;
    default: line = kNoise;
  }
}

}  // namespace

std::unique_ptr<LogGenerator> make_route53_resolver_generator(const GeneratorOptions& options) {
  return std::make_unique<Route53ResolverGenerator>(options);
}

}  // namespace sextant::intel

#include "intel/generators/nlb.h"

#include "core/time_text.h"
#include "intel/generators/balancer_key.h"
#include "intel/generators/foreign_lines.h"
#include "intel/generators/visitors.h"

namespace sextant::intel {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kVisitors = 20'000;
constexpr std::size_t kTargets = 9;

struct NlbEntry {
  std::int64_t time_us = 0;
  std::string_view client;
  int client_port = 0;
  std::string_view target = "-";  // address:port
  std::int64_t connection_ms = 0;
  std::int64_t handshake_ms = -1;  // -1: none
  std::int64_t received_bytes = 0;
  std::int64_t sent_bytes = 0;
  std::string_view alert = "-";
  std::string_view certificate = "-";
  std::string_view cipher = "-";
  std::string_view protocol = "-";
  std::string_view group = "-";
  std::string_view domain = "-";
  std::string_view front_protocol = "-";
  std::string_view back_protocol = "-";
  std::string_view preferred = "-";  // protocols, as the line has them
  // how the line is written
  std::string_view version = "2.0";
  int fields = 22;  // 18, 21 or 22: the generations of the format
  std::string_view trailing = {};
};

// Without fraction and zone.
std::string plain_time(std::int64_t micros) {
  return iso8601(Time(Duration(micros / 1'000'000 * 1'000'000))).substr(0, 19);
}

void write_nlb(const NlbEntry& entry, std::string& out) {
  const auto add = [&out](std::string_view text) { out.append(" ").append(text); };
  out.append("tls ").append(entry.version);
  add(plain_time(entry.time_us));
  add("net/broker/c6e77e28c25b2234");
  add("g3d4b5e8bb8464cd");
  add(entry.client);
  out.append(":").append(std::to_string(entry.client_port));
  add(entry.target);
  add(std::to_string(entry.connection_ms));
  add(entry.handshake_ms < 0 ? "-" : std::to_string(entry.handshake_ms));
  add(std::to_string(entry.received_bytes));
  add(std::to_string(entry.sent_bytes));
  for (const auto text : {entry.alert, entry.certificate, "-"sv, entry.cipher, entry.protocol,
                          entry.group, entry.domain}) {
    add(text);
  }
  if (entry.fields > 18) {
    for (const auto text : {entry.front_protocol, entry.back_protocol, entry.preferred}) add(text);
  }
  if (entry.fields > 21) add(plain_time(entry.time_us - entry.connection_ms * 1'000));
  if (!entry.trailing.empty()) add(entry.trailing);
}

void no_handshake(NlbEntry& entry) {
  entry.handshake_ms = -1;
  entry.target = entry.cipher = entry.protocol = entry.group = "-";
  entry.front_protocol = entry.back_protocol = "-";
}

void with_alpn(NlbEntry& entry, std::string_view chosen, std::string_view preferred) {
  entry.front_protocol = entry.back_protocol = chosen;
  entry.preferred = preferred;
}

using NlbChange = void (*)(NlbEntry&, Dice&);

constexpr NlbChange kNlbChanges[] = {
    [](NlbEntry& e, Dice&) { no_handshake(e); },
    [](NlbEntry& e, Dice&) {
      no_handshake(e);
      e.alert = "48";
    },
    [](NlbEntry& e, Dice&) { e.alert = "0"; },
    [](NlbEntry& e, Dice&) { with_alpn(e, "h2", "\"h2\",\"http/1.1\""); },
    [](NlbEntry& e, Dice&) { with_alpn(e, "\"h2\"", "\"h2\",\"http/1.1\",\"a b\""); },
    [](NlbEntry& e, Dice&) { with_alpn(e, "-", "\"grpc-exp\""); },
    [](NlbEntry& e, Dice&) { with_alpn(e, "http/1.1", "http/1.1"); },
    [](NlbEntry& e, Dice&) { e.protocol = "tlsv13"; },
    [](NlbEntry& e, Dice&) { e.protocol = "tlsv1"; },
    [](NlbEntry& e, Dice&) { e.protocol = "tlsv11"; },
    [](NlbEntry& e, Dice&) { e.protocol = "tlsv2"; },
    [](NlbEntry& e, Dice&) { e.certificate = "arn:aws-cn:acm:no-account"; },
    [](NlbEntry& e, Dice&) { e.certificate = "-"; },
    [](NlbEntry& e, Dice&) {
      e.version = "1.0";
      e.fields = 18;
    },
    [](NlbEntry& e, Dice&) { e.fields = 21; },
    [](NlbEntry& e, Dice&) { e.trailing = "\"a field of tomorrow\" 42"; },
    [](NlbEntry& e, Dice&) { e.target = "2001:db8::7:443"; },
    [](NlbEntry& e, Dice& dice) {  // open for days
      e.connection_ms = static_cast<std::int64_t>(dice.below(800'000'000));
      e.received_bytes = e.sent_bytes = 9'000'000'000'000;
    },
};

class NlbGenerator final : public TrafficGenerator {
 public:
  explicit NlbGenerator(const GeneratorOptions& given)
      : TrafficGenerator(given),
        visitors_(make_visitors(kVisitors, dice())),
        visitor_choice_(zipf(kVisitors, 0.9)) {
    certificate_ = "arn:aws:acm:" + given.region + ":" + given.account +
                   ":certificate/2a108f19-aded-46b0-8493-c63eb1ef4a99";
    for (std::size_t i = 0; i < kTargets; ++i) {
      targets_.push_back("10.0." + std::to_string(1 + i % 3) + "." + std::to_string(40 + i) +
                         ":8883");
    }
    plan();
  }
  std::string object_key(Time end, std::uint64_t number) const override {
    return balancer_object_key(options(), end, number, {.balancer = "net.broker.c6e77e28c25b2234"});
  }

 private:
  void begin(std::int64_t time_us) override {
    entry_ = NlbEntry{};
    entry_.time_us = time_us;
    entry_.client_port = 1024 + static_cast<int>(dice().below(64'000));
    entry_.certificate = certificate_;
    entry_.domain = "broker.shop.example";
  }
  void ordinary() override;
  void attack(Campaign& campaign) override;
  void make_odd() override { kNlbChanges[dice().below(std::size(kNlbChanges))](entry_, dice()); }
  void write(std::string& out) override { write_nlb(entry_, out); }
  void make_malformed(std::string& line) override;
  std::string_view source() const override { return entry_.client; }

  std::vector<Visitor> visitors_;
  Choice visitor_choice_;
  std::string certificate_;
  std::vector<std::string> targets_;
  std::string attacker_;
  NlbEntry entry_;
};

void NlbGenerator::ordinary() {
  const auto bits = dice().next();
  const bool newest = (bits & 3) != 0;
  entry_.client = visitors_[visitor_choice_.draw(dice())].address;
  entry_.target = targets_[dice().below(kTargets)];
  entry_.handshake_ms = 2 + static_cast<std::int64_t>(bits >> 8 & 63);
  entry_.connection_ms = entry_.handshake_ms + static_cast<std::int64_t>((bits >> 16) % 600'000);
  entry_.received_bytes = 200 + static_cast<std::int64_t>((bits >> 36) % 40'000);
  entry_.sent_bytes = 300 + static_cast<std::int64_t>((bits >> 40) % 90'000);
  entry_.cipher = newest ? "TLS_AES_128_GCM_SHA256" : "ECDHE-RSA-AES128-GCM-SHA256";
  entry_.protocol = newest ? "tlsv13" : "tlsv12";
  entry_.group = (bits & 4) != 0 ? "x25519" : "secp256r1";
}

void NlbGenerator::attack(Campaign& campaign) {
  constexpr std::string_view kAlerts[] = {"70", "40", "-", "71"};
  attacker_ = campaign.source_ip;
  entry_.client = attacker_;
  entry_.connection_ms = static_cast<std::int64_t>(dice().below(30));
  entry_.received_bytes = 80 + static_cast<std::int64_t>(dice().below(200));
  entry_.alert = kAlerts[campaign.sent++ % std::size(kAlerts)];
  entry_.domain = "-";
  no_handshake(entry_);
}

void NlbGenerator::make_malformed(std::string& line) {
  switch (dice().below(5)) {
    case 0: line.resize(20 + dice().below(40)); break;
    case 1:
      line =
          "2026-01-01T12:00:00.514108Z 203.0.113.1 36280 443 TLSv1.2 ECDHE-RSA-AES128-GCM-SHA256 "
          "4.036 \"-\" - - Success TID_3180a73013c8ca4bac2f731159d4b0fe";
      break;
    case 2: line = kOtherProgramsLine; break;
    case 3: line.replace(8, 10, "0000-00-00"); break;
    default: line = kNoise;
  }
}

}  // namespace

std::unique_ptr<LogGenerator> make_nlb_generator(const GeneratorOptions& options) {
  return std::make_unique<NlbGenerator>(options);
}

}  // namespace sextant::intel

#include "intel/generators/alb_connection.h"

#include "core/time_text.h"
#include "intel/generators/balancer_key.h"
#include "intel/generators/foreign_lines.h"
#include "intel/generators/visitors.h"

namespace sextant::intel {
namespace {

constexpr std::size_t kVisitors = 40'000;
constexpr std::size_t kPartners = 40;  // who come with certificates

struct ConnectionEntry {
  std::int64_t time_us = 0;
  std::string_view client;
  int client_port = 0;
  int listener_port = 443;
  std::string_view protocol = "-";
  std::string_view cipher = "-";
  std::int64_t handshake_ms = -1;  // -1: none
  std::string subject = "-";
  std::string_view validity = "-";
  std::string serial = "-";
  std::string_view status = "-";
  std::uint64_t connection = 0;
  std::string_view key_exchange = "-";
  // how the line is written
  int fields = 13;  // 11, 12 or 13: the generations of the format
  std::string_view trailing = {};
};

std::string hex(std::uint64_t value, int digits) {
  std::string text;
  for (int i = digits; i-- > 0;) text += "0123456789ABCDEF"[value >> (4 * (i % 16)) & 15];
  return text;
}

std::string seconds(std::int64_t millis) {
  if (millis < 0) return "-";
  const auto rest = std::to_string(1000 + millis % 1000);
  return std::to_string(millis / 1000) + "." + rest.substr(1);
}

void write_connection(const ConnectionEntry& entry, std::string& out) {
  out.append(iso8601(Time(Duration(entry.time_us)))).append(" ").append(entry.client);
  out.append(" ").append(std::to_string(entry.client_port));
  out.append(" ").append(std::to_string(entry.listener_port));
  out.append(" ").append(entry.protocol).append(" ").append(entry.cipher);
  out.append(" ").append(seconds(entry.handshake_ms));
  out.append(" \"").append(entry.subject).append("\" ").append(entry.validity);
  out.append(" ").append(entry.serial).append(" ").append(entry.status);
  if (entry.fields > 11) out.append(" TID_").append(hex(entry.connection, 32));
  if (entry.fields > 12) out.append(" ").append(entry.key_exchange);
  if (!entry.trailing.empty()) out.append(" ").append(entry.trailing);
}

void plain_http(ConnectionEntry& entry) {
  entry.listener_port = 80;
  entry.protocol = entry.cipher = entry.validity = entry.status = entry.key_exchange = "-";
  entry.handshake_ms = -1;
  entry.subject = entry.serial = "-";
}

void refused(ConnectionEntry& entry, std::string_view reason) {
  entry.status = reason;
  entry.handshake_ms = -1;
}

using ConnectionChange = void (*)(ConnectionEntry&, Dice&);

constexpr ConnectionChange kConnectionChanges[] = {
    [](ConnectionEntry& e, Dice&) { plain_http(e); },
    [](ConnectionEntry& e, Dice&) { refused(e, "Failed:ClientCertUntrusted"); },
    [](ConnectionEntry& e, Dice&) { refused(e, "Failed:ClientCertMaxChainDepthExceeded"); },
    [](ConnectionEntry& e, Dice&) { refused(e, "Failed:UnmappedConnectionError"); },
    [](ConnectionEntry& e, Dice&) { refused(e, "-"); },
    [](ConnectionEntry& e, Dice&) { e.protocol = "TLSv1"; },
    [](ConnectionEntry& e, Dice&) { e.protocol = "DTLS1.3"; },
    [](ConnectionEntry& e, Dice&) { e.subject = "CN=Müller & Söhne,O=\\\"Acme\\\", Inc,C=DE"; },
    [](ConnectionEntry& e, Dice&) { e.subject = "CN=\"Acme Shop\" Ltd,O=\"A\" B,C=GB"; },
    [](ConnectionEntry& e, Dice&) { e.subject = "CN=caf\xE9"; },  // Latin-1, as some have it
    [](ConnectionEntry& e, Dice&) { e.subject = ""; },
    [](ConnectionEntry& e, Dice&) {
      e.validity = "NotBefore=1999-12-31T23:59:59Z;NotAfter=9999-12-31T23:59:59Z";
    },
    [](ConnectionEntry& e, Dice&) { e.validity = "NotBefore=unknown;NotAfter=2027-01-01T00:00Z"; },
    [](ConnectionEntry& e, Dice&) { e.fields = 11; },
    [](ConnectionEntry& e, Dice&) { e.fields = 12; },
    [](ConnectionEntry& e, Dice&) { e.trailing = "\"a field of tomorrow\" 42"; },
    [](ConnectionEntry& e, Dice& dice) {
      e.handshake_ms = static_cast<std::int64_t>(dice.below(200'000));
    },
};

class AlbConnectionGenerator final : public TrafficGenerator {
 public:
  explicit AlbConnectionGenerator(const GeneratorOptions& given)
      : TrafficGenerator(given),
        visitors_(make_visitors(kVisitors, dice())),
        visitor_choice_(zipf(kVisitors, 0.9)) {
    plan();
  }
  std::string object_key(Time end, std::uint64_t number) const override {
    return balancer_object_key(options(), end, number,
                               {.prefix = "conn_log.", .balancer = "app.shop.50dc6c495c0c9188"});
  }

 private:
  void begin(std::int64_t time_us) override {
    entry_ = ConnectionEntry{};
    entry_.time_us = time_us;
    entry_.connection = dice().next();
    entry_.client_port = 1024 + static_cast<int>(dice().below(64'000));
  }
  void ordinary() override;
  void attack(Campaign& campaign) override;
  void make_odd() override {
    const auto number = dice().below(std::size(kConnectionChanges));
    kConnectionChanges[number](entry_, dice());
  }
  void write(std::string& out) override { write_connection(entry_, out); }
  void make_malformed(std::string& line) override;
  std::string_view source() const override { return entry_.client; }
  void with_certificate(std::uint64_t partner);

  std::vector<Visitor> visitors_;
  Choice visitor_choice_;
  std::string attacker_;
  ConnectionEntry entry_;
};

void AlbConnectionGenerator::with_certificate(std::uint64_t partner) {
  entry_.listener_port = 8443;
  entry_.subject =
      "CN=partner-" + std::to_string(partner) + ".example,O=Partner,L=Seattle,ST=Washington,C=US";
  entry_.validity = "NotBefore=2025-09-21T22:43:21Z;NotAfter=2028-06-17T22:43:21Z";
  entry_.serial = hex((partner + 1) * 0x9e3779b97f4a7c15, 16);
}

void AlbConnectionGenerator::ordinary() {
  const auto rank = visitor_choice_.draw(dice());
  const auto bits = entry_.connection;
  const bool newest = (bits & 3) != 0;
  entry_.client = visitors_[rank].address;
  entry_.protocol = newest ? "TLSv1.3" : "TLSv1.2";
  entry_.cipher = newest ? "TLS_AES_128_GCM_SHA256" : "ECDHE-RSA-AES128-GCM-SHA256";
  entry_.key_exchange = !newest ? "secp256r1" : (bits & 4) != 0 ? "X25519MLKEM768" : "x25519";
  entry_.handshake_ms = 2 + static_cast<std::int64_t>((bits >> 8) % 40 * ((bits >> 16) % 12));
  entry_.status = "Success";
  if ((bits >> 24 & 15) == 0) with_certificate(rank % kPartners);
}

void AlbConnectionGenerator::attack(Campaign& campaign) {
  constexpr std::string_view kProtocols[] = {"TLSv1", "TLSv1.1", "SSLv3", "-"};
  attacker_ = campaign.source_ip;
  entry_.client = attacker_;
  entry_.protocol = kProtocols[campaign.sent % std::size(kProtocols)];
  entry_.listener_port = campaign.sent % 2 == 0 ? 443 : 8443;
  entry_.status =
      entry_.listener_port == 443 ? "Failed:UnmappedConnectionError" : "Failed:ClientCertUntrusted";
  ++campaign.sent;
}

void AlbConnectionGenerator::make_malformed(std::string& line) {
  switch (dice().below(5)) {
    case 0: line.resize(20 + dice().below(20)); break;
    case 1:
      line =
          "2026-01-01T12:00:00.945958Z shop-classic 192.168.131.39:2817 10.0.0.1:80 0.000073 "
          "0.001048 0.000057 200 200 0 29 \"GET http://www.shop.example:80/ HTTP/1.1\" "
          "\"curl/7.38.0\" - -";
      break;
    case 2: line = kOtherProgramsLine; break;
    case 3: line.replace(0, 10, "0000-00-00"); break;
    default: line = kNoise;
  }
}

}  // namespace

std::unique_ptr<LogGenerator> make_alb_connection_generator(const GeneratorOptions& options) {
  return std::make_unique<AlbConnectionGenerator>(options);
}

}  // namespace sextant::intel

#include "intel/generators/elb.h"

#include "core/time_text.h"
#include "intel/generators/balancer_key.h"
#include "intel/generators/foreign_lines.h"
#include "intel/generators/visitors.h"

namespace sextant::intel {
namespace {

constexpr std::size_t kVisitors = 30'000;
constexpr std::size_t kPages = 1'000;
constexpr std::size_t kBackends = 6;

struct ElbEntry {
  std::int64_t time_us = 0;
  std::string_view client;
  int client_port = 0;
  std::string_view backend = "-";    // address:port
  std::int64_t request_micros = -1;  // -1: it never came that far
  std::int64_t backend_micros = -1;
  std::int64_t response_micros = -1;
  int status = 0;  // 0: none
  int backend_status = 0;
  std::int64_t received_bytes = 0;
  std::int64_t sent_bytes = 0;
  std::string request;  // without quotes
  std::string user_agent = "-";
  std::string_view cipher = "-";
  std::string_view protocol = "-";
  std::string_view classification = "-";
  std::string_view classification_reason = "-";
  // how the line is written
  int fields = 15;  // 12, 15, 16 or 17: the generations of the format
  std::string_view trailing = {};
};

// "0.000073", or "-1" where there was none.
std::string seconds(std::int64_t micros) {
  if (micros < 0) return "-1";
  return std::to_string(micros / 1'000'000) + "." +
         std::to_string(1'000'000 + micros % 1'000'000).substr(1);
}

std::string status_text(int status) { return status == 0 ? "-" : std::to_string(status); }

void write_elb(const ElbEntry& entry, std::string& out) {
  const auto add = [&out](std::string_view text) { out.append(" ").append(text); };
  out.append(iso8601(Time(Duration(entry.time_us))));
  add("shop-classic");
  add(entry.client);
  out.append(":").append(std::to_string(entry.client_port));
  add(entry.backend);
  for (const auto micros : {entry.request_micros, entry.backend_micros, entry.response_micros}) {
    add(seconds(micros));
  }
  add(status_text(entry.status));
  add(status_text(entry.backend_status));
  add(std::to_string(entry.received_bytes));
  add(std::to_string(entry.sent_bytes));
  out.append(" \"").append(entry.request).append("\"");
  if (entry.fields > 12) {
    out.append(" \"").append(entry.user_agent).append("\"");
    add(entry.cipher);
    add(entry.protocol);
  }
  if (entry.fields > 15) add(entry.classification);
  if (entry.fields > 16) add(entry.classification_reason);
  if (!entry.trailing.empty()) add(entry.trailing);
}

// What is passed on without a look at what it says.
void connection(ElbEntry& entry) {
  entry.request = "- - - ";
  entry.user_agent = "-";
  entry.status = entry.backend_status = 0;
}

void no_backend(ElbEntry& entry, int status) {
  entry.backend = "-";
  entry.request_micros = entry.backend_micros = entry.response_micros = -1;
  entry.status = status;
  entry.backend_status = 0;
}

using ElbChange = void (*)(ElbEntry&, Dice&);

constexpr ElbChange kElbChanges[] = {
    [](ElbEntry& e, Dice&) { connection(e); },
    [](ElbEntry& e, Dice&) {
      connection(e);
      e.cipher = "ECDHE-ECDSA-AES128-GCM-SHA256";
      e.protocol = "TLSv1.2";
    },
    [](ElbEntry& e, Dice&) { no_backend(e, 503); },
    [](ElbEntry& e, Dice&) { no_backend(e, 0); },
    [](ElbEntry& e, Dice&) {  // the client went away, or the backend answered too late
      e.response_micros = -1;
      e.status = 504;
      e.backend_status = 0;
    },
    [](ElbEntry& e, Dice&) {
      no_backend(e, 400);
      e.request = "- http://www.shop.example:80- -";
    },
    [](ElbEntry& e, Dice&) { e.request = "GET http://www.shop.example:80/a b/c d.pdf HTTP/1.1"; },
    [](ElbEntry& e, Dice&) { e.request = "GET http://[2001:db8::5]:80/ HTTP/1.0"; },
    [](ElbEntry& e, Dice&) {
      e.fields = 17;
      e.classification = "Ambiguous";
      e.classification_reason = "UndefinedContentLengthSemantics";
    },
    [](ElbEntry& e, Dice&) { e.fields = 17; },
    [](ElbEntry& e, Dice&) { e.fields = 16; },
    [](ElbEntry& e, Dice&) { e.fields = 12; },
    [](ElbEntry& e, Dice&) {
      e.fields = 17;
      e.trailing = "\"a field of tomorrow\" 42";
    },
    [](ElbEntry& e, Dice&) { e.user_agent = "Mozilla/5.0 (\\x22quoted\\x22) x"; },
    [](ElbEntry& e, Dice&) { e.user_agent = "caf\xE9/1.0"; },  // Latin-1, as some send it
    [](ElbEntry& e, Dice&) { e.user_agent = "Магазин/2.1"; },
    [](ElbEntry& e, Dice&) {
      e.cipher = "DES-CBC3-SHA";
      e.protocol = "SSLv3";
    },
    [](ElbEntry& e, Dice&) { e.sent_bytes = 9'000'000'000'000; },
};

class ElbGenerator final : public TrafficGenerator {
 public:
  explicit ElbGenerator(const GeneratorOptions& given)
      : TrafficGenerator(given),
        visitors_(make_visitors(kVisitors, dice())),
        visitor_choice_(zipf(kVisitors, 0.9)),
        page_choice_(zipf(kPages, 1.0)) {
    for (std::size_t i = 0; i < kBackends; ++i) {
      backends_.push_back("10.0." + std::to_string(1 + i % 3) + "." + std::to_string(60 + i) +
                          ":80");
    }
    plan();
  }
  std::string object_key(Time end, std::uint64_t number) const override {
    return balancer_object_key(options(), end, number,
                               {.balancer = "shop-classic", .suffix = ".log"});
  }

 private:
  void begin(std::int64_t time_us) override {
    entry_ = ElbEntry{};
    entry_.time_us = time_us;
    entry_.client_port = 1024 + static_cast<int>(dice().below(64'000));
  }
  void ordinary() override;
  void attack(Campaign& campaign) override;
  void make_odd() override { kElbChanges[dice().below(std::size(kElbChanges))](entry_, dice()); }
  void write(std::string& out) override { write_elb(entry_, out); }
  void make_malformed(std::string& line) override;
  std::string_view source() const override { return entry_.client; }
  void answered(int status);

  std::vector<Visitor> visitors_;
  Choice visitor_choice_;
  Choice page_choice_;
  std::vector<std::string> backends_;
  std::string attacker_;
  ElbEntry entry_;
};

void ElbGenerator::answered(int status) {
  entry_.backend = backends_[dice().below(kBackends)];
  entry_.request_micros = 20 + static_cast<std::int64_t>(dice().below(100));
  entry_.backend_micros = static_cast<std::int64_t>(900 + dice().below(500) * dice().below(500));
  entry_.response_micros = 20 + static_cast<std::int64_t>(dice().below(60));
  entry_.status = entry_.backend_status = status;
}

void ElbGenerator::ordinary() {
  constexpr int kAnswers[] = {200, 200, 200, 200, 200, 200, 304, 302, 404, 500};
  const auto bits = dice().next();
  const auto& visitor = visitors_[visitor_choice_.draw(dice())];
  const bool encrypted = (bits & 3) != 0;
  entry_.client = visitor.address;
  entry_.user_agent = visitor.user_agent;
  entry_.request =
      encrypted ? "GET https://old.shop.example:443/page/" : "GET http://old.shop.example:80/page/";
  entry_.request += std::to_string(page_choice_.draw(dice())) + ".html?from=mail HTTP/1.1";
  answered(kAnswers[(bits >> 8) % std::size(kAnswers)]);
  entry_.sent_bytes = 200 + static_cast<std::int64_t>((bits >> 20) % 50'000);
  if (!encrypted) return;
  entry_.cipher = "ECDHE-RSA-AES128-GCM-SHA256";
  entry_.protocol = "TLSv1.2";
}

void ElbGenerator::attack(Campaign& campaign) {
  const auto made_request = next_request(campaign, dice());
  attacker_ = campaign.source_ip;
  entry_.client = attacker_;
  entry_.user_agent = campaign.user_agent;
  entry_.request = std::string(made_request.method) + " http://old.shop.example:80" +
                   made_request.path + " HTTP/1.1";
  answered(made_request.status);
  entry_.sent_bytes = made_request.sent_bytes;
}

void ElbGenerator::make_malformed(std::string& line) {
  switch (dice().below(6)) {
    case 0: line.resize(30 + dice().below(30)); break;
    case 1:
      line =
          "2026-01-01T12:00:00.514108Z 203.0.113.1 36280 443 TLSv1.2 ECDHE-RSA-AES128-GCM-SHA256 "
          "4.036 \"-\" - - Success TID_3180a73013c8ca4bac2f731159d4b0fe";
      break;
    case 2: line = kOtherProgramsLine; break;
    case 3: line.replace(0, 10, "0000-00-00"); break;
    case 4: line.resize(line.rfind('"')); break;  // which is not closed then
    default: line = kNoise;
  }
}

}  // namespace

std::unique_ptr<LogGenerator> make_elb_generator(const GeneratorOptions& options) {
  return std::make_unique<ElbGenerator>(options);
}

}  // namespace sextant::intel

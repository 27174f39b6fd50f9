#include "intel/generators/alb.h"

#include <algorithm>

#include "intel/generators/alb_entry.h"
#include "intel/generators/alb_oddities.h"
#include "intel/generators/balancer_key.h"
#include "intel/generators/visitors.h"

namespace sextant::intel {

namespace {

struct AlbPage {
  std::string path;
  bool post = false;
  bool query_varies = false;  // a value of its own in every request
  bool fixed = false;         // a file that browsers keep: 304
  std::int64_t bytes = 0;
};

constexpr std::size_t kVisitors = 60'000;
constexpr std::size_t kPages = 3'000;
constexpr std::size_t kTargets = 12;

std::vector<AlbPage> make_pages(Dice& dice) {
  constexpr std::string_view kShelves[] = {"garden", "kitchen", "toys", "books", "shoes", "music"};
  std::vector<AlbPage> pages = {{"/", false, false, false, 18'000}};
  for (std::size_t i = 1; i < kPages; ++i) {
    const auto number = std::to_string(1000 + dice.below(90'000));
    const auto shelf = std::string(kShelves[dice.below(std::size(kShelves))]);
    const auto bytes = static_cast<std::int64_t>(500 + dice.below(60'000));
    switch (i % 10) {
      case 0:
        pages.push_back({"/search?lang=en&q=" + shelf + "&page=", false, true, false, bytes});
        break;
      case 1:
        pages.push_back({"/api/v1/cart/" + number + "?session=", true, true, false, 300});
        break;
      case 2:
      case 3:
      case 4:
        pages.push_back({"/static/" + shelf + "/" + number + ".jpg", false, false, true, bytes});
        break;
      case 5: pages.push_back({"/api/v1/products/" + number, false, false, false, 1'900}); break;
      default: pages.push_back({"/" + shelf + "/" + number + ".html", false, false, false, bytes});
    }
  }
  return pages;
}

struct Answer {
  int status;
  double weight;
};
constexpr Answer kAnswers[] = {{200, 900}, {301, 12}, {302, 20}, {204, 10}, {400, 3},
                               {401, 6},   {403, 4},  {404, 30}, {429, 2},  {500, 4},
                               {502, 3},   {503, 2},  {504, 1}};

Choice answer_choice() {
  std::vector<double> weights;
  for (const auto& answer : kAnswers) weights.push_back(answer.weight);
  return Choice(weights);
}

class AlbGenerator final : public TrafficGenerator {
 public:
  explicit AlbGenerator(const GeneratorOptions& given)
      : TrafficGenerator(given),
        visitors_(make_visitors(kVisitors, dice())),
        pages_(make_pages(dice())),
        visitor_choice_(zipf(kVisitors, 0.9)),
        page_choice_(zipf(kPages, 1.0)),
        answers_(answer_choice()) {
    plan();
    const auto where = "elasticloadbalancing:" + given.region + ":" + given.account;
    target_group_ = "arn:aws:" + where + ":targetgroup/shop-web/73e2d6bc24d8a067";
    certificate_ = "arn:aws:acm:" + given.region + ":" + given.account +
                   ":certificate/12345678-1234-1234-1234-123456789012";
    for (std::size_t i = 0; i < kTargets; ++i) {
      targets_.push_back("10.0." + std::to_string(1 + i % 3) + "." + std::to_string(20 + i) +
                         ":8080");
    }
  }
  std::string object_key(Time end, std::uint64_t number) const override;

 private:
  void begin(std::int64_t time_us) override;
  void ordinary() override;
  void attack(Campaign& campaign) override;
  void make_odd() override { intel::make_odd(entry_, dice()); }
  void write(std::string& out) override { writer_.write(entry_, out); }
  void make_malformed(std::string& line) override { intel::make_malformed(line, dice()); }
  std::string_view source() const override { return entry_.client; }
  void answered(int status);
  void encrypted(bool newest);

  std::vector<Visitor> visitors_;
  std::vector<AlbPage> pages_;
  Choice visitor_choice_;
  Choice page_choice_;
  Choice answers_;
  std::string target_group_;
  std::string certificate_;
  std::vector<std::string> targets_;
  std::string attacker_;
  AlbEntry entry_;
  AlbWriter writer_;
};

void AlbGenerator::answered(int status) {
  entry_.target = targets_[dice().below(kTargets)];
  entry_.request_ms = static_cast<std::int64_t>(dice().below(2));
  entry_.target_ms = static_cast<std::int64_t>(1 + dice().below(20) * dice().below(20));
  entry_.response_ms = 0;
  entry_.status = entry_.target_status = status;
  if (status < 502) return;
  entry_.target_status = 0;  // the target did not answer
  entry_.target_ms = entry_.response_ms = -1;
}

void AlbGenerator::encrypted(bool newest) {
  entry_.cipher = newest ? "TLS_AES_128_GCM_SHA256" : "ECDHE-RSA-AES128-GCM-SHA256";
  entry_.protocol = newest ? "TLSv1.3" : "TLSv1.2";
  entry_.domain = "www.shop.example";
  entry_.certificate = certificate_;
}

void AlbGenerator::begin(std::int64_t time_us) {
  entry_ = AlbEntry{};
  entry_.time_us = time_us;
  entry_.balancer = "app/shop/50dc6c495c0c9188";
  entry_.target_group = target_group_;
  entry_.trace = dice().next() | 1;
  entry_.connection = dice().next();
  entry_.priority = static_cast<int>(entry_.trace >> 8 & 3);
}

void AlbGenerator::ordinary() {
  const auto& visitor = visitors_[visitor_choice_.draw(dice())];
  const auto& page = pages_[page_choice_.draw(dice())];
  const auto bits = dice().next();
  const bool plain_http = (bits & 31) == 0;
  const bool http2 = !plain_http && (bits & 32) != 0;
  entry_.type = plain_http ? "http" : http2 ? "h2" : "https";
  entry_.client = visitor.address;
  entry_.client_port = 1024 + static_cast<std::uint32_t>((bits >> 8) % 64'000);
  entry_.user_agent = visitor.user_agent;
  auto& request = entry_.request;
  request = page.post ? "POST " : "GET ";
  request += plain_http ? "http://www.shop.example:80" : "https://www.shop.example:443";
  request += page.path;
  if (page.query_varies) request += std::to_string((bits >> 32) % 5'000);
  request += http2 ? " HTTP/2.0" : " HTTP/1.1";
  if (!plain_http) encrypted((bits & 64) != 0);
  const bool kept = page.fixed && (bits & 0x700) == 0;
  answered(kept ? 304 : kAnswers[answers_.draw(dice())].status);
  entry_.received_bytes = 180 + static_cast<std::int64_t>((bits >> 20) % 900);
  entry_.sent_bytes =
      entry_.status == 200 ? page.bytes : 120 + static_cast<std::int64_t>(bits % 400);
}

void AlbGenerator::attack(Campaign& campaign) {
  const auto made_request = next_request(campaign, dice());
  attacker_ = campaign.source_ip;
  entry_.client = attacker_;
  entry_.client_port = 1024 + static_cast<std::uint32_t>(dice().below(64'000));
  entry_.user_agent = campaign.user_agent;
  entry_.request = std::string(made_request.method) + " https://www.shop.example:443" +
                   made_request.path + " HTTP/1.1";
  encrypted(true);
  answered(made_request.status);
  entry_.received_bytes = 300 + static_cast<std::int64_t>(dice().below(500));
  entry_.sent_bytes = made_request.sent_bytes;
}

std::string AlbGenerator::object_key(Time end, std::uint64_t number) const {
  return balancer_object_key(options(), end, number, {.balancer = "app.shop.50dc6c495c0c9188"});
}

}  // namespace

std::unique_ptr<LogGenerator> make_alb_generator(const GeneratorOptions& options) {
  return std::make_unique<AlbGenerator>(options);
}

}  // namespace sextant::intel

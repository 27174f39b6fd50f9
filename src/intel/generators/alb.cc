#include "intel/generators/alb.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <queue>

#include "core/time_text.h"
#include "intel/generators/alb_entry.h"
#include "intel/generators/alb_oddities.h"
#include "intel/generators/visitors.h"

namespace sextant::intel {

// Not in the unnamed namespace, because State has them as members.
struct AlbPage {
  std::string path;
  bool post = false;
  bool query_varies = false;  // a value of its own in every request
  bool fixed = false;         // a file that browsers keep: 304
  std::int64_t bytes = 0;
};

struct LaterCampaign {
  bool operator()(const Campaign& a, const Campaign& b) const {
    return a.next_line != b.next_line ? a.next_line > b.next_line : a.id > b.id;
  }
};

namespace {

constexpr std::size_t kVisitors = 60'000;
constexpr std::size_t kPages = 3'000;
constexpr std::size_t kSlices = 1'440;  // of the whole time, each with a rate of its own
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

// Where each slice of the time begins, as a share of all lines: few by night, many in the evening.
std::vector<double> make_rhythm(const AlbOptions& options) {
  std::vector<double> ends;
  double sum = 0;
  for (std::size_t i = 0; i < kSlices; ++i) {
    const auto at = options.start.time_since_epoch() +
                    options.duration * static_cast<std::int64_t>(i) / std::int64_t{kSlices};
    const auto day = std::chrono::duration<double, std::ratio<86'400>>(at).count();
    constexpr double kBusiest = 19.0 / 24;
    sum += 1 + 0.65 * std::cos(2 * std::numbers::pi * (day - kBusiest));
    ends.push_back(sum);
  }
  for (auto& end : ends) end /= sum;
  return ends;
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

}  // namespace

struct AlbGenerator::State {
  explicit State(const AlbOptions& given)
      : options(given),
        dice(given.seed),
        visitors(make_visitors(kVisitors, dice)),
        pages(make_pages(dice)),
        visitor_choice(zipf(kVisitors, 0.9)),
        page_choice(zipf(kPages, 1.0)),
        answers(answer_choice()),
        rhythm(make_rhythm(given)) {
    for (auto& campaign : plan_campaigns(options.attacks, options.lines, dice)) {
      campaigns.push(std::move(campaign));
    }
    const auto where = "elasticloadbalancing:" + options.region + ":" + options.account;
    target_group = "arn:aws:" + where + ":targetgroup/shop-web/73e2d6bc24d8a067";
    certificate = "arn:aws:acm:" + options.region + ":" + options.account +
                  ":certificate/12345678-1234-1234-1234-123456789012";
    for (std::size_t i = 0; i < kTargets; ++i) {
      targets.push_back("10.0." + std::to_string(1 + i % 3) + "." + std::to_string(20 + i) +
                        ":8080");
    }
  }

  std::int64_t next_time();
  void ordinary(const Visitor& visitor);
  void attack(Campaign& campaign);
  void answered(int status);
  void encrypted(bool newest);
  bool attack_is_due() const { return !campaigns.empty() && campaigns.top().next_line <= made; }

  AlbOptions options;
  Dice dice;
  std::vector<Visitor> visitors;
  std::vector<AlbPage> pages;
  Choice visitor_choice;
  Choice page_choice;
  Choice answers;
  std::vector<double> rhythm;
  std::size_t slice = 0;
  std::priority_queue<Campaign, std::vector<Campaign>, LaterCampaign> campaigns;
  std::string target_group;
  std::string certificate;
  std::vector<std::string> targets;
  std::uint64_t made = 0;
  std::string attacker;
  std::string broken;
  AlbEntry entry;
  AlbWriter writer;
};

// The time at which as large a share of the lines is made as of the rhythm has passed; a little
// out of order, as balancers write.
std::int64_t AlbGenerator::State::next_time() {
  const auto share = (static_cast<double>(made) + 0.5) / static_cast<double>(options.lines);
  while (slice + 1 < kSlices && rhythm[slice] < share) ++slice;
  const auto begin = slice == 0 ? 0 : rhythm[slice - 1];
  const auto inside = std::clamp((share - begin) / (rhythm[slice] - begin), 0.0, 1.0);
  const auto passed = (static_cast<double>(slice) + inside) / static_cast<double>(kSlices);
  const auto micros = static_cast<double>(options.duration.count()) * passed;
  const auto disorder = std::min<std::int64_t>(3'000'000, options.duration.count() / 100);
  const auto back = static_cast<std::int64_t>(
      dice.below(static_cast<std::uint64_t>(std::max<std::int64_t>(1, disorder))));
  return options.start.time_since_epoch().count() +
         std::max<std::int64_t>(0, static_cast<std::int64_t>(micros) - back);
}

void AlbGenerator::State::answered(int status) {
  entry.target = targets[dice.below(kTargets)];
  entry.request_ms = static_cast<std::int64_t>(dice.below(2));
  entry.target_ms = static_cast<std::int64_t>(1 + dice.below(20) * dice.below(20));
  entry.response_ms = 0;
  entry.status = entry.target_status = status;
  if (status < 502) return;
  entry.target_status = 0;  // the target did not answer
  entry.target_ms = entry.response_ms = -1;
}

// One dice after the other.
// NOLINTNEXTLINE(readability-function-cognitive-complexity)
// One throw of the dice after the other.
// NOLINTNEXTLINE(readability-function-cognitive-complexity)
void AlbGenerator::State::encrypted(bool newest) {
  entry.cipher = newest ? "TLS_AES_128_GCM_SHA256" : "ECDHE-RSA-AES128-GCM-SHA256";
  entry.protocol = newest ? "TLSv1.3" : "TLSv1.2";
  entry.domain = "www.shop.example";
  entry.certificate = certificate;
}

void AlbGenerator::State::ordinary(const Visitor& visitor) {
  const auto& page = pages[page_choice.draw(dice)];
  const auto bits = dice.next();
  const bool plain_http = (bits & 31) == 0;
  const bool http2 = !plain_http && (bits & 32) != 0;
  entry.type = plain_http ? "http" : http2 ? "h2" : "https";
  entry.client = visitor.address;
  entry.client_port = 1024 + static_cast<std::uint32_t>((bits >> 8) % 64'000);
  entry.user_agent = visitor.user_agent;
  auto& request = entry.request;
  request = page.post ? "POST " : "GET ";
  request += plain_http ? "http://www.shop.example:80" : "https://www.shop.example:443";
  request += page.path;
  if (page.query_varies) request += std::to_string((bits >> 32) % 5'000);
  request += http2 ? " HTTP/2.0" : " HTTP/1.1";
  if (!plain_http) encrypted((bits & 64) != 0);
  const bool kept = page.fixed && (bits & 0x700) == 0;
  answered(kept ? 304 : kAnswers[answers.draw(dice)].status);
  entry.received_bytes = 180 + static_cast<std::int64_t>((bits >> 20) % 900);
  entry.sent_bytes = entry.status == 200 ? page.bytes : 120 + static_cast<std::int64_t>(bits % 400);
}

void AlbGenerator::State::attack(Campaign& campaign) {
  const auto made_request = next_request(campaign, dice);
  attacker = campaign.source_ip;
  entry.client = attacker;
  entry.client_port = 1024 + static_cast<std::uint32_t>(dice.below(64'000));
  entry.user_agent = campaign.user_agent;
  entry.request = std::string(made_request.method) + " https://www.shop.example:443" +
                  made_request.path + " HTTP/1.1";
  encrypted(true);
  answered(made_request.status);
  entry.received_bytes = 300 + static_cast<std::int64_t>(dice.below(500));
  entry.sent_bytes = made_request.sent_bytes;
}

AlbGenerator::AlbGenerator(const AlbOptions& options) : state_(std::make_unique<State>(options)) {}
AlbGenerator::~AlbGenerator() = default;

bool AlbGenerator::next(std::string& out, Truth* truth) {
  auto& s = *state_;
  if (s.made == s.options.lines) return false;
  s.entry = AlbEntry{};
  s.entry.time_us = s.next_time();
  s.entry.balancer = "app/shop/50dc6c495c0c9188";
  s.entry.target_group = s.target_group;
  s.entry.trace = s.dice.next() | 1;
  s.entry.connection = s.dice.next();
  s.entry.priority = static_cast<int>(s.entry.trace >> 8 & 3);
  Truth told{.number = s.made, .time = Time(Duration(s.entry.time_us)), .source_ip = {}};
  if (s.attack_is_due()) {
    auto campaign = s.campaigns.top();
    s.campaigns.pop();
    s.attack(campaign);
    told.kind = LineKind::Attack;
    told.campaign = campaign.id;
    told.technique = campaign.technique;
    campaign.next_line = s.made + 1 + s.dice.below(2 * campaign.lines_between);
    if (--campaign.requests_left > 0) s.campaigns.push(std::move(campaign));
  } else {
    s.ordinary(s.visitors[s.visitor_choice.draw(s.dice)]);
    if (s.dice.chance(s.options.odd_share)) {
      make_odd(s.entry, s.dice);
      told.kind = LineKind::Odd;
    }
  }
  const auto begin = out.size();
  s.writer.write(s.entry, out);
  if (told.kind != LineKind::Attack && s.dice.chance(s.options.malformed_share)) {
    s.broken.assign(out, begin);
    make_malformed(s.broken, s.dice);
    out.replace(begin, std::string::npos, s.broken);
    told.kind = LineKind::Malformed;
  }
  out += '\n';
  told.source_ip = s.entry.client;
  if (truth != nullptr) *truth = told;
  ++s.made;
  return true;
}

std::string truth_json(const Truth& truth, std::string_view object, std::uint64_t line,
                       std::uint64_t offset) {
  std::string json = "{\"campaign\":" + std::to_string(truth.campaign);
  json.append(",\"technique\":\"").append(name_of(truth.technique));
  json.append("\",\"attack_id\":\"").append(attack_id_of(truth.technique));
  json.append("\",\"source_ip\":\"").append(truth.source_ip);
  json.append("\",\"time\":\"").append(iso8601(truth.time));
  json.append("\",\"object\":\"").append(object);
  json.append("\",\"line\":").append(std::to_string(line));
  json.append(",\"offset\":").append(std::to_string(offset)).append("}");
  return json;
}

std::string alb_object_key(const AlbOptions& options, Time end, std::uint64_t number) {
  const auto basic = iso8601_basic(end);  // 20260101T000000Z
  const auto name = options.account + "_elasticloadbalancing_" + options.region +
                    "_app.shop.50dc6c495c0c9188_" + basic.substr(0, 13) + "Z_192.0.2.10_" +
                    std::to_string(number) + ".log.gz";
  return "AWSLogs/" + options.account + "/elasticloadbalancing/" + options.region + "/" +
         basic.substr(0, 4) + "/" + basic.substr(4, 2) + "/" + basic.substr(6, 2) + "/" + name;
}

}  // namespace sextant::intel

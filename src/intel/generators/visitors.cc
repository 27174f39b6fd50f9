#include "intel/generators/visitors.h"

#include <arpa/inet.h>

#include <array>

namespace sextant::intel {
namespace {

struct Network {
  std::string_view first;
  int bits;
  double weight;
};

// Providers' address space by country, as registered for many years.
constexpr Network kHomes[] = {
    {"73.0.0.0", 8, 14},      {"24.0.0.0", 12, 4},     {"98.192.0.0", 10, 6},   // US
    {"172.56.0.0", 15, 4},    {"99.96.0.0", 12, 4},                             // US
    {"86.128.0.0", 10, 5},    {"81.128.0.0", 11, 3},                            // GB
    {"84.128.0.0", 10, 6},    {"91.0.0.0", 10, 4},                              // DE
    {"90.0.0.0", 9, 5},       {"82.64.0.0", 14, 2},                             // FR
    {"81.224.0.0", 12, 2},    {"82.72.0.0", 14, 1.5},                           // SE, NL
    {"117.192.0.0", 10, 5},   {"49.32.0.0", 11, 4},                             // IN
    {"177.0.0.0", 10, 4},     {"187.0.0.0", 10, 2},                             // BR
    {"116.224.0.0", 12, 3},   {"114.80.0.0", 12, 2},                            // CN
    {"126.0.0.0", 8, 4},      {"121.128.0.0", 10, 3},                           // JP, KR
    {"1.120.0.0", 13, 1.5},   {"101.160.0.0", 11, 1},                           // AU
    {"70.24.0.0", 13, 1.5},   {"99.224.0.0", 11, 1.5},                          // CA
    {"187.128.0.0", 9, 1},    {"95.24.0.0", 13, 1.5},  {"178.176.0.0", 14, 1},  // MX, RU
    {"88.224.0.0", 11, 1.5},  {"14.160.0.0", 11, 1},   {"36.64.0.0", 11, 1.5},  // TR, VN, ID
    {"105.112.0.0", 12, 0.7}, {"41.32.0.0", 12, 0.7},  {"79.0.0.0", 10, 2},     // NG, EG, IT
    {"83.32.0.0", 11, 2},     {"83.0.0.0", 11, 1.5},                            // ES, PL
    {"2601::", 20, 5},        {"2600:1700::", 28, 2},  {"2a00:23c0::", 28, 1},  // US, US, GB
    {"2401:4900::", 32, 1.5}, {"2a01:e0a::", 32, 1},   {"240e::", 20, 0.7},     // IN, FR, CN
    {"2804:14c::", 32, 0.7},  {"2003::", 19, 1},                                // BR, DE
};

constexpr Network kCrawlerHomes[] = {
    {"66.249.64.0", 20, 4}, {"157.55.39.0", 24, 2}, {"40.77.167.0", 24, 2},
    {"17.58.96.0", 20, 1},  {"54.236.0.0", 16, 1},  {"2001:4860:4801::", 48, 1},
};

// NOLINTBEGIN(bugprone-suspicious-missing-comma): long texts over two lines
constexpr std::string_view kBrowsers[] = {
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/131.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 "
    "Mobile Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.1 Safari/605.1.15",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0",
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) "
    "SamsungBrowser/26.0 Chrome/122.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (iPad; CPU OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "CriOS/130.0.6723.90 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/129.0.0.0 Safari/537.36",
    "ShopApp/7.4.1 (iOS 18.1; iPhone15,2) CFNetwork/1568.200.51 Darwin/24.1.0",
    "ShopApp/7.4.0 (Android 14; Pixel 8) okhttp/4.12.0",
    "curl/8.5.0",
    "python-requests/2.32.3",
    "Go-http-client/2.0",
    "Amazon-Route53-Health-Check-Service (ref 3f8a1c52-6d7e-4b9a-9c41-0e2d5f7a8b90; report "
    "http://amzn.to/1vsZADi)",
};
constexpr double kBrowserWeights[] = {24, 20, 16, 9, 5, 6, 2, 4, 2, 1, 5, 4, 0.6, 0.6, 0.4, 0.4};
static_assert(std::size(kBrowsers) == std::size(kBrowserWeights));

constexpr std::string_view kCrawlers[] = {
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_5) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/13.1.1 Safari/605.1.15 (Applebot/0.1; +http://www.apple.com/go/applebot)",
    "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
};
// NOLINTEND(bugprone-suspicious-missing-comma)

template <std::size_t N>
Choice by_weight(const Network (&networks)[N]) {
  std::vector<double> weights;
  for (const auto& network : networks) weights.push_back(network.weight);
  return Choice(weights);
}

std::string address_in(const Network& network, Dice& dice) {
  std::array<unsigned char, 16> bytes = {};
  const bool v6 = network.first.find(':') != std::string_view::npos;
  const int family = v6 ? AF_INET6 : AF_INET;
  inet_pton(family, std::string(network.first).c_str(), bytes.data());
  for (int bit = network.bits; bit < (v6 ? 128 : 32); ++bit) {
    if (v6 && bit >= 64 && bit < 80) continue;  // zeros to shorten, as in real host parts
    const auto at = static_cast<std::size_t>(bit / 8);
    const auto random = static_cast<unsigned>(dice.next() >> 63) << (7 - bit % 8);
    bytes[at] = static_cast<unsigned char>(bytes[at] | random);
  }
  char text[INET6_ADDRSTRLEN] = {};
  inet_ntop(family, bytes.data(), text, sizeof text);
  return text;
}

}  // namespace

std::vector<Visitor> make_visitors(std::size_t count, Dice& dice) {
  const auto homes = by_weight(kHomes);
  const auto crawler_homes = by_weight(kCrawlerHomes);
  const Choice browsers({std::begin(kBrowserWeights), std::end(kBrowserWeights)});
  std::vector<Visitor> visitors;
  visitors.reserve(count);
  while (visitors.size() < count) {
    if (dice.chance(0.03)) {
      visitors.push_back({address_in(kCrawlerHomes[crawler_homes.draw(dice)], dice),
                          kCrawlers[dice.below(std::size(kCrawlers))], true});
    } else {
      visitors.push_back(
          {address_in(kHomes[homes.draw(dice)], dice), kBrowsers[browsers.draw(dice)], false});
    }
  }
  return visitors;
}

}  // namespace sextant::intel

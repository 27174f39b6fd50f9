#include "intel/generators/alb_oddities.h"

#include "intel/generators/foreign_lines.h"

namespace sextant::intel {
namespace {

void no_target(AlbEntry& entry) {
  entry.target = "-";
  entry.target_status = 0;
  entry.request_ms = entry.target_ms = entry.response_ms = -1;
}

void unreadable(AlbEntry& entry, std::string_view request) {
  no_target(entry);
  entry.request = request;
  entry.status = 400;
  entry.user_agent = "-";
  entry.target_group = "-";
  entry.actions = "-";
  entry.trace = 0;
  entry.domain = entry.certificate = "-";
  entry.priority = -1;
}

void redirected(AlbEntry& entry) {
  no_target(entry);
  entry.status = 301;
  entry.actions = "redirect";
  entry.redirect = "https://www.shop.example:443/new place/?from=old page";
  entry.target_group = "-";
}

void upgraded(AlbEntry& entry, Dice& dice) {
  entry.type = entry.protocol == "-" ? "ws" : "wss";
  entry.status = entry.target_status = 101;
  entry.target_ms = static_cast<std::int64_t>(1'000 + dice.below(4'000'000));
  entry.sent_bytes = static_cast<std::int64_t>(dice.below(1ULL << 33));
}

void transformed(AlbEntry& entry) {
  entry.fields = 33;
  entry.transformed_host = "internal.shop.example";
  entry.transformed_uri = "/v2/orders?from=v1";
  entry.transform_status = "TransformSuccess";
}

using Change = void (*)(AlbEntry&, Dice&);

constexpr Change kChanges[] = {
    [](AlbEntry& entry, Dice&) { unreadable(entry, "- http://www.shop.example:80- -"); },
    [](AlbEntry& entry, Dice&) { unreadable(entry, "- http://www.shop.example:80-/ "); },
    [](AlbEntry& entry, Dice&) { unreadable(entry, "-"); },
    [](AlbEntry& entry, Dice&) {
      entry.request = "GET https://www.shop.example:443/my files/a b.pdf?x=1 2 HTTP/1.1";
      entry.classification = "Severe";
      entry.classification_reason = "SpaceInUri";
    },
    [](AlbEntry& entry, Dice&) { redirected(entry); },
    [](AlbEntry& entry, Dice&) {
      no_target(entry);
      entry.status = 403;
      entry.actions = "waf";
      entry.target_group = "-";
    },
    [](AlbEntry& entry, Dice&) { entry.actions = "waf,authenticate,forward"; },
    [](AlbEntry& entry, Dice& dice) {  // a function answered
      entry.target = "-";
      if (dice.chance(0.5)) return;
      entry.error = "LambdaInvalidResponse";
      entry.status = 502;
      entry.target_status = 0;
    },
    [](AlbEntry& entry, Dice&) {  // the client went away
      entry.status = 460;
      entry.target_status = 0;
      entry.target_ms = entry.response_ms = -1;
    },
    [](AlbEntry& entry, Dice&) {
      no_target(entry);
      entry.status = 0;
    },
    [](AlbEntry& entry, Dice&) { entry.fields = 25; },
    [](AlbEntry& entry, Dice&) { entry.fields = 29; },
    [](AlbEntry& entry, Dice&) { transformed(entry); },
    [](AlbEntry& entry, Dice&) {
      transformed(entry);
      entry.trailing = "\"a field of tomorrow\" 42";
    },
    [](AlbEntry& entry, Dice&) { entry.bare_lists = true; },
    [](AlbEntry& entry, Dice&) { entry.second_target = "10.0.3.77:8080"; },
    [](AlbEntry& entry, Dice&) { entry.user_agent = "Mozilla/5.0 (\\x22quoted\\x22) x"; },
    [](AlbEntry& entry, Dice&) { entry.user_agent = "Магазин/2.1 (Android 14)"; },
    [](AlbEntry& entry, Dice&) { entry.user_agent = "caf\xE9/1.0"; },  // Latin-1, as some send it
    [](AlbEntry& entry, Dice& dice) { upgraded(entry, dice); },
    [](AlbEntry& entry, Dice&) {
      entry.type = "grpcs";
      entry.request = "POST https://api.shop.example:443/shop.v1.Orders/List HTTP/2.0";
    },
    [](AlbEntry& entry, Dice&) {
      entry.request = "GET https://[2001:4860:4801::5]:443/status HTTP/1.1";
      entry.classification = "Acceptable";
      entry.classification_reason = "UndefinedContentLengthSemantics";
    },
};

}  // namespace

void make_odd(AlbEntry& entry, Dice& dice) {
  if (dice.chance(0.01)) {
    entry.user_agent.assign(4'000 + dice.below(4'000), 'A');
    return;
  }
  kChanges[dice.below(std::size(kChanges))](entry, dice);
}

void make_malformed(std::string& line, Dice& dice) {
  switch (dice.below(7)) {
    case 0:  // cut short before the client
      line.resize(40 + dice.below(15));
      break;
    case 1:
      line =
          "2026-01-01T12:00:00.514108Z 203.0.113.1 36280 443 TLSv1.2 ECDHE-RSA-AES128-GCM-SHA256 "
          "4.036 \"CN=shop.example,O=Shop\" NotBefore=2025-09-21T22:43:21Z;NotAfter="
          "2027-06-17T22:43:21Z FEF257372D5C14D4 Success TID_3180a73013c8ca4bac2f731159d4b0fe";
      break;
    case 2:
      line =
          "tls 2.0 2026-01-01T12:00:00 net/shop/c6e77e28c25b2234 g3d4b5e8bb8464cd "
          "72.21.218.154:51341 172.100.100.185:443 5 2 98 246 - - - ECDHE-RSA-AES128-SHA tlsv12 - "
          "shop.example \"h2\" \"h2\" \"h2\",\"http/1.1\" 2026-01-01T11:59:50";
      break;
    case 3:
      line =
          "2026-01-01T12:00:00.945958Z shop-classic 192.168.131.39:2817 10.0.0.1:80 0.000073 "
          "0.001048 0.000057 200 200 0 29 \"GET http://www.shop.example:80/ HTTP/1.1\" "
          "\"curl/7.38.0\" - -";
      break;
    case 4: line = kOtherProgramsLine; break;
    case 5: line.replace(line.find(' ') + 1, 10, "0000-00-00"); break;
    default: line = kNoise;
  }
}

}  // namespace sextant::intel

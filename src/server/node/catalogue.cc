#include "server/node/catalogue.h"

#include "intel/auto_parser.h"
#include "intel/enrichers/address_class.h"
#include "intel/enrichers/community_id.h"
#include "intel/enrichers/geoip.h"
#include "intel/log_kinds.h"
#include "runtime/native/land.h"

namespace sextant::server {

namespace {

std::vector<const sdk::Function*> functions() {
  static const auto kParsers = [] {
    std::vector<sdk::Function> parsers;
    for (const auto& kind : intel::log_kinds()) {
      parsers.push_back(intel::parser_function(*kind.parser));
    }
    parsers.push_back(intel::auto_parser_function());
    return parsers;
  }();
  std::vector<const sdk::Function*> all;
  for (const auto& parser : kParsers) all.push_back(&parser);
  all.push_back(&intel::kGeoipEnricher);
  all.push_back(&intel::kAddressClassEnricher);
  all.push_back(&intel::kCommunityIdEnricher);
  all.push_back(&runtime::native::kLakeLand);
  return all;
}

}  // namespace

const sdk::Catalogue& catalogue() {
  static const sdk::Catalogue kCatalogue(functions());
  return kCatalogue;
}

}  // namespace sextant::server

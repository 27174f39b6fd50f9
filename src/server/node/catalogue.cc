#include "server/node/catalogue.h"

#include "adapters/opensearch/domain_file.h"
#include "adapters/opensearch/index_template.h"
#include "adapters/opensearch/sink.h"
#include "intel/auto_parser.h"
#include "intel/enrichers/address_class.h"
#include "intel/enrichers/community_id.h"
#include "intel/enrichers/geoip.h"
#include "intel/enrichers/inventory.h"
#include "intel/enrichers/user_agent.h"
#include "intel/log_kinds.h"
#include "intel/log_type_parser.h"
#include "intel/parsers/inventory.h"
#include "runtime/native/land.h"
#include "runtime/native/search.h"
#include "server/node/document_columns.h"

namespace sextant::server {

namespace {

Result<std::unique_ptr<ports::Sink>> open_search(const std::string& file,
                                                 const std::string& prefix) {
  SX_TRY_AS(auto domain, adapters::read_domain_file(file));
  if (domain.puts_template) {
    domain.settings.template_name = prefix;
    SX_TRY_AS(domain.settings.template_json, adapters::index_template(prefix, document_columns()));
  }
  SX_TRY_AS(auto sink, within("search domain file '" + file + "'",
                              adapters::OpenSearchSink::open(std::move(domain.settings))));
  return sink;
}

std::vector<const sdk::Function*> functions() {
  static const auto kParsers = [] {
    std::vector<sdk::Function> parsers;
    for (const auto& kind : intel::log_kinds()) {
      parsers.push_back(intel::parser_function(*kind.parser));
    }
    parsers.push_back(intel::auto_parser_function());
    parsers.push_back(intel::log_type_function());
    return parsers;
  }();
  std::vector<const sdk::Function*> all;
  for (const auto& parser : kParsers) all.push_back(&parser);
  all.push_back(&intel::kInventoryParser);
  all.push_back(&intel::kGeoipEnricher);
  all.push_back(&intel::kAddressClassEnricher);
  all.push_back(&intel::kCommunityIdEnricher);
  all.push_back(&intel::kInventoryEnricher);
  all.push_back(&intel::kUserAgentEnricher);
  static SystemClock clock;
  static const auto kSearchIndex =
      runtime::native::search_index_function({.open = open_search, .clock = clock});
  all.push_back(&kSearchIndex);
  all.push_back(&runtime::native::kLakeLand);
  return all;
}

}  // namespace

const sdk::Catalogue& catalogue() {
  static const sdk::Catalogue kCatalogue(functions());
  return kCatalogue;
}

}  // namespace sextant::server

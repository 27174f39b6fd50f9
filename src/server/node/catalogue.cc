#include "server/node/catalogue.h"

#include "intel/enrichers/geoip.h"
#include "intel/parsers/alb.h"
#include "runtime/native/land.h"

namespace sextant::server {

const sdk::Catalogue& catalogue() {
  static const sdk::Catalogue kCatalogue({
      &intel::kAlbParser,
      &intel::kGeoipEnricher,
      &runtime::native::kLakeLand,
  });
  return kCatalogue;
}

}  // namespace sextant::server

#pragma once
// Tells where source.ip is and to whom it belongs: adds source.geo.* and source.as.* (ECS 8), once
// per distinct address. Private, reserved and unknown addresses have no place: null, never a
// country.
#include "sdk/function.h"

namespace sextant::intel {

extern const sdk::Function kGeoipEnricher;  // enrichers.geoip

}  // namespace sextant::intel

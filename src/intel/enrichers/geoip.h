#pragma once
// Tells where source.ip is and to whom it belongs: adds source.geo.* and source.as.* (ECS 8), once
// per distinct address. Private, reserved and unknown addresses have no place: null, never a
// country.
#include <memory>
#include <vector>

#include "sdk/function.h"

namespace arrow {
class Field;
}  // namespace arrow

namespace sextant::intel {

extern const sdk::Function kGeoipEnricher;  // enrichers.geoip

// All columns that it may add: those that its databases know it does.
std::vector<std::shared_ptr<arrow::Field>> geoip_columns();

}  // namespace sextant::intel

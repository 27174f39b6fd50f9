#pragma once
// Who visits: addresses in networks that really belong to access providers, clouds and crawlers, so
// that GeoIP finds their countries.
#include <string>
#include <string_view>
#include <vector>

#include "intel/generators/dice.h"

namespace sextant::intel {

struct Visitor {
  std::string address;
  std::string_view user_agent;
  bool crawler = false;
};

// Visitors are drawn by rank: the first ones come most often.
std::vector<Visitor> make_visitors(std::size_t count, Dice& dice);

}  // namespace sextant::intel

#pragma once
// What calls of AWS's APIs do, by their names, in the words of ECS.
#include <string_view>

namespace sextant::intel {

struct Categories {
  std::string_view category;       // event.category; empty: none fits
  std::string_view type = "info";  // event.type, several between commas
};
Categories categories_of(std::string_view operation);

// Without the version of the API that some services append: "UpdateFunctionCode20150331v2" ->
// UpdateFunctionCode, "CreateDistribution2020_05_31" -> CreateDistribution.
std::string_view without_version(std::string_view event_name);

}  // namespace sextant::intel

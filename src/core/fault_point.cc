#include "core/fault_point.h"

#include <csignal>
#include <cstdlib>
#include <string>

namespace sextant::detail {
namespace {

struct Plan {
  std::string name;
  std::atomic<long> left = 1;
};

Plan* load_plan() {
  const char* text = std::getenv("SEXTANT_FAULT_POINT");
  if (text == nullptr || *text == '\0') return nullptr;
  static Plan plan;
  plan.name = text;
  if (const auto colon = plan.name.find(':'); colon != std::string::npos) {
    plan.left = std::strtol(plan.name.c_str() + colon + 1, nullptr, 10);
    plan.name.resize(colon);
  }
  return &plan;
}

Plan* const kFaultPlan = load_plan();

}  // namespace

std::atomic<bool> fault_points_armed = kFaultPlan != nullptr;

void fault_point_reached(std::string_view name) {
  if (name == kFaultPlan->name && kFaultPlan->left.fetch_sub(1) == 1) std::raise(SIGKILL);
}

}  // namespace sextant::detail

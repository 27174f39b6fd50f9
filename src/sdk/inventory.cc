#include "sdk/inventory.h"

namespace sextant::sdk {

std::string_view to_string(AssetType type) {
  switch (type) {
    case AssetType::Instance: return "instance";
    case AssetType::NetworkInterface: return "network_interface";
    case AssetType::EcsTask: return "ecs_task";
  }
  return "";
}

}  // namespace sextant::sdk

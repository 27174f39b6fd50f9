#pragma once
// What machines and containers there are, and were: snapshots of them as a parser hands them over
// beside its rows, and the questions that an enricher asks of all of them, as of an event's time.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "sdk/ip_address.h"

namespace sextant::sdk {

// The lake table of all snapshots' rows.
inline constexpr std::string_view kInventoryTable = "inventory";

enum class AssetType { Instance, NetworkInterface, EcsTask };
std::string_view to_string(AssetType type);  // "instance", "network_interface", "ecs_task"

// One thing as one snapshot tells it; what it does not tell is empty.
struct Asset {
  AssetType type = AssetType::Instance;
  std::string id = {};  // i-…, eni-…, the task's ARN
  std::string name = {};
  std::string account = {};
  std::string region = {};
  std::string vpc = {};
  std::string subnet = {};
  std::string instance = {};  // i-…: itself, or what the interface is attached to
  std::string host = {};      // its private DNS name
  std::string image = {};     // ami-…, or the containers' images
  std::string container = {};
  std::string cluster = {};  // by name, as the next one
  std::string service = {};
  std::string state = {};
  std::string owner = {};                          // of its tag Owner
  std::string tags = {};                           // a JSON object
  std::vector<std::string> addresses = {};         // inside of its VPC
  std::vector<std::string> public_addresses = {};  // by which the Internet knows it
  std::vector<std::string> interfaces = {};        // eni-…
  std::optional<Time> since = std::nullopt;        // when it began to run, or was attached
  friend bool operator==(const Asset&, const Asset&) = default;
};

struct InventorySnapshot {
  // Snapshots of one series follow each other: what the next one does not have is gone.
  std::string series = {};
  Time time = {};
  std::string version = {};  // tells snapshots of one time apart: the greatest is the last
  bool complete = true;      // false: what it does not have may be there all the same
  std::vector<Asset> assets = {};
};

// What is known of one machine at one time; null where nothing is. Valid as long as the inventory.
struct Machine {
  const Asset* instance = nullptr;
  const Asset* interface = nullptr;
  const Asset* task = nullptr;
  bool is_known() const { return instance != nullptr || interface != nullptr || task != nullptr; }
};

// All snapshots, as they are at one moment. Any thread.
class Inventory {
 public:
  virtual ~Inventory() = default;
  // Whether the address was anybody's at any time.
  virtual bool knows(const IpAddress& address) const = 0;
  // Who had it then. In a VPC when that is given, else in the account when that is, else anywhere:
  // unknown when there several VPCs have one of that address. Public ones belong to no VPC.
  virtual Machine by_address(const IpAddress& address, std::string_view account,
                             std::string_view vpc, Time at) const = 0;
  virtual Machine by_interface(std::string_view id, Time at) const = 0;
  virtual Machine by_instance(std::string_view id, Time at) const = 0;
};

}  // namespace sextant::sdk

#pragma once
// All versions of all things, compiled to be asked by address, interface and instance as of a time.
// Made anew when snapshots came, and shared by whoever reads it.
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sdk/inventory.h"

namespace sextant::services::inventory {

// A thing as it was from `from` until before `to`.
struct Span {
  Time from;
  Time to = Time::max();
  std::shared_ptr<const sdk::Asset> asset;  // never null
};

class AssetTable final : public sdk::Inventory {
 public:
  explicit AssetTable(std::vector<Span> spans);
  AssetTable(const AssetTable&) = delete;
  AssetTable& operator=(const AssetTable&) = delete;
  ~AssetTable() override = default;

  bool knows(const sdk::IpAddress& address) const override;
  sdk::Machine by_address(const sdk::IpAddress& address, std::string_view account,
                          std::string_view vpc, Time at) const override;
  sdk::Machine by_interface(std::string_view id, Time at) const override;
  sdk::Machine by_instance(std::string_view id, Time at) const override;

 private:
  using Spans = std::vector<const Span*>;
  struct Holder {
    const Span* span;
    std::string_view vpc;  // "": not known
    bool is_public;
  };
  struct AddressHash {
    std::size_t operator()(const sdk::IpAddress& address) const;
  };
  using Index = std::unordered_map<std::string_view, Spans>;

  void learn_networks();
  std::string_view vpc_of(const sdk::Asset& asset) const;
  void add_addresses(const Span& span);
  struct Candidates {
    Spans spans;
    bool one_vpc = true;  // all are known to be in the same one
  };
  static bool may_be_meant(const Holder& holder, std::string_view account, std::string_view vpc);
  static Candidates candidates_at(const std::vector<Holder>& all, std::string_view account,
                                  std::string_view vpc, Time at);
  static sdk::Machine machine_of(const Candidates& found);
  sdk::Machine with_instance(sdk::Machine machine, Time at) const;

  std::vector<Span> spans_;
  Index by_interface_;
  Index by_instance_;
  std::unordered_map<std::string_view, std::string_view> vpc_of_subnet_;
  std::unordered_map<std::string_view, std::string_view> vpc_of_interface_;
  std::unordered_map<sdk::IpAddress, std::vector<Holder>, AddressHash> by_address_;
};

}  // namespace sextant::services::inventory

#include "services/inventory/asset_table.h"

#include <algorithm>
#include <functional>

namespace sextant::services::inventory {
namespace {

using sdk::Asset;
using sdk::AssetType;
using sdk::Machine;

bool covers(const Span& span, Time at) { return span.from <= at && at < span.to; }

bool share_an_interface(const Asset& a, const Asset& b) {
  return std::ranges::any_of(a.interfaces, [&](const std::string& each) {
    return std::ranges::find(b.interfaces, each) != b.interfaces.end();
  });
}

// Whether both tell of the same machine: an address passes on before every snapshot knows.
bool same_machine(const Asset& a, const Asset& b) {
  if (a.type == b.type) return a.id == b.id;
  if (share_an_interface(a, b)) return true;
  return !a.instance.empty() && a.instance == b.instance;
}

const Asset*& place_of(Machine& machine, AssetType type) {
  if (type == AssetType::Instance) return machine.instance;
  return type == AssetType::EcsTask ? machine.task : machine.interface;
}

std::string_view find_or_empty(const std::unordered_map<std::string_view, std::string_view>& names,
                               std::string_view name) {
  const auto found = names.find(name);
  return found == names.end() ? std::string_view() : found->second;
}

}  // namespace

std::size_t AssetTable::AddressHash::operator()(const sdk::IpAddress& address) const {
  const auto& bytes = address.bytes();
  return std::hash<std::string_view>()({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

AssetTable::AssetTable(std::vector<Span> spans) : spans_(std::move(spans)) {
  learn_networks();
  for (const auto& span : spans_) {
    for (const auto& id : span.asset->interfaces) by_interface_[id].push_back(&span);
    if (span.asset->type == AssetType::Instance) by_instance_[span.asset->id].push_back(&span);
    add_addresses(span);
  }
}

// A subnet and an interface stay in their VPC for life; tasks tell only those.
void AssetTable::learn_networks() {
  for (const auto& span : spans_) {
    const auto& asset = *span.asset;
    if (asset.vpc.empty()) continue;
    if (!asset.subnet.empty()) vpc_of_subnet_[asset.subnet] = asset.vpc;
    for (const auto& id : asset.interfaces) vpc_of_interface_[id] = asset.vpc;
  }
}

std::string_view AssetTable::vpc_of(const Asset& asset) const {
  if (!asset.vpc.empty()) return asset.vpc;
  for (const auto& id : asset.interfaces) {
    if (const auto vpc = find_or_empty(vpc_of_interface_, id); !vpc.empty()) return vpc;
  }
  return find_or_empty(vpc_of_subnet_, asset.subnet);
}

void AssetTable::add_addresses(const Span& span) {
  const auto vpc = vpc_of(*span.asset);
  const auto add = [&](const std::string& text, bool is_public) {
    const auto address = sdk::IpAddress::parse(text);
    if (address) by_address_[*address].push_back({&span, vpc, is_public});
  };
  for (const auto& text : span.asset->addresses) add(text, false);
  for (const auto& text : span.asset->public_addresses) add(text, true);
}

bool AssetTable::knows(const sdk::IpAddress& address) const {
  return by_address_.contains(address);
}

// In the row's VPC when that is known, and then only who is known to be in it; else in its account.
// Public ones anywhere.
bool AssetTable::may_be_meant(const Holder& holder, std::string_view account,
                              std::string_view vpc) {
  if (holder.is_public) return true;
  if (!vpc.empty()) return holder.vpc == vpc;
  return account.empty() || holder.span->asset->account == account;
}

// None when several VPCs have the address and nothing tells which is meant.
AssetTable::Candidates AssetTable::candidates_at(const std::vector<Holder>& all,
                                                 std::string_view account, std::string_view vpc,
                                                 Time at) {
  Candidates found;
  std::string_view in;
  for (const auto& holder : all) {
    if (!covers(*holder.span, at) || !may_be_meant(holder, account, vpc)) continue;
    if (!holder.is_public) {
      if (!in.empty() && !holder.vpc.empty() && in != holder.vpc) return {};
      if (in.empty()) in = holder.vpc;
      found.one_vpc = found.one_vpc && !holder.vpc.empty();
    }
    found.spans.push_back(holder.span);
  }
  return found;
}

// In one VPC the last that began has the address; of the others those count that tell of the same
// machine. Two different ones that began at once, or of which one may be in another VPC: unknown.
Machine AssetTable::machine_of(const Candidates& found) {
  if (found.spans.empty()) return {};
  const auto* last =
      *std::ranges::max_element(found.spans, {}, [](const Span* each) { return each->from; });
  Machine machine;
  for (const auto* span : found.spans) {
    if (!same_machine(*span->asset, *last->asset)) {
      if (!found.one_vpc || span->from == last->from) return {};
      continue;
    }
    auto& place = place_of(machine, span->asset->type);
    if (place == nullptr) place = span->asset.get();
  }
  place_of(machine, last->asset->type) = last->asset.get();
  return machine;
}

Machine AssetTable::with_instance(Machine machine, Time at) const {
  if (machine.instance != nullptr || machine.interface == nullptr) return machine;
  if (!machine.interface->instance.empty())
    machine.instance = by_instance(machine.interface->instance, at).instance;
  return machine;
}

Machine AssetTable::by_address(const sdk::IpAddress& address, std::string_view account,
                               std::string_view vpc, Time at) const {
  const auto found = by_address_.find(address);
  if (found == by_address_.end()) return {};
  return with_instance(machine_of(candidates_at(found->second, account, vpc, at)), at);
}

Machine AssetTable::by_interface(std::string_view id, Time at) const {
  const auto found = by_interface_.find(id);
  if (found == by_interface_.end()) return {};
  Candidates candidates;
  std::ranges::copy_if(found->second, std::back_inserter(candidates.spans),
                       [&](const Span* span) { return covers(*span, at); });
  return with_instance(machine_of(candidates), at);
}

Machine AssetTable::by_instance(std::string_view id, Time at) const {
  const auto found = by_instance_.find(id);
  if (found == by_instance_.end()) return {};
  const Span* last = nullptr;
  for (const auto* span : found->second) {
    if (covers(*span, at) && (last == nullptr || last->from < span->from)) last = span;
  }
  Machine machine;
  if (last != nullptr) machine.instance = last->asset.get();
  return machine;
}

}  // namespace sextant::services::inventory

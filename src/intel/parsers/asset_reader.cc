#include "intel/parsers/asset_reader.h"

#include <simdjson.h>

#include <algorithm>
#include <cmath>
#include <unordered_set>

#include "core/json.h"
#include "core/strings.h"
#include "core/time_text.h"
#include "intel/parsers/text_bytes.h"

namespace sextant::intel {
namespace {

namespace dom = simdjson::dom;
using sdk::Asset;
using sdk::AssetType;

// Texts of things come from whoever may tag them: a NUL has no place in a column.
std::string text_of(std::string_view bytes) {
  if (bytes.find('\0') == std::string_view::npos) return std::string(bytes);
  std::string text;
  escape_into(bytes, text);
  return text;
}

std::string text_at(dom::element from, std::string_view name) {
  std::string_view text;
  return from[name].get_string().get(text) == simdjson::SUCCESS ? text_of(text) : std::string();
}

// "": there is no such object.
std::string text_at(dom::element from, std::string_view object, std::string_view name) {
  dom::element inner;
  return from[object].get(inner) == simdjson::SUCCESS ? text_at(inner, name) : std::string();
}

template <typename Visit>
void each_of(dom::element from, std::string_view name, Visit&& visit) {
  dom::array items;
  if (from[name].get_array().get(items) != simdjson::SUCCESS) return;
  for (const auto item : items) {
    if (item.is_object()) visit(item);
  }
}

// An answer says the same address in several places: so often at most.
constexpr std::size_t kTextsMax = 8 * kOfOneThingMax;

void add_text(std::vector<std::string>& into, std::string text) {
  if (!text.empty() && into.size() <= kTextsMax) into.push_back(std::move(text));
}

// Keeps the first of each. False: they are too many.
bool make_unique(std::vector<std::string>& texts) {
  if (texts.size() > kTextsMax) return false;
  std::unordered_set<std::string_view> seen;
  std::vector<std::string> kept;
  for (const auto& text : texts) {
    if (seen.insert(text).second) kept.push_back(text);
  }
  texts = std::move(kept);
  return texts.size() <= kOfOneThingMax;
}

bool make_unique(Asset& asset) {
  const bool fit[] = {make_unique(asset.addresses), make_unique(asset.public_addresses),
                      make_unique(asset.interfaces)};
  return std::ranges::all_of(fit, [](bool each) { return each; });
}

std::size_t size_of_list(dom::element from, std::string_view name) {
  dom::array items;
  return from[name].get_array().get(items) == simdjson::SUCCESS ? items.size() : 0;
}

void append_listed(std::string& into, const std::string& text) {
  if (text.empty()) return;
  if (!into.empty()) into += ',';
  into += text;
}

// AWS CLI 2 writes ISO 8601, its first version seconds since 1970 for ECS.
std::optional<Time> time_at(dom::element from, std::string_view name) {
  dom::element value;
  if (from[name].get(value) != simdjson::SUCCESS) return std::nullopt;
  std::string_view text;
  if (value.get_string().get(text) == simdjson::SUCCESS) return parse_iso8601(text);
  double seconds = 0;
  constexpr double kSecondsMax = 1e11;
  if (value.get_double().get(seconds) != simdjson::SUCCESS || !(seconds >= 0) ||
      seconds > kSecondsMax)
    return std::nullopt;
  return Time(Duration(std::llround(seconds * 1e6)));
}

// [{"Key":…,"Value":…}], in lower case for ECS. The first of a name counts.
void read_tags(dom::element from, std::string_view list, std::string_view key,
               std::string_view value, Asset& asset) {
  std::unordered_set<std::string> names;
  each_of(from, list, [&](dom::element tag) {
    const auto name = text_at(tag, key);
    if (name.empty() || !names.insert(name).second) return;
    const auto text = text_at(tag, value);
    if (name == "Name") asset.name = text;
    if (asset.owner.empty() && iequals(name, "owner")) asset.owner = text;
    asset.tags += asset.tags.empty() ? "{" : ",";
    json::append_text(asset.tags, name);
    asset.tags += ':';
    json::append_text(asset.tags, text);
  });
  if (!asset.tags.empty()) asset.tags += '}';
}

// "eu-west-1a", "us-west-2-lax-1a": the region is what ends in the first number.
std::string region_of_zone(std::string_view zone) {
  const auto digit = zone.find_first_of("0123456789");
  if (digit == std::string_view::npos) return {};
  const auto end = zone.find_first_not_of("0123456789", digit);
  return std::string(zone.substr(0, end));
}

void read_addresses(dom::element interface, Asset& asset) {
  each_of(interface, "PrivateIpAddresses", [&](dom::element address) {
    add_text(asset.addresses, text_at(address, "PrivateIpAddress"));
    add_text(asset.public_addresses, text_at(address, "Association", "PublicIp"));
  });
  add_text(asset.addresses, text_at(interface, "PrivateIpAddress"));
  add_text(asset.public_addresses, text_at(interface, "Association", "PublicIp"));
  each_of(interface, "Ipv6Addresses", [&](dom::element address) {
    add_text(asset.addresses, text_at(address, "Ipv6Address"));
  });
}

Asset read_instance(dom::element from, const std::string& account) {
  Asset asset{.type = AssetType::Instance};
  asset.id = asset.instance = text_at(from, "InstanceId");
  asset.account = account;
  asset.region = region_of_zone(text_at(from, "Placement", "AvailabilityZone"));
  asset.vpc = text_at(from, "VpcId");
  asset.subnet = text_at(from, "SubnetId");
  asset.host = text_at(from, "PrivateDnsName");
  asset.image = text_at(from, "ImageId");
  asset.state = text_at(from, "State", "Name");
  asset.since = time_at(from, "LaunchTime");
  read_tags(from, "Tags", "Key", "Value", asset);
  each_of(from, "NetworkInterfaces", [&](dom::element interface) {
    add_text(asset.interfaces, text_at(interface, "NetworkInterfaceId"));
    read_addresses(interface, asset);
  });
  add_text(asset.addresses, text_at(from, "PrivateIpAddress"));
  add_text(asset.addresses, text_at(from, "Ipv6Address"));
  add_text(asset.public_addresses, text_at(from, "PublicIpAddress"));
  return asset;
}

Asset read_interface(dom::element from) {
  Asset asset{.type = AssetType::NetworkInterface};
  asset.id = text_at(from, "NetworkInterfaceId");
  asset.interfaces = {asset.id};
  asset.account = text_at(from, "OwnerId");
  asset.region = region_of_zone(text_at(from, "AvailabilityZone"));
  asset.vpc = text_at(from, "VpcId");
  asset.subnet = text_at(from, "SubnetId");
  asset.host = text_at(from, "PrivateDnsName");
  asset.state = text_at(from, "Status");
  asset.instance = text_at(from, "Attachment", "InstanceId");
  dom::element attachment;
  if (from["Attachment"].get(attachment) == simdjson::SUCCESS)
    asset.since = time_at(attachment, "AttachTime");
  read_tags(from, "TagSet", "Key", "Value", asset);
  // Those that AWS makes for its services have no tags, but say whose they are.
  if (asset.name.empty()) asset.name = text_at(from, "Description");
  read_addresses(from, asset);
  return asset;
}

// What stands behind the last '/'; "arn:aws:ecs:eu-west-1:111122223333:cluster/web" -> "web".
std::string last_part(const std::string& arn) { return arn.substr(arn.rfind('/') + 1); }

void read_attachment(dom::element attachment, Asset& asset) {
  if (text_at(attachment, "type") != "ElasticNetworkInterface") return;
  each_of(attachment, "details", [&](dom::element detail) {
    const auto name = text_at(detail, "name");
    const auto value = text_at(detail, "value");
    if (name == "networkInterfaceId") add_text(asset.interfaces, value);
    if (name == "privateIPv4Address" || name == "privateIPv6Address")
      add_text(asset.addresses, value);
    if (name == "subnetId") asset.subnet = value;
    if (name == "privateDnsName") asset.host = value;
  });
}

Asset read_task(dom::element from) {
  Asset asset{.type = AssetType::EcsTask};
  asset.id = text_at(from, "taskArn");
  if (const auto parts = split(asset.id, ':'); parts.size() > 4) {
    asset.region = parts[3];
    asset.account = parts[4];
  }
  asset.cluster = last_part(text_at(from, "clusterArn"));
  asset.state = text_at(from, "lastStatus");
  const auto group = text_at(from, "group");
  constexpr std::string_view kService = "service:";
  if (group.starts_with(kService)) asset.service = group.substr(kService.size());
  asset.since = time_at(from, "startedAt");
  if (!asset.since) asset.since = time_at(from, "createdAt");
  read_tags(from, "tags", "key", "value", asset);
  each_of(from, "attachments", [&](dom::element each) { read_attachment(each, asset); });
  each_of(from, "containers", [&](dom::element container) {
    append_listed(asset.container, text_at(container, "name"));
    append_listed(asset.image, text_at(container, "image"));
    each_of(container, "networkInterfaces", [&](dom::element interface) {
      add_text(asset.addresses, text_at(interface, "privateIpv4Address"));
      add_text(asset.addresses, text_at(interface, "ipv6Address"));
    });
  });
  if (asset.name.empty()) asset.name = last_part(text_at(from, "taskDefinitionArn"));
  return asset;
}

void take(Asset asset, std::size_t tags, ReadAssets& into) {
  if (asset.id.empty()) {
    ++into.nameless;
  } else if (tags > kOfOneThingMax || !make_unique(asset)) {
    ++into.oversized;
  } else {
    into.assets.push_back(std::move(asset));
  }
}

}  // namespace

Result<ReadAssets> read_assets(AssetList list, std::string_view json) {
  thread_local dom::parser parser;
  dom::element root;
  if (const auto error = parser.parse(json.data(), json.size()).get(root))
    return fail(Code::Invalid, std::string("is no JSON: ") + simdjson::error_message(error));
  ReadAssets read;
  switch (list) {
    case AssetList::Reservations: {
      const auto account = text_at(root, "OwnerId");
      each_of(root, "Instances", [&](dom::element each) {
        take(read_instance(each, account), size_of_list(each, "Tags"), read);
      });
      break;
    }
    case AssetList::NetworkInterfaces:
      take(read_interface(root), size_of_list(root, "TagSet"), read);
      break;
    case AssetList::Tasks: take(read_task(root), size_of_list(root, "tags"), read); break;
  }
  return read;
}

}  // namespace sextant::intel

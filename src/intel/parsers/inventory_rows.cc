#include "intel/parsers/inventory_rows.h"

#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "core/json.h"

namespace sextant::intel {
namespace {

// The dictionaries, in this order.
enum Text : std::size_t {
  Kind,
  Dataset,
  Provider,
  Type,
  Id,
  Name,
  State,
  Owner,
  Image,
  Vpc,
  Subnet,
  Addresses,
  PublicAddresses,
  Interfaces,
  Account,
  Region,
  Instance,
  Host,
  Container,
  Cluster,
  Service,
  Path,
};
constexpr const char* kNames[] = {
    "event.kind",
    "event.dataset",
    "cloud.provider",
    "sextant.asset.type",
    "sextant.asset.id",
    "sextant.asset.name",
    "sextant.asset.state",
    "sextant.asset.owner",
    "sextant.asset.image",
    "sextant.asset.vpc",
    "sextant.asset.subnet",
    "sextant.asset.addresses",
    "sextant.asset.public_addresses",
    "sextant.asset.interfaces",
    "cloud.account.id",
    "cloud.region",
    "cloud.instance.id",
    "host.name",
    "container.name",
    "orchestrator.cluster.name",
    "orchestrator.resource.name",
    "log.file.path",
};

std::string list_json(const std::vector<std::string>& texts) {
  std::string json;
  for (const auto& text : texts) {
    json += json.empty() ? '[' : ',';
    json::append_text(json, text);
  }
  if (!json.empty()) json += ']';
  return json;
}

SchemaPtr make_schema() {
  const auto time = arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");
  const auto text = arrow::dictionary(arrow::int32(), arrow::utf8());
  arrow::FieldVector fields{arrow::field("ts", time)};
  for (const char* name : kNames) fields.push_back(arrow::field(name, text));
  fields.push_back(arrow::field("sextant.asset.since", time));
  fields.push_back(arrow::field("sextant.asset.tags", arrow::utf8()));
  fields.push_back(arrow::field("sextant.snapshot.things", arrow::int64()));
  fields.push_back(arrow::field("log.offset", arrow::int64()));
  return arrow::schema(std::move(fields));
}

}  // namespace

const SchemaPtr& inventory_schema() {
  static const SchemaPtr kSchema = make_schema();
  return kSchema;
}

void InventoryRows::set(std::size_t column, std::string_view text) {
  texts_[column].set(rows_, text);
  texts_bytes_ += text.size();
}

void InventoryRows::place(const Place& place) {
  time_.set(rows_, place.time.time_since_epoch().count());
  offset_.set(rows_, static_cast<std::int64_t>(place.offset));
  set(Path, place.path);
  set(Kind, "asset");
  set(Dataset, "aws.inventory");
  set(Provider, "aws");
}

void InventoryRows::add(const sdk::Asset& asset, const Place& where) {
  place(where);
  set(Type, to_string(asset.type));
  set(Id, asset.id);
  set(Name, asset.name);
  set(State, asset.state);
  set(Owner, asset.owner);
  set(Image, asset.image);
  set(Vpc, asset.vpc);
  set(Subnet, asset.subnet);
  set(Addresses, list_json(asset.addresses));
  set(PublicAddresses, list_json(asset.public_addresses));
  set(Interfaces, list_json(asset.interfaces));
  set(Account, asset.account);
  set(Region, asset.region);
  set(Instance, asset.instance);
  set(Host, asset.host);
  set(Container, asset.container);
  set(Cluster, asset.cluster);
  set(Service, asset.service);
  since_.set(rows_, asset.since ? asset.since->time_since_epoch().count()
                                : sdk::NumberColumn<std::int64_t>::kNull);
  things_.set(rows_, sdk::NumberColumn<std::int64_t>::kNull);
  tags_.set(rows_, asset.tags);
  ++rows_;
}

void InventoryRows::add_snapshot(sdk::AssetType type, std::uint64_t things, bool complete,
                                 const Place& where) {
  add({.type = type,
       .id = std::string(where.series),
       .state = complete ? "complete" : "incomplete"},
      where);
  --rows_;
  set(Type, "snapshot");
  things_.set(rows_, static_cast<std::int64_t>(things));
  ++rows_;
}

BatchPtr InventoryRows::finish() {
  const auto rows = std::exchange(rows_, 0);
  texts_bytes_ = 0;
  const auto& schema = inventory_schema();
  const auto& time = schema->field(0)->type();
  std::vector<ArrayPtr> arrays{time_.finish(rows, time)};
  for (auto& texts : texts_) arrays.push_back(texts.finish(rows));
  arrays.push_back(since_.finish(rows, time));
  arrays.push_back(tags_.finish_text(rows));
  arrays.push_back(things_.finish(rows, arrow::int64()));
  arrays.push_back(offset_.finish(rows, arrow::int64()));
  return arrow::RecordBatch::Make(schema, static_cast<std::int64_t>(rows), std::move(arrays));
}

}  // namespace sextant::intel

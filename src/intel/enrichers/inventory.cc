#include "intel/enrichers/inventory.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <utility>

#include "intel/enrichers/added_columns.h"
#include "sdk/inventory.h"
#include "sdk/ip_address.h"

namespace sextant::intel {
namespace {

using sdk::Asset;
using sdk::Machine;

// One column: its name, and its text of a machine.
struct Column {
  const char* name;
  std::string_view (*text)(const Machine& machine);
};

// What a machine is called and told by: the task before the instance that it runs on, that before
// their interface.
const Asset* nearest(const Machine& machine) {
  if (machine.task != nullptr) return machine.task;
  return machine.instance != nullptr ? machine.instance : machine.interface;
}

template <std::string Asset::* kMember>
std::string_view of_nearest(const Machine& machine) {
  const Asset* const all[] = {machine.task, machine.instance, machine.interface};
  for (const auto* asset : all) {
    if (asset != nullptr && !(asset->*kMember).empty()) return asset->*kMember;
  }
  return {};
}

template <std::string Asset::* kMember>
std::string_view of_task(const Machine& machine) {
  return machine.task == nullptr ? std::string_view() : machine.task->*kMember;
}

template <std::string Asset::* kMember>
std::string_view of_instance(const Machine& machine) {
  return machine.instance == nullptr ? std::string_view() : machine.instance->*kMember;
}

std::string_view instance_id(const Machine& machine) {
  if (machine.instance != nullptr) return machine.instance->id;
  return machine.interface == nullptr ? std::string_view() : machine.interface->instance;
}
std::string_view host_name(const Machine& machine) {
  return machine.instance != nullptr ? machine.instance->host : of_nearest<&Asset::host>(machine);
}
std::string_view orchestrator_type(const Machine& machine) {
  return machine.task == nullptr ? "" : "ecs";
}
std::string_view resource_type(const Machine& machine) {
  return machine.task == nullptr ? "" : "task";
}
std::string_view type_of(const Machine& machine) {
  return machine.is_known() ? to_string(nearest(machine)->type) : std::string_view();
}
std::string_view id_of(const Machine& machine) {
  return machine.is_known() ? nearest(machine)->id : std::string_view();
}

constexpr Column kOwnColumns[] = {
    {"cloud.instance.id", instance_id},
    {"cloud.instance.name", of_instance<&Asset::name>},
    {"host.name", host_name},
    {"container.name", of_task<&Asset::container>},
    {"container.image.name", of_task<&Asset::image>},
    {"orchestrator.type", orchestrator_type},
    {"orchestrator.cluster.name", of_task<&Asset::cluster>},
    {"orchestrator.resource.type", resource_type},
    {"orchestrator.resource.id", of_task<&Asset::id>},
    {"orchestrator.resource.name", of_task<&Asset::service>},
};

constexpr std::size_t kEndColumns = 6;
using EndColumns = std::array<Column, kEndColumns>;

// The address, from the first of these columns that is there.
struct End {
  std::array<const char*, 2> from;
  EndColumns columns;
};
constexpr End kEnds[] = {
    {{"source.ip", "source.address"},
     {{{"sextant.source.asset.type", type_of},
       {"sextant.source.asset.id", id_of},
       {"sextant.source.asset.name", of_nearest<&Asset::name>},
       {"sextant.source.asset.image", of_nearest<&Asset::image>},
       {"sextant.source.asset.owner", of_nearest<&Asset::owner>},
       {"sextant.source.asset.tags", of_nearest<&Asset::tags>}}}},
    {{"destination.ip", "aws.elb.backend.ip"},
     {{{"sextant.destination.asset.type", type_of},
       {"sextant.destination.asset.id", id_of},
       {"sextant.destination.asset.name", of_nearest<&Asset::name>},
       {"sextant.destination.asset.image", of_nearest<&Asset::image>},
       {"sextant.destination.asset.owner", of_nearest<&Asset::owner>},
       {"sextant.destination.asset.tags", of_nearest<&Asset::tags>}}}},
};

constexpr const char* kInterfaceColumn = "aws.vpcflow.interface_id";
constexpr const char* kInstanceColumn = "cloud.instance.id";
constexpr const char* kVpcColumns[] = {"aws.vpcflow.vpc_id", "aws.route53.vpc_id"};

// A column of texts by row; null and a column that is not there are the empty text.
class Texts {
 public:
  explicit Texts(TextsPtr column) : column_(std::move(column)) {
    if (column_ != nullptr) rows_ = rows_to_distinct(*column_);
  }
  bool is_there() const { return column_ != nullptr; }
  std::int32_t distinct(std::size_t row) const { return column_ == nullptr ? -1 : rows_[row]; }
  std::string_view at(std::size_t row) const {
    const auto index = distinct(row);
    return index < 0 ? std::string_view() : value(index);
  }
  std::string_view value(std::int32_t index) const {
    return static_cast<const arrow::StringArray&>(*column_->dictionary()).GetView(index);
  }
  std::size_t distinct_count() const {
    return column_ == nullptr ? 0 : static_cast<std::size_t>(column_->dictionary()->length());
  }

 private:
  TextsPtr column_;
  std::vector<std::int32_t> rows_;
};

Texts texts_named(const BatchPtr& batch, const char* name) {
  return Texts(find_texts(batch, name));
}

template <typename Names>
Texts first_of(const BatchPtr& batch, const Names& names) {
  for (const char* name : names) {
    if (auto column = find_texts(batch, name)) return Texts(std::move(column));
  }
  return Texts(nullptr);
}

// The addresses that the inventory knows, read once for each distinct text.
std::vector<std::optional<sdk::IpAddress>> known_addresses(const Texts& texts,
                                                           const sdk::Inventory& inventory) {
  std::vector<std::optional<sdk::IpAddress>> all(texts.distinct_count());
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto address = sdk::IpAddress::parse(texts.value(static_cast<std::int32_t>(i)));
    if (address && inventory.knows(*address)) all[i] = address;
  }
  return all;
}

// Of the rows as they leave.
struct Columns {
  std::vector<ArrayPtr> own;
  AddedColumns added;
};

// Columns that are filled row by row.
class Filled {
 public:
  explicit Filled(std::span<const Column> columns) : columns_(columns), texts_(columns.size()) {}

  void set(std::size_t row, const Machine& machine) {
    for (std::size_t i = 0; i < columns_.size(); ++i)
      texts_[i].set(row, machine.is_known() ? columns_[i].text(machine) : std::string_view());
  }

  // A column that the rows have already keeps what it says; where it says nothing it is filled,
  // unless it is none of repeated texts.
  void add_to(const BatchPtr& batch, Columns& columns) {
    const auto rows = static_cast<std::size_t>(batch->num_rows());
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const auto column = batch->schema()->GetFieldIndex(columns_[i].name);
      if (column < 0) {
        columns.added.add(columns_[i].name, texts_[i].finish(rows));
        continue;
      }
      const auto before = texts_named(batch, columns_[i].name);
      if (batch->column(column)->type_id() != arrow::Type::DICTIONARY || !before.is_there())
        continue;
      for (std::size_t row = 0; row < rows; ++row) {
        if (before.distinct(row) >= 0) texts_[i].set(row, before.at(row));
      }
      columns.own[static_cast<std::size_t>(column)] = texts_[i].finish(rows);
    }
  }

 private:
  std::span<const Column> columns_;
  std::vector<sdk::DictionaryColumn> texts_;
};

// What rows tell about where their addresses belong.
struct Context {
  Texts account;
  Texts vpc;
  Texts interface;
  Texts instance;
};

Context context_of(const BatchPtr& batch) {
  return {.account = texts_named(batch, "cloud.account.id"),
          .vpc = first_of(batch, kVpcColumns),
          .interface = texts_named(batch, kInterfaceColumn),
          .instance = texts_named(batch, kInstanceColumn)};
}

// The times of all rows, when they tell them.
const arrow::Int64Array* times_of(const BatchPtr& batch, ArrayPtr& held) {
  const auto column = batch->schema()->GetFieldIndex("ts");
  if (column < 0 || batch->column(column)->type_id() != arrow::Type::TIMESTAMP) return nullptr;
  auto view = batch->column(column)->View(arrow::int64());
  if (!view.ok()) return nullptr;
  held = *view;
  return static_cast<const arrow::Int64Array*>(held.get());
}

class InventoryStage final : public sdk::Stage {
 public:
  InventoryStage(std::shared_ptr<const sdk::Inventory> inventory, const WiderSchema& schema)
      : inventory_(std::move(inventory)), schema_(schema) {}

  Result<> rows(sdk::Rows rows, const sdk::Emit& emit) override {
    ArrayPtr held;
    const auto* times = times_of(rows.batch, held);
    std::array<Texts, std::size(kEnds)> ends{Texts(nullptr), Texts(nullptr)};
    for (std::size_t i = 0; i < ends.size(); ++i) ends[i] = first_of(rows.batch, kEnds[i].from);
    const auto context = context_of(rows.batch);
    const bool any = std::ranges::any_of(ends, &Texts::is_there) || has_own(context);
    // Malformed lines tell nothing; the runtime always brings an inventory, tools may not.
    if (times == nullptr || !any || !inventory_) return emit(std::move(rows));
    Columns columns{.own = rows.batch->columns(), .added = {}};
    const auto own = own_machines(context, *times);
    if (has_own(context)) fill_own(rows.batch, own, columns);
    for (std::size_t i = 0; i < ends.size(); ++i) {
      if (ends[i].is_there())
        fill_end(rows.batch, {kEnds[i], ends[i], context, own, *times}, columns);
    }
    const auto filled = arrow::RecordBatch::Make(rows.batch->schema(), rows.batch->num_rows(),
                                                 std::move(columns.own));
    rows.batch = schema_.with(filled, columns.added);
    return emit(std::move(rows));
  }

 private:
  struct EndRows {
    const End& end;
    const Texts& addresses;
    const Context& context;
    const std::vector<Machine>& own;
    const arrow::Int64Array& times;
  };

  static bool has_own(const Context& context) {
    return context.interface.is_there() || context.instance.is_there();
  }

  static Time time_at(const arrow::Int64Array& times, std::size_t row) {
    return Time(Duration(times.Value(static_cast<std::int64_t>(row))));
  }

  // The machine that each row's log is of.
  std::vector<Machine> own_machines(const Context& context, const arrow::Int64Array& times) const {
    std::vector<Machine> own(static_cast<std::size_t>(times.length()));
    if (!has_own(context)) return own;
    for (std::size_t row = 0; row < own.size(); ++row) {
      const auto at = time_at(times, row);
      if (const auto id = context.interface.at(row); !id.empty())
        own[row] = inventory_->by_interface(id, at);
      if (const auto id = context.instance.at(row); !id.empty() && !own[row].is_known())
        own[row] = inventory_->by_instance(id, at);
    }
    return own;
  }

  static void fill_own(const BatchPtr& batch, const std::vector<Machine>& own, Columns& columns) {
    Filled filled(kOwnColumns);
    for (std::size_t row = 0; row < own.size(); ++row) filled.set(row, own[row]);
    filled.add_to(batch, columns);
  }

  void fill_end(const BatchPtr& batch, const EndRows& rows, Columns& columns) const {
    const auto addresses = known_addresses(rows.addresses, *inventory_);
    Filled filled(rows.end.columns);
    for (std::size_t row = 0; row < rows.own.size(); ++row) {
      const auto index = rows.addresses.distinct(row);
      const auto* address = index < 0 || !addresses[static_cast<std::size_t>(index)]
                                ? nullptr
                                : &*addresses[static_cast<std::size_t>(index)];
      filled.set(row, address == nullptr
                          ? Machine()
                          : inventory_->by_address(*address, rows.context.account.at(row),
                                                   vpc_of(rows, row), time_at(rows.times, row)));
    }
    filled.add_to(batch, columns);
  }

  // The row's own word, or the VPC of the machine that it is of.
  static std::string_view vpc_of(const EndRows& rows, std::size_t row) {
    if (const auto vpc = rows.context.vpc.at(row); !vpc.empty()) return vpc;
    const auto& own = rows.own[row];
    if (own.interface != nullptr && !own.interface->vpc.empty()) return own.interface->vpc;
    return own.instance != nullptr ? std::string_view(own.instance->vpc) : std::string_view();
  }

  const std::shared_ptr<const sdk::Inventory> inventory_;
  const WiderSchema& schema_;
};

class InventoryPrepared final : public sdk::Prepared {
 public:
  std::unique_ptr<sdk::Stage> start(const sdk::Source& source) const override {
    return std::make_unique<InventoryStage>(source.inventory, schema_);
  }
  bool reads_inventory() const override { return true; }

 private:
  WiderSchema schema_;
};

}  // namespace

const sdk::Function kInventoryEnricher{
    .id = "enrichers.inventory",
    .title = "Inventory",
    .summary = "Tells which machine and container each end was, as of the event's time.",
    .status = sdk::Status::Alpha,
    .input = sdk::Trust::Untrusted,
    .takes = sdk::Takes::Rows,
    .prepare = [](const sdk::Configuration&) -> Result<std::shared_ptr<const sdk::Prepared>> {
      return std::make_shared<InventoryPrepared>();
    }};

}  // namespace sextant::intel

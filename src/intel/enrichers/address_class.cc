#include "intel/enrichers/address_class.h"

#include <array>

#include "core/strings.h"
#include "intel/enrichers/added_columns.h"
#include "sdk/ip_address.h"

namespace sextant::intel {
namespace {

// Which columns may hold the address as it was written, the first that is there counts.
struct End {
  std::array<const char*, 2> from;
  const char* to;
};
constexpr End kEnds[] = {
    {{"source.address", "source.ip"}, "sextant.source.address_class"},
    {{"destination.address", "destination.ip"}, "sextant.destination.address_class"},
};

constexpr std::string_view kUnknown = "unknown";

TextsPtr find_addresses(const BatchPtr& batch, const End& end) {
  for (const char* name : end.from) {
    if (auto texts = find_texts(batch, name)) return texts;
  }
  return nullptr;
}

ArrayPtr classes_of(const arrow::DictionaryArray& addresses) {
  const auto& texts = static_cast<const arrow::StringArray&>(*addresses.dictionary());
  Dictionary names;
  std::vector<std::int32_t> codes;
  for (std::int64_t i = 0; i < texts.length(); ++i)
    codes.push_back(names.add(address_class(texts.GetView(i))));
  const auto unknown = names.add(kUnknown);
  auto rows = rows_to_distinct(addresses);
  sdk::NumberColumn<std::int32_t> cells;
  for (std::size_t row = 0; row < rows.size(); ++row)
    cells.set(row, rows[row] < 0 ? unknown : codes[static_cast<std::size_t>(rows[row])]);
  return sdk::make_dictionary_array(cells, rows.size(), names.finish());
}

class AddressClassStage final : public sdk::Stage {
 public:
  explicit AddressClassStage(const WiderSchema& schema) : schema_(schema) {}

  Result<> rows(sdk::Rows rows, const sdk::Emit& emit) override {
    AddedColumns added;
    for (const auto& end : kEnds) {
      const auto addresses = find_addresses(rows.batch, end);
      if (addresses != nullptr) added.add(end.to, classes_of(*addresses));
    }
    if (added.fields.empty()) return emit(std::move(rows));
    rows.batch = schema_.with(rows.batch, added);
    return emit(std::move(rows));
  }

 private:
  const WiderSchema& schema_;
};

class AddressClassPrepared final : public sdk::Prepared {
 public:
  std::unique_ptr<sdk::Stage> start(const sdk::Source&) const override {
    return std::make_unique<AddressClassStage>(schema_);
  }

 private:
  WiderSchema schema_;
};

Result<std::shared_ptr<const sdk::Prepared>> prepare(const sdk::Configuration&) {
  return std::make_shared<AddressClassPrepared>();
}

// Made of what addresses are made of, and with what stands between their parts.
bool looks_like_an_address(std::string_view text) {
  return text.find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos &&
         text.find_first_of(":.") != std::string_view::npos;
}

}  // namespace

std::string_view address_class(std::string_view address) {
  if (const auto ip = sdk::IpAddress::parse(address)) return sdk::to_string(ip->address_class());
  if (address == "AWS Internal") return "aws_internal";
  if (address.ends_with(".amazonaws.com") || address.ends_with(".amazonaws.com.cn"))
    return "service";
  return looks_like_an_address(address) ? "malformed" : kUnknown;
}

const sdk::Function kAddressClassEnricher{
    .id = "enrichers.address_class",
    .title = "Address class",
    .summary = "Tells whether each end is public, private, a service of AWS, malformed or unknown.",
    .status = sdk::Status::Stable,
    .input = sdk::Trust::Untrusted,
    .takes = sdk::Takes::Rows,
    .prepare = prepare};

}  // namespace sextant::intel

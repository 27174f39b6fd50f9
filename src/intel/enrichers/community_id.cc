#include "intel/enrichers/community_id.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "core/encoding.h"
#include "core/hash.h"
#include "core/strings.h"
#include "intel/enrichers/added_columns.h"

namespace sextant::intel {
namespace {

constexpr std::uint8_t kIcmp = 1;
constexpr std::uint8_t kTcp = 6;
constexpr std::uint8_t kUdp = 17;
constexpr std::uint8_t kIcmp6 = 58;
constexpr std::uint8_t kSctp = 132;

// Questions and answers, which are one flow: each stands for the other.
constexpr std::pair<std::uint16_t, std::uint16_t> kIcmpPairs[] = {
    {8, 0}, {0, 8}, {13, 14}, {14, 13}, {15, 16}, {16, 15}, {10, 9}, {9, 10}, {17, 18}, {18, 17}};
constexpr std::pair<std::uint16_t, std::uint16_t> kIcmp6Pairs[] = {
    {128, 129}, {129, 128}, {133, 134}, {134, 133}, {135, 136}, {136, 135},
    {130, 131}, {131, 130}, {144, 145}, {145, 144}, {139, 140}, {140, 139}};

struct Ports {
  bool count = false;    // in the id
  bool one_way = false;  // the ends keep their places
  std::uint16_t source = 0;
  std::uint16_t destination = 0;
};

template <typename Pairs>
Ports icmp_ports(const Flow& flow, const Pairs& pairs) {
  for (const auto& [type, other] : pairs) {
    if (type == flow.source_port) return {.count = true, .source = type, .destination = other};
  }
  return {.count = true,
          .one_way = true,
          .source = flow.source_port,
          .destination = flow.destination_port};
}

Ports ports_of(const Flow& flow) {
  switch (flow.protocol) {
    case kIcmp: return icmp_ports(flow, kIcmpPairs);
    case kIcmp6: return icmp_ports(flow, kIcmp6Pairs);
    case kTcp:
    case kUdp:
    case kSctp:
      return {.count = true, .source = flow.source_port, .destination = flow.destination_port};
    default: return {};
  }
}

void append(std::string& bytes, const sdk::IpAddress& address) {
  const auto& all = address.bytes();
  bytes.append(all.begin() + (address.is_v4() ? 12 : 0), all.end());
}

void append(std::string& bytes, std::uint16_t port) {
  bytes.push_back(static_cast<char>(port >> 8));
  bytes.push_back(static_cast<char>(port & 0xFF));
}

constexpr const char* kSource = "source.ip";
constexpr const char* kDestination = "destination.ip";
constexpr const char* kColumn = "network.community_id";

// ECS writes the name in lower case, or there is the number as text.
std::optional<std::uint8_t> protocol_of(std::string_view text) {
  constexpr std::pair<std::string_view, std::uint8_t> kNames[] = {
      {"tcp", kTcp},   {"udp", kUdp},         {"sctp", kSctp},
      {"icmp", kIcmp}, {"ipv6-icmp", kIcmp6}, {"icmpv6", kIcmp6}};
  const auto* named =
      std::ranges::find(kNames, text, &std::pair<std::string_view, std::uint8_t>::first);
  if (named != std::end(kNames)) return named->second;
  const auto number = parse_u64(text);
  if (!number || *number > 255) return std::nullopt;
  return static_cast<std::uint8_t>(*number);
}

// A column of texts whose distinct values are read once.
template <typename T>
class ReadColumn {
 public:
  template <typename Read>
  ReadColumn(const arrow::DictionaryArray& column, Read&& read) : rows_(rows_to_distinct(column)) {
    const auto& texts = static_cast<const arrow::StringArray&>(*column.dictionary());
    for (std::int64_t i = 0; i < texts.length(); ++i) values_.push_back(read(texts.GetView(i)));
  }
  const T* at(std::size_t row) const {
    if (rows_[row] < 0) return nullptr;
    const auto& value = values_[static_cast<std::size_t>(rows_[row])];
    return value ? &*value : nullptr;
  }

 private:
  std::vector<std::int32_t> rows_;
  std::vector<std::optional<T>> values_;
};

using Numbers = std::shared_ptr<const arrow::Int32Array>;
std::uint16_t port_at(const Numbers& ports, std::size_t row) {
  const auto at = static_cast<std::int64_t>(row);
  return ports == nullptr || ports->IsNull(at) ? std::uint16_t{0}
                                               : static_cast<std::uint16_t>(ports->Value(at));
}

class CommunityIdStage final : public sdk::Stage {
 public:
  explicit CommunityIdStage(const WiderSchema& schema) : schema_(schema) {}

  Result<> rows(sdk::Rows rows, const sdk::Emit& emit) override {
    const auto sources = find_texts(rows.batch, kSource);
    const auto destinations = find_texts(rows.batch, kDestination);
    const auto protocols = find_protocols(rows.batch);
    if (sources == nullptr || destinations == nullptr || protocols == nullptr)
      return emit(std::move(rows));
    const auto source_ports = find_numbers(rows.batch, "source.port");
    const auto destination_ports = find_numbers(rows.batch, "destination.port");

    const ReadColumn<sdk::IpAddress> from(*sources, sdk::IpAddress::parse);
    const ReadColumn<sdk::IpAddress> to(*destinations, sdk::IpAddress::parse);
    const ReadColumn<std::uint8_t> protocol(*protocols, protocol_of);
    const auto count = static_cast<std::size_t>(rows.batch->num_rows());
    sdk::StringColumn ids;
    for (std::size_t row = 0; row < count; ++row) {
      const bool known = from.at(row) && to.at(row) && protocol.at(row);
      ids.set(row, known ? community_id({.source = *from.at(row),
                                         .destination = *to.at(row),
                                         .protocol = *protocol.at(row),
                                         .source_port = port_at(source_ports, row),
                                         .destination_port = port_at(destination_ports, row)})
                         : std::string());
    }
    AddedColumns added;
    added.add(kColumn, ids.finish_text(count));
    rows.batch = schema_.with(rows.batch, added);
    return emit(std::move(rows));
  }

 private:
  // The number says more than the name, which only some protocols have.
  static TextsPtr find_protocols(const BatchPtr& batch) {
    if (auto numbers = find_texts(batch, "network.iana_number")) return numbers;
    return find_texts(batch, "network.transport");
  }

  const WiderSchema& schema_;
};

class CommunityIdPrepared final : public sdk::Prepared {
 public:
  std::unique_ptr<sdk::Stage> start(const sdk::Source&) const override {
    return std::make_unique<CommunityIdStage>(schema_);
  }

 private:
  WiderSchema schema_;
};

Result<std::shared_ptr<const sdk::Prepared>> prepare(const sdk::Configuration&) {
  return std::make_shared<CommunityIdPrepared>();
}

}  // namespace

std::string community_id(const Flow& flow) {
  if (flow.source.is_v4() != flow.destination.is_v4()) return {};
  const auto ports = ports_of(flow);
  const bool swapped = !ports.one_way && std::tie(flow.source.bytes(), ports.source) >
                                             std::tie(flow.destination.bytes(), ports.destination);
  std::string bytes(2, '\0');  // the seed
  append(bytes, swapped ? flow.destination : flow.source);
  append(bytes, swapped ? flow.source : flow.destination);
  bytes.push_back(static_cast<char>(flow.protocol));
  bytes.push_back('\0');
  if (ports.count) {
    append(bytes, swapped ? ports.destination : ports.source);
    append(bytes, swapped ? ports.source : ports.destination);
  }
  return "1:" + base64(hash(HashKind::Sha1, bytes));
}

const sdk::Function kCommunityIdEnricher{
    .id = "enrichers.community_id",
    .title = "Community ID",
    .summary = "Adds the flow's id that other network tools compute alike.",
    .status = sdk::Status::Stable,
    .input = sdk::Trust::Untrusted,
    .takes = sdk::Takes::Rows,
    .prepare = prepare};

}  // namespace sextant::intel

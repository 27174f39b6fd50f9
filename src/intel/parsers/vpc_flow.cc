#include "intel/parsers/vpc_flow.h"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>

#include "intel/parsers/numbers.h"
#include "intel/parsers/space_cutter.h"
#include "intel/parsers/table_reader.h"
#include "sdk/ip_address.h"

namespace sextant::intel {
namespace {

using Parts = std::span<std::string_view>;

bool is_none(std::string_view value) { return value.empty() || value == "-"; }

bool is_account(std::string_view value) {
  return value.size() == 12 &&
         std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; });
}

// The account can be "unknown": of interfaces that a service made.
const char* split_account(std::string_view value, const ObjectFacts& facts, Parts parts) {
  if (is_none(value)) {
    parts[1] = facts.account;
    return nullptr;
  }
  parts[0] = value;
  if (is_account(value)) parts[1] = value;
  return nullptr;
}

const char* split_region(std::string_view value, const ObjectFacts& facts, Parts parts) {
  parts[0] = is_none(value) ? facts.region : value;
  return nullptr;
}

const char* split_source(std::string_view value, const ObjectFacts&, Parts parts) {
  if (is_none(value)) return nullptr;
  const auto address = sdk::IpAddress::parse(value);
  if (!address) return "an address";
  parts[0] = value;
  parts[1] = value.contains(':') ? "ipv6" : "ipv4";
  return nullptr;
}

// iana.org/assignments/protocol-numbers, as ECS writes network.transport.
std::string_view name_of_protocol(std::int64_t number) {
  switch (number) {
    case 1: return "icmp";
    case 2: return "igmp";
    case 6: return "tcp";
    case 17: return "udp";
    case 47: return "gre";
    case 50: return "esp";
    case 51: return "ah";
    case 58: return "ipv6-icmp";
    case 132: return "sctp";
    default: return {};
  }
}

const char* split_protocol(std::string_view value, const ObjectFacts&, Parts parts) {
  if (is_none(value)) return nullptr;
  const auto number = read_integer(value);
  if (!number || *number < 0 || *number > 255) return "a protocol's number";
  parts[0] = value;
  parts[1] = name_of_protocol(*number);
  return nullptr;
}

const char* split_action(std::string_view value, const ObjectFacts&, Parts parts) {
  if (is_none(value)) return nullptr;
  const bool accepted = value == "ACCEPT";
  parts[0] = value;
  if (!accepted && value != "REJECT") return nullptr;
  parts[1] = accepted ? "accept" : "reject";
  parts[2] = accepted ? "allow" : "deny";
  parts[3] = accepted ? "allowed" : "denied";
  return nullptr;
}

// "syn,ack" of 18, for each set of flags.
std::vector<std::string> make_flag_names() {
  constexpr std::string_view kNames[] = {"fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr"};
  std::vector<std::string> all(256);
  for (std::size_t flags = 0; flags < all.size(); ++flags) {
    for (std::size_t bit = 0; bit < std::size(kNames); ++bit) {
      if ((flags >> bit & 1) == 0) continue;
      all[flags].append(all[flags].empty() ? "" : ",").append(kNames[bit]);
    }
  }
  return all;
}

const char* split_tcp_flags(std::string_view value, const ObjectFacts&, Parts parts) {
  static const auto kNames = make_flag_names();
  if (is_none(value)) return nullptr;
  const auto flags = read_integer(value);
  if (!flags || *flags < 0 || *flags > 255) return "a set of TCP flags";
  parts[0] = value;
  parts[1] = kNames[static_cast<std::size_t>(*flags)];
  return nullptr;
}

constexpr FieldSpec kFields[] = {
    // version 2, in the order of the default format
    {"version", Form::Text, {{{"aws.vpcflow.version"}}}},
    {"account-id",
     Form::Split,
     {{{"aws.vpcflow.account_id"}, {"cloud.account.id"}}},
     split_account},
    {"interface-id", Form::Text, {{{"aws.vpcflow.interface_id"}}}},
    {"srcaddr", Form::Split, {{{"source.ip"}, {"network.type"}}}, split_source},
    {"dstaddr", Form::Address, {{{"destination.ip"}}}},
    {"srcport", Form::Port, {{{"source.port"}}}},
    {"dstport", Form::Port, {{{"destination.port"}}}},
    {"protocol", Form::Split, {{{"network.iana_number"}, {"network.transport"}}}, split_protocol},
    {"packets", Form::Integer, {{{"network.packets"}}}},
    {"bytes", Form::Integer, {{{"network.bytes"}}}},
    {"start", Form::Epoch, {{{"event.start"}}}},
    {"end", Form::Epoch, {{{"ts"}}}},
    {"action",
     Form::Split,
     {{{"aws.vpcflow.action"}, {"event.action"}, {"event.outcome"}, {"event.type"}}},
     split_action},
    {"log-status", Form::Text, {{{"aws.vpcflow.log_status"}}}},
    // version 3
    {"vpc-id", Form::Text, {{{"aws.vpcflow.vpc_id"}}}},
    {"subnet-id", Form::Text, {{{"aws.vpcflow.subnet_id"}}}},
    {"instance-id", Form::Text, {{{"cloud.instance.id"}}}},
    {"tcp-flags",
     Form::Split,
     {{{"aws.vpcflow.tcp_flags", PartType::Integer}, {"aws.vpcflow.tcp_flags_array"}}},
     split_tcp_flags},
    {"type", Form::Text, {{{"aws.vpcflow.type"}}}},
    {"pkt-srcaddr", Form::Address, {{{"aws.vpcflow.pkt_srcaddr"}}}},
    {"pkt-dstaddr", Form::Address, {{{"aws.vpcflow.pkt_dstaddr"}}}},
    // version 4
    {"region", Form::Split, {{{"cloud.region"}}}, split_region},
    {"az-id", Form::Text, {{{"cloud.availability_zone"}}}},
    {"sublocation-type", Form::Text, {{{"aws.vpcflow.sublocation.type"}}}},
    {"sublocation-id", Form::Text, {{{"aws.vpcflow.sublocation.id"}}}},
    // version 5
    {"pkt-src-aws-service", Form::Text, {{{"aws.vpcflow.pkt_src_service"}}}},
    {"pkt-dst-aws-service", Form::Text, {{{"aws.vpcflow.pkt_dst_service"}}}},
    {"flow-direction", Form::Text, {{{"network.direction"}}}},
    {"traffic-path", Form::Text, {{{"aws.vpcflow.traffic_path"}}}},
    // version 7
    {"ecs-cluster-arn", Form::Text, {{{"aws.vpcflow.ecs.cluster.arn"}}}},
    {"ecs-cluster-name", Form::Text, {{{"aws.vpcflow.ecs.cluster.name"}}}},
    {"ecs-container-instance-arn", Form::Text, {{{"aws.vpcflow.ecs.container_instance.arn"}}}},
    {"ecs-container-instance-id", Form::Text, {{{"aws.vpcflow.ecs.container_instance.id"}}}},
    {"ecs-container-id", Form::Text, {{{"aws.vpcflow.ecs.container.id"}}}},
    {"ecs-second-container-id", Form::Text, {{{"aws.vpcflow.ecs.second_container.id"}}}},
    {"ecs-service-name", Form::Text, {{{"aws.vpcflow.ecs.service.name"}}}},
    {"ecs-task-definition-arn", Form::Text, {{{"aws.vpcflow.ecs.task_definition.arn"}}}},
    {"ecs-task-arn", Form::Text, {{{"aws.vpcflow.ecs.task.arn"}}}},
    {"ecs-task-id", Form::Text, {{{"aws.vpcflow.ecs.task.id"}}}},
    // versions 8 to 10
    {"reject-reason", Form::Text, {{{"aws.vpcflow.reject_reason"}}}},
    {"resource-id", Form::Text, {{{"aws.vpcflow.resource_id"}}}},
    {"encryption-status", Form::Text, {{{"aws.vpcflow.encryption_status"}}}},
};

constexpr std::size_t kDefaultFields = 14;
constexpr std::size_t kUnknown = std::size(kFields);
constexpr std::size_t kHeadingWordsMax = 128;

// Services' own documents write names with '-', some programs that copy logs with '_'.
bool same_name(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return x == y || (x == '_' && y == '-'); });
}

// The number of the field of that name; kUnknown when there is none.
std::size_t field_named(std::string_view name) {
  const auto found = std::ranges::find_if(
      kFields, [name](const FieldSpec& field) { return same_name(name, field.name); });
  return static_cast<std::size_t>(found - std::begin(kFields));
}

bool is_name(std::string_view word) {
  return !word.empty() && word[0] >= 'a' && word[0] <= 'z' && std::ranges::all_of(word, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

std::string_view take_word(std::string_view& rest) {
  const auto word = rest.substr(0, rest.find(' '));
  rest.remove_prefix(std::min(word.size() + 1, rest.size()));
  return word;
}

// Names only, most of them known: fields of tomorrow are no reason to lose the others.
bool is_heading(std::string_view line) {
  if (line.empty() || line[0] < 'a' || line[0] > 'z') return false;
  std::size_t words = 0;
  for (auto rest = line; !rest.empty(); ++words) {
    if (!is_name(take_word(rest))) return false;
  }
  if (words > kHeadingWordsMax) return false;
  std::size_t known = 0;
  for (auto rest = line; !rest.empty();) known += field_named(take_word(rest)) < kUnknown ? 1 : 0;
  return 2 * known > words;
}

// Some services are two words: "AMAZON CLOUDFRONT".
bool is_service_word(std::string_view word) {
  return !word.empty() && word != "AMAZON" && word[0] >= 'A' && word[0] <= 'Z' &&
         std::ranges::all_of(word, [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
         });
}

class HeadingCutter final : public Cutter {
 public:
  HeadingCutter() {
    for (std::size_t field = 0; field < kDefaultFields; ++field) add_place(kFields[field].name);
  }

  void heading(std::string_view line) override {
    places_.clear();
    used_.clear();
    heading_ = line;
    for (auto rest = line; !rest.empty();) add_place(take_word(rest));
  }
  bool is_current(std::string_view line) const override { return line == heading_; }
  std::span<const std::size_t> used() const override { return used_; }
  void group(std::span<const Line>) override { next_other_ = 0; }

  std::optional<std::string> cut(std::string_view line, CutLine& into) override {
    if (!tokens_.cut(line, words_)) return unclosed_quote(tokens_.count());
    if (tokens_.count() < places_.size()) {
      return std::to_string(tokens_.count()) + " fields, where the heading names " +
             std::to_string(places_.size());
    }
    auto rest = tokens_.rest();
    if (!rest.empty()) join_services(rest);
    for (std::size_t place = 0; place < places_.size(); ++place) {
      if (places_[place].field < kUnknown) into.fields[places_[place].field] = words_[place];
    }
    into.rest = has_unknown_ ? with_unknown(rest) : rest;
    return std::nullopt;
  }

 private:
  struct Place {
    std::string name;
    std::size_t field = kUnknown;
  };

  // A name that was there before is one of those that are unknown.
  void add_place(std::string_view name) {
    auto field = field_named(name);
    if (std::ranges::count(used_, field) > 0) field = kUnknown;
    if (field < kUnknown) used_.push_back(field);
    places_.push_back({std::string(name), field});
    words_.resize(places_.size());
    has_unknown_ = used_.size() < places_.size();
  }

  void join_services(std::string_view& rest) {
    for (std::size_t place = 0; place < places_.size() && !rest.empty(); ++place) {
      if (!places_[place].name.ends_with("-aws-service") || words_[place] != "AMAZON") continue;
      const bool last = place + 1 == places_.size();
      const auto second = last ? rest.substr(0, rest.find(' ')) : words_[place + 1];
      if (!is_service_word(second)) continue;
      words_[place] = {words_[place].data(), second.data() + second.size()};
      const auto next = take_word(rest);
      if (last) return;
      std::shift_left(words_.begin() + static_cast<std::ptrdiff_t>(place) + 1, words_.end(), 1);
      words_.back() = next;
    }
  }

  // "name=value" of each field that the table does not know, and what has no name.
  std::string_view with_unknown(std::string_view rest) {
    auto& text = others_[next_other_++];
    text.clear();
    for (std::size_t place = 0; place < places_.size(); ++place) {
      if (places_[place].field < kUnknown || is_none(words_[place])) continue;
      if (!text.empty()) text += ' ';
      text.append(places_[place].name).append("=").append(words_[place]);
    }
    if (!rest.empty()) text.append(text.empty() ? "" : " ").append(rest);
    return text;
  }

  std::string heading_;  // empty: the default
  std::vector<Place> places_;
  std::vector<std::size_t> used_;
  bool has_unknown_ = false;
  Tokens tokens_;
  std::vector<std::string_view> words_;
  std::array<std::string, kGroupLines> others_;
  std::size_t next_other_ = 0;
};

constexpr std::pair<std::string_view, std::string_view> kConstants[] = {
    {"event.kind", "event"},
    {"event.category", "network"},
    {"event.dataset", "aws.vpcflow"},
    {"cloud.provider", "aws"},
};

constexpr std::pair<std::string_view, std::string_view> kAliases[] = {
    {"event.end", "ts"},
    {"source.address", "source.ip"},
    {"source.bytes", "network.bytes"},
    {"source.packets", "network.packets"},
    {"destination.address", "destination.ip"},
    {"aws.vpcflow.instance_id", "cloud.instance.id"},
    {"aws.vpcflow.flow_direction", "network.direction"},
};

constexpr Format kFormat{.fields = kFields,
                         .trailing = "aws.vpcflow.trailing",
                         .constants = kConstants,
                         .aliases = kAliases,
                         .make_cutter = [](const Format&) -> std::unique_ptr<Cutter> {
                           return std::make_unique<HeadingCutter>();
                         },
                         .second_time = "event.start"};

// As AWS names objects of them.
constexpr std::string_view kObjectNames[] = {"*AWSLogs/*/vpcflowlogs/*"};

}  // namespace

const Parser kVpcFlow{
    .id = "parsers.vpc_flow",
    .kind = "vpc_flow",
    .title = "VPC flow log",
    .summary = "Reads VPC flow logs of every version, fields in any order, to ECS columns.",
    .make_reader = std::bind_front(make_table_reader, std::cref(kFormat)),
    .heading = is_heading,
    .object_names = kObjectNames};

}  // namespace sextant::intel

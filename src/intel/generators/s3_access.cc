#include "intel/generators/s3_access.h"

#include <array>

#include "core/time_text.h"
#include "intel/generators/foreign_lines.h"
#include "intel/generators/visitors.h"

namespace sextant::intel {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kVisitors = 40'000;
constexpr std::size_t kObjects = 20'000;
constexpr std::string_view kOwner =
    "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be";
constexpr std::string_view kBuckets[] = {"shop-website",   "shop-uploads", "shop-reports",
                                         "shop-data-lake", "shop-backups", "shop-logs"};
constexpr std::string_view kMonths[] = {"January",   "February", "March",    "April",
                                        "May",       "June",     "July",     "August",
                                        "September", "October",  "November", "December"};

// One entry before it is text.
struct S3Entry {
  std::int64_t time_us = 0;
  std::string_view bucket;
  std::string_view source = "-";
  std::string_view requester = "-";
  std::uint64_t request = 0;
  std::string_view operation;
  std::string key = "-";
  std::string request_uri = "-";  // without quotes
  int status = 200;               // 0: none
  std::string_view error = "-";
  std::int64_t bytes_sent = -1;  // -1: none
  std::int64_t object_size = -1;
  std::int64_t total_ms = -1;
  std::int64_t turn_around_ms = -1;
  std::string referer = "-";
  std::string user_agent = "-";
  std::string_view version = "-";
  bool has_host = true;
  std::string_view signature = "SigV4";
  std::string_view authentication = "AuthHeader";
  std::string_view tls = "TLSv1.3";
  std::string_view access_point = "-";
  // how the line is written
  int fields = 26;           // 18, 24, 25 or 26: the generations of the format
  bool bare_dashes = false;  // - instead of "-" where there is none
  bool long_month = false;   // February
  std::string_view trailing = {};
};

struct Operation {
  std::string_view name;
  std::string_view method;
  double weight;
};
constexpr Operation kOperations[] = {{"REST.GET.OBJECT", "GET", 55},
                                     {"REST.HEAD.OBJECT", "HEAD", 12},
                                     {"REST.PUT.OBJECT", "PUT", 14},
                                     {"REST.GET.BUCKET", "GET", 7},
                                     {"REST.DELETE.OBJECT", "DELETE", 2},
                                     {"REST.PUT.PART", "PUT", 4},
                                     {"REST.POST.UPLOADS", "POST", 1},
                                     {"REST.GET.ACL", "GET", 1},
                                     {"REST.GET.LOCATION", "GET", 1},
                                     {"REST.COPY.OBJECT", "PUT", 1},
                                     {"REST.COPY.OBJECT_GET", "-", 1},
                                     {"BATCH.DELETE.OBJECT", "-", 0.5},
                                     {"REST.POST.MULTI_OBJECT_DELETE", "POST", 0.5}};

struct Answer {
  int status;
  std::string_view error;
  double weight;
};
constexpr Answer kAnswers[] = {{200, "-", 900},
                               {304, "-", 60},
                               {206, "-", 40},
                               {404, "NoSuchKey", 25},
                               {403, "AccessDenied", 15},
                               {503, "SlowDown", 2},
                               {500, "InternalError", 1},
                               {412, "PreconditionFailed", 2}};

constexpr std::string_view kRequesters[] = {
    "arn:aws:sts::123456789012:assumed-role/shop-web/i-0abcd1234ef567890",
    "arn:aws:sts::123456789012:assumed-role/report-writer/report-writer",
    "arn:aws:iam::123456789012:user/alice@shop.example",
    "arn:aws:iam::123456789012:user/teams/data/bob",
    "arn:aws:sts::123456789012:assumed-role/etl/GlueJobRunnerSession",
    "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"};
constexpr std::string_view kClients[] = {
    "[aws-sdk-java/2.20.162 Linux/5.10.192 OpenJDK_64-Bit_Server_VM/17.0.8 Java/17.0.8]",
    "aws-cli/2.15.30 Python/3.11.8 Linux/6.1.79 exe/x86_64 prompt/off command/s3.cp",
    "Boto3/1.34.51 md/Botocore#1.34.51 ua/2.0 os/linux#5.15 md/arch#x86_64 lang/python#3.11.6",
    "S3Console/0.4, aws-internal/3 aws-sdk-java/1.12.488", "aws-sdk-go/1.50.5 (go1.21.7; linux)"};

template <typename List>
Choice by_weight(const List& list) {
  std::vector<double> weights;
  for (const auto& each : list) weights.push_back(each.weight);
  return Choice(weights);
}

void append_number(std::int64_t value, std::string& out) {
  out += ' ';
  if (value < 0) {
    out += '-';
  } else {
    out += std::to_string(value);
  }
}

void append_digits(std::uint64_t value, std::string_view alphabet, int count, std::string& out) {
  for (int i = 0; i < count; ++i, value = value * 0x9e3779b97f4a7c15 + 1) {
    out += alphabet[(value >> 32) % alphabet.size()];
  }
}

class S3AccessGenerator final : public TrafficGenerator {
 public:
  explicit S3AccessGenerator(const GeneratorOptions& given)
      : TrafficGenerator(given),
        visitors_(make_visitors(kVisitors, dice())),
        visitor_choice_(zipf(kVisitors, 0.9)),
        object_choice_(zipf(kObjects, 1.0)),
        operations_(by_weight(kOperations)),
        answers_(by_weight(kAnswers)) {
    for (int i = 0; i < 40; ++i)
      hosts_.push_back("10.0." + std::to_string(i % 4) + "." +
                       std::to_string(10 + dice().below(200)));
    plan();
  }
  std::string object_key(Time end, std::uint64_t number) const override {
    const auto text = iso8601(end);  // 2026-01-01T00:00:00Z
    auto name = "access-logs/" + text.substr(0, 10) + "-" + text.substr(11, 2) + "-" +
                text.substr(14, 2) + "-" + text.substr(17, 2) + "-";
    append_digits(number + options().seed * 1'000'003, "0123456789ABCDEF", 16, name);
    return name + "-" + std::to_string(number);
  }

 private:
  void begin(std::int64_t time_us) override {
    entry_ = S3Entry{};
    entry_.time_us = time_us;
    entry_.request = dice().next();
  }
  void ordinary() override;
  void attack(Campaign& campaign) override;
  void make_odd() override;
  void write(std::string& out) override;
  void make_malformed(std::string& line) override;
  std::string_view source() const override { return entry_.source; }
  void website();
  void application();
  void answered(const Answer& answer);
  void write_head(std::string& out) const;
  void write_tail(std::string& out) const;
  void quoted(std::string_view text, std::string& out) const;

  std::vector<Visitor> visitors_;
  Choice visitor_choice_;
  Choice object_choice_;
  Choice operations_;
  Choice answers_;
  std::vector<std::string> hosts_;
  std::string attacker_;
  S3Entry entry_;
};

void S3AccessGenerator::answered(const Answer& answer) {
  entry_.status = answer.status;
  entry_.error = answer.error;
  entry_.total_ms = static_cast<std::int64_t>(4 + dice().below(12) * dice().below(30));
  entry_.turn_around_ms = entry_.total_ms > 3 ? entry_.total_ms - 3 : 0;
  if (answer.status >= 400) entry_.bytes_sent = 243 + static_cast<std::int64_t>(dice().below(90));
}

// Anybody, from anywhere, through HTTPS: no signature.
void S3AccessGenerator::website() {
  const auto& visitor = visitors_[visitor_choice_.draw(dice())];
  const auto number = object_choice_.draw(dice());
  entry_.bucket = kBuckets[0];
  entry_.source = visitor.address;
  entry_.operation = number % 50 == 0 ? "WEBSITE.GET.OBJECT" : "REST.GET.OBJECT";
  entry_.key = "assets/" + std::to_string(number) + (number % 3 == 0 ? ".jpg" : ".js");
  entry_.request_uri = "GET /" + entry_.key + " HTTP/1.1";
  entry_.object_size = static_cast<std::int64_t>(400 + number * 7919 % 300'000);
  entry_.referer =
      number % 4 == 0 ? "-" : "https://www.shop.example/garden/" + std::to_string(number);
  entry_.user_agent = visitor.user_agent;
  entry_.signature = entry_.authentication = "-";
  answered(kAnswers[answers_.draw(dice())]);
  if (entry_.status == 200) entry_.bytes_sent = entry_.object_size;
}

void S3AccessGenerator::application() {
  const auto& operation = kOperations[operations_.draw(dice())];
  const auto number = object_choice_.draw(dice());
  entry_.bucket = kBuckets[1 + number % (std::size(kBuckets) - 1)];
  entry_.source = hosts_[dice().below(hosts_.size())];
  entry_.requester = kRequesters[dice().below(std::size(kRequesters))];
  entry_.operation = operation.name;
  entry_.user_agent = kClients[dice().below(std::size(kClients))];
  const bool of_object =
      !operation.name.ends_with("BUCKET") && !operation.name.ends_with("LOCATION");
  if (of_object) {
    entry_.key = "year%3D2026/day%3D" + std::to_string(1 + number % 31) + "/part-" +
                 std::to_string(number) + ".parquet";
    entry_.object_size = static_cast<std::int64_t>(1'000 + number * 104'729 % 80'000'000);
  }
  if (operation.method != "-") {
    entry_.request_uri =
        std::string(operation.method) + " /" + std::string(entry_.bucket) + "/" +
        (of_object ? entry_.key : "?list-type=2&prefix=year%3D2026&encoding-type=url") +
        " HTTP/1.1";
  }
  answered(kAnswers[answers_.draw(dice())]);
  if (entry_.status == 200 && operation.method == "GET") entry_.bytes_sent = entry_.object_size;
  if (operation.method == "-") entry_.user_agent = "-";
}

void S3AccessGenerator::ordinary() { dice().chance(0.55) ? website() : application(); }

void S3AccessGenerator::attack(Campaign& campaign) {
  attacker_ = campaign.source_ip;
  entry_.source = attacker_;
  entry_.user_agent = campaign.user_agent;
  entry_.signature = entry_.authentication = "-";
  ++campaign.sent;
  const auto number = std::to_string(campaign.sent);
  if (campaign.technique == Technique::BucketDiscovery) {
    entry_.bucket = kBuckets[campaign.sent % std::size(kBuckets)];
    entry_.operation = "REST.GET.BUCKET";
    entry_.request_uri = "GET /?list-type=2&max-keys=" + number + " HTTP/1.1";
    answered({403, "AccessDenied", 0});
    return;
  }
  entry_.bucket = "shop-backups";
  entry_.operation = "REST.GET.OBJECT";
  entry_.key = "customers/export-" + number + ".csv.gz";
  entry_.request_uri = "GET /shop-backups/" + entry_.key + " HTTP/1.1";
  answered({200, "-", 0});
  entry_.object_size = entry_.bytes_sent =
      static_cast<std::int64_t>(5'000'000 + dice().below(1U << 28));
}

using OddChange = void (*)(S3Entry&, Dice&);

void by_service(S3Entry& entry, std::string_view operation, std::string_view requester) {
  entry.source = "-";
  entry.requester = requester;
  entry.operation = operation;
  entry.request_uri = entry.referer = entry.user_agent = "-";
  entry.status = 0;
  entry.error = "-";
  entry.bytes_sent = entry.total_ms = entry.turn_around_ms = -1;
  entry.signature = entry.authentication = entry.tls = "-";
}

constexpr OddChange kOddChanges[] = {
    [](S3Entry& e, Dice&) { by_service(e, "S3.EXPIRE.OBJECT", "AmazonS3"); },
    [](S3Entry& e, Dice&) {
      by_service(e, "BATCH.DELETE.OBJECT", "svc:s3.amazonaws.com");
      e.status = 204;
      e.bare_dashes = true;
    },
    [](S3Entry& e, Dice&) {
      by_service(e, "REST.PUT.OBJECT", "svc:delivery.logs.amazonaws.com");
      e.status = 200;
      e.request_uri = "PUT /shop-logs/AWSLogs/123456789012/a.log.gz HTTP/1.1";
    },
    [](S3Entry& e, Dice&) { by_service(e, "S3.TRANSITION_SIA.OBJECT", "AmazonS3"); },
    [](S3Entry& e, Dice&) { e.fields = 18; },
    [](S3Entry& e, Dice&) { e.fields = 24; },
    [](S3Entry& e, Dice&) { e.fields = 25; },
    [](S3Entry& e, Dice&) { e.trailing = "\"a field of tomorrow\" 42"; },
    [](S3Entry& e, Dice&) { e.bare_dashes = true; },
    [](S3Entry& e, Dice&) { e.long_month = true; },
    [](S3Entry& e, Dice&) { e.has_host = false; },
    [](S3Entry& e, Dice&) { e.version = "3HL4kqtJvjVBH40Nrjfkd"; },
    [](S3Entry& e, Dice&) {
      e.access_point = "arn:aws:s3:us-east-1:123456789012:accesspoint/reports";
    },
    [](S3Entry& e, Dice&) { e.user_agent = "Mozilla/5.0 (\"quoted\" device) x"; },
    [](S3Entry& e, Dice&) { e.user_agent = "a\" \"b\" 200 - 1 2 3 4 \"c"; },
    [](S3Entry& e, Dice&) { e.user_agent = "ends with a quote\""; },
    [](S3Entry& e, Dice&) { e.referer = "https://search.example/?q=\"garden chair\" cheap"; },
    [](S3Entry& e, Dice&) { e.request_uri = "GET /assets/a \"b\" c.jpg HTTP/1.1"; },
    [](S3Entry& e, Dice&) { e.user_agent = "\"already quoted\""; },
    [](S3Entry& e, Dice&) {
      e.key = "my+photos/b%25C3%25BCcher%2B1.jpg";
      e.request_uri =
          "GET /shop-website/my+photos/b%C3%BCcher%2B1.jpg?x-amz-id=7&x-user=ann HTTP/1.1";
    },
    [](S3Entry& e, Dice&) { e.user_agent = "caf\xE9/1.0"; },
    [](S3Entry& e, Dice&) { e.user_agent = "Магазин/2.1"; },
    [](S3Entry& e, Dice&) { e.source = "2001:db8:85a3::8a2e:370:7334"; },
    [](S3Entry& e, Dice&) { e.tls = "TLSv1.2"; },
    [](S3Entry& e, Dice& dice) { e.user_agent.assign(2'000 + dice.below(4'000), 'A'); },
};

void S3AccessGenerator::make_odd() {
  kOddChanges[dice().below(std::size(kOddChanges))](entry_, dice());
}

void S3AccessGenerator::quoted(std::string_view text, std::string& out) const {
  const bool bare = entry_.bare_dashes && text == "-";
  out += bare ? " " : " \"";
  out += text;
  if (!bare) out += '"';
}

void S3AccessGenerator::write_head(std::string& out) const {
  const auto time = iso8601(Time(Duration(entry_.time_us)));  // 2026-01-01T00:00:00.5Z
  auto month = kMonths[static_cast<std::size_t>((time[5] - '0') * 10 + time[6] - '1')];
  if (!entry_.long_month) month = month.substr(0, 3);
  out.append(kOwner).append(" ").append(entry_.bucket).append(" [");
  out.append(time, 8, 2).append("/").append(month).append("/");
  out.append(time, 0, 4).append(":").append(time, 11, 8).append(" +0000] ");
  out.append(entry_.source).append(" ").append(entry_.requester).append(" ");
  append_digits(entry_.request, "0123456789ABCDEF", 16, out);
  out.append(" ").append(entry_.operation).append(" ").append(entry_.key);
}

void S3AccessGenerator::write_tail(std::string& out) const {
  constexpr auto kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"sv;
  out += ' ';
  if (entry_.has_host) {
    append_digits(entry_.request ^ 0x5851f42d4c957f2d, kBase64, 75, out);
    out += '=';
  } else {
    out += '-';
  }
  out.append(" ").append(entry_.signature);
  out += entry_.tls == "-" ? " -" : " TLS_AES_128_GCM_SHA256";
  out.append(" ").append(entry_.authentication).append(" ");
  out.append(entry_.bucket).append(".s3.").append(options().region).append(".amazonaws.com ");
  out.append(entry_.tls);
  if (entry_.fields >= 25) out.append(" ").append(entry_.access_point);
  if (entry_.fields >= 26) out += entry_.request % 16 == 0 ? " Yes" : " -";
  if (entry_.fields >= 26 && !entry_.trailing.empty()) out.append(" ").append(entry_.trailing);
}

void S3AccessGenerator::write(std::string& out) {
  write_head(out);
  quoted(entry_.request_uri, out);
  out.append(" ").append(entry_.status == 0 ? "-" : std::to_string(entry_.status));
  out.append(" ").append(entry_.error);
  append_number(entry_.bytes_sent, out);
  append_number(entry_.object_size, out);
  append_number(entry_.total_ms, out);
  append_number(entry_.turn_around_ms, out);
  quoted(entry_.referer, out);
  quoted(entry_.user_agent, out);
  out.append(" ").append(entry_.version);
  if (entry_.fields > 18) write_tail(out);
}

void S3AccessGenerator::make_malformed(std::string& line) {
  switch (dice().below(6)) {
    case 0: line.resize(100 + dice().below(20)); break;  // cut short in the time or the address
    case 1: line.replace(line.find('[') + 1, 2, "32"); break;
    case 2: line = "{\"Records\":[{\"eventVersion\":\"1.08\"}]}"; break;
    case 3: line.insert(0, "- "); break;  // shifted by a field
    case 4:
      line = "http 2026-01-01T00:00:00.000000Z app/shop/50dc6c495c0c9188 192.0.2.1:2817 -";
      break;
    default: line = kNoise;
  }
}

}  // namespace

std::unique_ptr<LogGenerator> make_s3_access_generator(const GeneratorOptions& options) {
  return std::make_unique<S3AccessGenerator>(options);
}

}  // namespace sextant::intel

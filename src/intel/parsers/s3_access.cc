#include "intel/parsers/s3_access.h"

#include <algorithm>
#include <array>
#include <functional>

#include "intel/parsers/numbers.h"
#include "intel/parsers/space_cutter.h"
#include "intel/parsers/table_reader.h"
#include "intel/parsers/url.h"

namespace sextant::intel {
namespace {

using Parts = std::span<std::string_view>;
constexpr auto kNowhere = std::string_view::npos;

bool is_none(std::string_view value) { return value.empty() || value == "-"; }

bool is_digits(std::string_view value) {
  return !value.empty() && std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_status(std::string_view value) { return value.size() == 3 && is_digits(value); }

const char* split_status(std::string_view value, const ObjectFacts&, Parts parts) {
  parts[1] = "unknown";
  if (is_none(value)) return nullptr;
  if (!is_status(value)) return "a status code";
  parts[0] = value;
  parts[1] = value[0] < '4' ? "success" : "failure";
  return nullptr;
}

const char* split_request(std::string_view value, const ObjectFacts&, Parts parts) {
  const auto request = cut_request(value);
  const auto url = cut_url(request.url);
  const std::string_view all[] = {request.method, request.url, request.version, url.path,
                                  url.query};
  std::ranges::copy(all, parts.begin());
  return nullptr;
}

// "TLSv1.2" -> tls, 1.2; what is not of that shape stays whole.
const char* split_tls_version(std::string_view value, const ObjectFacts&, Parts parts) {
  if (is_none(value)) return nullptr;
  const bool tls = value.starts_with("TLSv");
  parts[0] = tls ? "tls" : value;
  if (tls) parts[1] = value.substr(4);
  return nullptr;
}

constexpr FieldSpec kFields[] = {
    {"bucket_owner", Form::Text, {{{"aws.s3access.bucket_owner"}}}},
    {"bucket", Form::Text, {{{"aws.s3access.bucket"}}}},
    {"time", Form::ClockTime, {{{"ts"}}}},
    {"remote_ip", Form::Address, {{{"source.ip"}}}},
    {"requester", Form::Text, {{{"client.user.id"}}}},
    {"request_id", Form::Unique, {{{"event.id"}}}},
    {"operation", Form::Text, {{{"event.action"}}}},
    {"key", Form::Text, {{{"aws.s3access.key"}}}},
    {"request_uri",
     Form::Split,
     {{{"http.request.method"}, {"url.original"}, {"http.version"}, {"url.path"}, {"url.query"}}},
     split_request},
    {"http_status",
     Form::Split,
     {{{"http.response.status_code", PartType::Integer}, {"event.outcome"}}},
     split_status},
    {"error_code", Form::Text, {{{"event.code"}}}},
    {"bytes_sent", Form::Integer, {{{"http.response.body.bytes"}}}},
    {"object_size", Form::Integer, {{{"aws.s3access.object_size"}}}},
    {"total_time", Form::Milliseconds, {{{"event.duration"}}}},
    {"turn_around_time", Form::Integer, {{{"aws.s3access.turn_around_time"}}}},
    {"referer", Form::Text, {{{"http.request.referrer"}}}},
    {"user_agent", Form::Text, {{{"user_agent.original"}}}},
    {"version_id", Form::Text, {{{"aws.s3access.version_id"}}}},
    {"host_id", Form::Unique, {{{"aws.s3access.host_id"}}}},
    {"signature_version", Form::Text, {{{"aws.s3access.signature_version"}}}},
    {"cipher_suite", Form::Text, {{{"tls.cipher"}}}},
    {"authentication_type", Form::Text, {{{"aws.s3access.authentication_type"}}}},
    {"host_header", Form::Text, {{{"aws.s3access.host_header"}}}},
    {"tls_version", Form::Split, {{{"tls.version_protocol"}, {"tls.version"}}}, split_tls_version},
    {"access_point_arn", Form::Text, {{{"aws.s3access.access_point_arn"}}}},
    {"acl_required", Form::Text, {{{"aws.s3access.acl_required"}}}},
};

constexpr std::size_t kOlderCounts[] = {
    18,  // to version_id
    24,  // host_id to tls_version
    25,  // access_point_arn
};

// Numbers of the fields that a cutter steers by.
enum Place : std::size_t {
  kTime = 2,
  kKey = 7,
  kRequest = 8,
  kStatus = 9,
  kFirstNumber = 11,
  kLastNumber = 14,
  kReferer = 15,
  kAgent = 16,
  kVersion = 17,
  kFieldCount = std::size(kFields)
};

std::string_view take_word(std::string_view& rest) {
  const auto word = rest.substr(0, rest.find(' '));
  rest.remove_prefix(std::min(word.size() + 1, rest.size()));
  return word;
}

bool is_number(std::string_view text) { return text == "-" || is_digits(text); }

using Fields = std::span<std::string_view>;

// From the status to the turn-around time: what stands between the request and the referer.
bool has_numbers(std::span<const std::string_view> fields) {
  const auto& status = fields[kStatus];
  return (status == "-" || is_status(status)) &&
         std::ranges::all_of(fields.subspan(kFirstNumber, kLastNumber - kFirstNumber + 1),
                             is_number);
}

bool take_numbers(std::string_view& rest, Fields fields) {
  for (std::size_t place = kStatus; place <= kLastNumber; ++place) fields[place] = take_word(rest);
  return has_numbers(fields) && (rest.starts_with('"') || rest.starts_with("- "));
}

// A request whose own quotes are not escaped ends at the first quote that a status, an error code,
// four numbers and the referer follow.
bool take_request(std::string_view& rest, Fields fields) {
  if (!rest.starts_with('"')) {
    fields[kRequest] = take_word(rest);
    return take_numbers(rest, fields);
  }
  for (auto end = rest.find("\" ", 1); end != kNowhere; end = rest.find("\" ", end + 1)) {
    fields[kRequest] = rest.substr(1, end - 1);
    auto behind = rest.substr(end + 2);
    if (!take_numbers(behind, fields)) continue;
    rest = behind;
    return true;
  }
  return false;
}

// What stands behind the user agent: as many fields as some generation has, none with a quote.
bool set_tail(std::string_view tail, Fields fields, std::string_view& trailing) {
  std::size_t place = kVersion;
  for (; place < kFieldCount && !tail.empty(); ++place) {
    fields[place] = take_word(tail);
    if (fields[place].contains('"')) return false;
  }
  std::ranges::fill(fields.subspan(place), std::string_view());
  trailing = tail;
  return place == kFieldCount || std::ranges::count(kOlderCounts, place) > 0;
}

// Referer and user agent, of which the first quote is still there and the last one is not.
bool set_visitor(std::string_view both, Fields fields) {
  if (both.starts_with("- \"")) {
    fields[kReferer] = "-";
    fields[kAgent] = both.substr(3);
    return true;
  }
  const auto between = both.find("\" \"", 1);
  if (!both.starts_with('"') || between == kNowhere) return false;
  fields[kReferer] = both.substr(1, between - 1);
  fields[kAgent] = both.substr(between + 3);
  return true;
}

// The user agent ends at the last quote behind which the rest of an entry stands.
bool take_visitor(std::string_view rest, Fields fields, std::string_view& trailing) {
  if (rest.starts_with("- - ")) {
    fields[kReferer] = fields[kAgent] = "-";
    return set_tail(rest.substr(4), fields, trailing);
  }
  for (auto end = rest.rfind("\" "); end != kNowhere && end > 0; end = rest.rfind("\" ", end - 1)) {
    const auto before = rest.substr(0, end);
    auto tail = rest.substr(end + 2);
    if (set_visitor(before, fields)) {
      if (set_tail(tail, fields, trailing)) return true;
      continue;
    }
    if (!before.starts_with('"') || !tail.starts_with("- "))
      continue;  // the quote was the referer's: no user agent
    tail.remove_prefix(2);
    fields[kReferer] = before.substr(1);
    fields[kAgent] = "-";
    if (set_tail(tail, fields, trailing)) return true;
  }
  return false;
}

// Quotes inside the request, the referer and the user agent are not reliably escaped. Most lines
// have none and are cut at their spaces; the others from both ends.
class S3Cutter final : public Cutter {
 public:
  explicit S3Cutter(const Format& format) : format_(format) {}

  std::optional<std::string> cut(std::string_view line, CutLine& into) override {
    const bool closed = tokens_.cut(line, words_);
    const auto words = tokens_.count();
    const auto count = words > kTime + 1 ? words - 1 : words;  // the time has a space
    auto wrong = closed ? wrong_count(format_, count) : unclosed_quote(count);
    if (!wrong) {
      take_words(words, into);
      if (!has_numbers(into.fields)) wrong = "";  // its reader will say of which field
      if (!wrong && is_sound(words)) return std::nullopt;
    }
    if (cut_from_both_ends(line, into)) return std::nullopt;
    if (!wrong) return "its quotes do not pair";
    if (!wrong->empty()) return wrong;
    take_words(words, into);
    return std::nullopt;
  }

 private:
  void take_words(std::size_t words, CutLine& into) const {
    std::copy(words_.begin(), words_.begin() + kTime + 1, into.fields.begin());
    into.fields[kTime] = {words_[kTime].data(),
                          words_[kTime + 1].data() + words_[kTime + 1].size()};
    const auto end =
        std::copy(words_.begin() + kTime + 2, words_.begin() + static_cast<std::ptrdiff_t>(words),
                  into.fields.begin() + kTime + 1);
    std::fill(end, into.fields.end(), std::string_view());
    into.rest = tokens_.rest();
  }

  // The fields that have quotes have them, or are bare dashes; those behind them have none.
  bool is_sound(std::size_t words) const {
    for (const auto place : {kRequest, kReferer, kAgent}) {
      const auto& word = words_[place + 1];
      if (word != "-" && word.data()[-1] != '"') return false;
    }
    const auto* begin = words_[kVersion + 1].data();
    const auto& last = words_[words - 1];
    return !std::string_view(begin - 1, last.data() + last.size()).contains('"');
  }

  static bool cut_from_both_ends(std::string_view line, CutLine& into) {
    auto rest = line;
    for (std::size_t place = 0; place <= kKey; ++place) {
      into.fields[place] = take_word(rest);
      if (place != kTime) continue;
      const auto zone = take_word(rest);
      into.fields[place] = {into.fields[place].data(), zone.data() + zone.size()};
    }
    if (!into.fields[kTime].starts_with('[') || !into.fields[kTime].ends_with(']')) return false;
    return take_request(rest, into.fields) && take_visitor(rest, into.fields, into.rest);
  }

  const Format& format_;
  Tokens tokens_;
  std::array<std::string_view, kFieldCount + 1> words_;
};

constexpr std::pair<std::string_view, std::string_view> kConstants[] = {
    {"event.kind", "event"},           {"event.category", "web"}, {"event.type", "access"},
    {"event.dataset", "aws.s3access"}, {"cloud.provider", "aws"},
};

constexpr std::pair<std::string_view, std::string_view> kAliases[] = {
    {"event.end", "ts"},
    {"source.address", "source.ip"},
    {"client.ip", "source.ip"},
    {"client.address", "source.ip"},
};

constexpr Format kFormat{.fields = kFields,
                         .older_counts = kOlderCounts,
                         .trailing = "aws.s3access.trailing",
                         .constants = kConstants,
                         .aliases = kAliases,
                         .make_cutter = [](const Format& format) -> std::unique_ptr<Cutter> {
                           return std::make_unique<S3Cutter>(format);
                         }};

// [06/Feb/2019:00:00:38 +0000], wherever it stands.
std::optional<Time> time_of(std::string_view line) {
  const auto begin = line.find('[');
  const auto end = line.find(']', std::min(begin, line.size()));
  if (end == kNowhere) return std::nullopt;
  const auto micros = ClockTimeReader().read(line.substr(begin, end + 1 - begin));
  return micros ? std::optional(Time(Duration(*micros))) : std::nullopt;
}

// As AWS names objects of them.
constexpr std::string_view kObjectNames[] = {"*####-##-##-##-##-##-????????????????*"};

}  // namespace

const Parser kS3Access{
    .id = "parsers.s3_access",
    .kind = "s3_access",
    .title = "S3 server access log",
    .summary = "Reads the server access logs of S3 buckets, of all years, to ECS columns.",
    .make_reader = std::bind_front(make_table_reader, std::cref(kFormat)),
    .time_of = time_of,
    .object_names = kObjectNames};

}  // namespace sextant::intel

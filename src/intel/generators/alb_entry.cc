#include "intel/generators/alb_entry.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "core/time_text.h"

namespace sextant::intel {
namespace {

void number(std::int64_t value, std::string& out) {
  char text[24];
  const auto result = std::to_chars(text, text + sizeof text, value);
  out.append(text, result.ptr);
}

// At least `digits` decimal digits.
void padded(std::int64_t value, int digits, std::string& out) {
  char text[20];
  for (int i = digits; i-- > 0; value /= 10) text[i] = static_cast<char>('0' + value % 10);
  out.append(text, static_cast<std::size_t>(digits));
}

void hex_digits(std::uint64_t value, int digits, std::string& out) {
  char text[16];
  for (int i = digits; i-- > 0; value >>= 4) text[i] = "0123456789abcdef"[value & 15];
  out.append(text, static_cast<std::size_t>(digits));
}

// " 0.012", or " -1" where there was none.
void seconds(std::int64_t millis, std::string& out) {
  if (millis < 0) {
    out += " -1";
    return;
  }
  out += ' ';
  number(millis / 1000, out);
  out += '.';
  padded(millis % 1000, 3, out);
}

void status(int code, std::string& out) {
  out += ' ';
  if (code == 0) {
    out += '-';
  } else {
    padded(code, 3, out);
  }
}

void plain(std::string_view text, std::string& out) {
  out += ' ';
  out += text;
}

void quoted(std::string_view text, std::string& out) {
  out += " \"";
  out += text;
  out += '"';
}

void targets(const AlbEntry& entry, std::string& out) {
  std::string list(entry.target);
  std::string codes = "-";
  if (entry.target_status != 0) codes = std::to_string(entry.target_status);
  if (!entry.second_target.empty()) {
    list.append(" ").append(entry.second_target);
    codes += " 502";
  }
  const bool bare = entry.bare_lists && entry.second_target.empty();
  (bare ? plain : quoted)(list, out);
  (bare ? plain : quoted)(codes, out);
}

void trace(const AlbEntry& entry, std::string& out) {
  if (entry.trace == 0) {
    out += " \"-\"";
    return;
  }
  out += " \"Root=1-";
  hex_digits(static_cast<std::uint64_t>(entry.time_us / 1'000'000), 8, out);
  out += '-';
  hex_digits(entry.trace, 16, out);
  hex_digits(entry.trace * 0x9e3779b97f4a7c15 >> 32, 8, out);
  out += '"';
}

}  // namespace

void AlbWriter::time(std::int64_t micros, std::string& out) {
  constexpr std::int64_t kMinute = 60'000'000;
  const auto minute = micros / kMinute;
  if (minute != minute_) {
    minute_text_ = iso8601(Time(Duration(minute * kMinute))).substr(0, 17);
    minute_ = minute;
  }
  const auto rest = micros - minute * kMinute;
  out += minute_text_;
  padded(rest / 1'000'000, 2, out);
  out += '.';
  padded(rest % 1'000'000, 6, out);
  out += 'Z';
}

void AlbWriter::write(const AlbEntry& entry, std::string& out) {
  out += entry.type;
  out += ' ';
  time(entry.time_us, out);
  plain(entry.balancer, out);
  plain(entry.client, out);
  out += ':';
  number(entry.client_port, out);
  plain(entry.target, out);
  seconds(entry.request_ms, out);
  seconds(entry.target_ms, out);
  seconds(entry.response_ms, out);
  status(entry.status, out);
  status(entry.target_status, out);
  out += ' ';
  number(entry.received_bytes, out);
  out += ' ';
  number(entry.sent_bytes, out);
  quoted(entry.request, out);
  quoted(entry.user_agent, out);
  plain(entry.cipher, out);
  plain(entry.protocol, out);
  plain(entry.target_group, out);
  trace(entry, out);
  quoted(entry.domain, out);
  quoted(entry.certificate, out);
  out += ' ';
  number(entry.priority, out);
  out += ' ';
  const auto took = std::max<std::int64_t>(0, entry.request_ms) +
                    std::max<std::int64_t>(0, entry.target_ms) +
                    std::max<std::int64_t>(0, entry.response_ms);
  time(entry.time_us - took * 1000, out);
  quoted(entry.actions, out);
  quoted(entry.redirect, out);
  quoted(entry.error, out);
  if (entry.fields >= 29) {
    targets(entry, out);
    quoted(entry.classification, out);
    quoted(entry.classification_reason, out);
  }
  if (entry.fields >= 30) {
    out += " TID_";
    hex_digits(entry.connection, 16, out);
    hex_digits(entry.connection * 0xd1b54a32d192ed03, 16, out);
  }
  if (entry.fields >= 33) {
    quoted(entry.transformed_host, out);
    quoted(entry.transformed_uri, out);
    quoted(entry.transform_status, out);
  }
  if (!entry.trailing.empty()) plain(entry.trailing, out);
}

}  // namespace sextant::intel

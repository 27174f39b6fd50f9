#include "core/trace.h"

#include "core/random.h"

namespace sextant {
namespace {

constexpr std::size_t kTraceDigits = 32;
constexpr std::size_t kParentDigits = 16;
constexpr std::size_t kVersion0Size = 55;  // 00-<32>-<16>-<2>

bool is_lower_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool is_id(std::string_view text) {
  return is_lower_hex(text) && text.find_first_not_of('0') != std::string_view::npos;
}

}  // namespace

Trace make_trace() {
  return {.trace_id = random_hex(kTraceDigits / 2), .parent_id = random_hex(kParentDigits / 2)};
}

Trace child_of(const Trace& trace) {
  return {.trace_id = trace.trace_id,
          .parent_id = random_hex(kParentDigits / 2),
          .sampled = trace.sampled};
}

std::string traceparent(const Trace& trace) {
  return "00-" + trace.trace_id + "-" + trace.parent_id + (trace.sampled ? "-01" : "-00");
}

// A later version may append fields after another dash (W3C trace context §3.2.4); "ff" is
// forbidden.
std::optional<Trace> parse_traceparent(std::string_view text) {
  if (text.size() < kVersion0Size) return std::nullopt;
  const std::string_view version = text.substr(0, 2);
  const std::string_view trace_id = text.substr(3, kTraceDigits);
  const std::string_view parent_id = text.substr(36, kParentDigits);
  const std::string_view flags = text.substr(53, 2);
  if (text[2] != '-' || text[35] != '-' || text[52] != '-') return std::nullopt;
  if (!is_lower_hex(version) || version == "ff" || !is_lower_hex(flags)) return std::nullopt;
  if (!is_id(trace_id) || !is_id(parent_id)) return std::nullopt;
  if (text.size() > kVersion0Size && (version == "00" || text[kVersion0Size] != '-')) {
    return std::nullopt;
  }
  const bool sampled = std::string_view("13579bdf").contains(flags[1]);
  return Trace{
      .trace_id = std::string(trace_id), .parent_id = std::string(parent_id), .sampled = sampled};
}

}  // namespace sextant

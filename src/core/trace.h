#pragma once
// W3C trace context (www.w3.org/TR/trace-context): which chain of causes something belongs to.
// Carried in every delivery, object, record and audit line.
#include <optional>
#include <string>
#include <string_view>

namespace sextant {

struct Trace {
  std::string trace_id;   // 32 lower-case hex digits
  std::string parent_id;  // 16 lower-case hex digits: the span that caused this
  bool sampled = true;
  friend bool operator==(const Trace&, const Trace&) = default;
};

Trace make_trace();                           // a new chain
Trace child_of(const Trace& trace);           // same chain, new span
std::string traceparent(const Trace& trace);  // "00-<trace>-<parent>-01"; -00: not sampled
std::optional<Trace> parse_traceparent(std::string_view text);

}  // namespace sextant

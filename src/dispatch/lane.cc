#include "dispatch/lane.h"

#include <algorithm>
#include <chrono>

namespace sextant::dispatch {
namespace {

metrics::Counter& attempts(metrics::Registry& metrics, const FunctionName& function,
                           const char* end) {
  return metrics.counter("sextant_delivery_attempts_total", "Ended attempts, by how they ended",
                         {{"function", function.text()}, {"end", end}});
}

double seconds(Duration span) { return std::chrono::duration<double>(span).count(); }

}  // namespace

Lane::Lane(const FunctionName& function, std::size_t window_items_max, metrics::Registry& metrics)
    : window(window_items_max),
      metrics_(metrics),
      succeeded_(attempts(metrics, function, "succeeded")),
      failed_(attempts(metrics, function, "failed")),
      retried_(attempts(metrics, function, "retried")),
      rows_(metrics.counter("sextant_rows_landed_total", "Rows landed in the lake",
                            {{"function", function.text()}})),
      malformed_(metrics.counter("sextant_rows_malformed_total", "Lines kept as malformed",
                                 {{"function", function.text()}})),
      wait_(metrics.histogram("sextant_delivery_wait_seconds",
                              "From the event to its first attempt",
                              {{"function", function.text()}})),
      duration_(metrics.histogram("sextant_attempt_seconds",
                                  "From an attempt's beginning to its commit",
                                  {{"function", function.text()}})) {
  status_.function = function;
}

void Lane::count_end(const store::Delivery& delivery, Time now) {
  const bool good = delivery.outcome == store::OutcomeKind::Succeeded;
  ++(good ? status_.succeeded : status_.failed);
  (good ? succeeded_ : failed_).add();
  status_.rows_landed += delivery.rows_landed;
  status_.rows_malformed += delivery.rows_malformed;
  rows_lately_.add(delivery.rows_landed + delivery.rows_malformed, now);
  rows_.add(delivery.rows_landed);
  malformed_.add(delivery.rows_malformed);
  for (const auto& done : delivery.stages) {
    auto& counters = stage(done.stage);
    counters.rows_in.add(done.rows_in);
    counters.rows_out.add(done.rows_out);
    counters.cpu_micros.add(done.micros);
  }
  count_cause(delivery);
  if (!delivery.started || !delivery.ended) return;
  if (delivery.attempts == 1) wait_.observe(seconds(*delivery.started - delivery.created));
  duration_.observe(seconds(*delivery.ended - *delivery.started));
}

void Lane::count_retry(const store::Delivery& delivery) {
  ++status_.retried;
  retried_.add();
  count_cause(delivery);
}

void Lane::count_cause(const store::Delivery& delivery) {
  if (delivery.cause && !delivery.cause->stage.empty()) stage(delivery.cause->stage).failures.add();
}

Lane::StageCounters& Lane::stage(const std::string& name) {
  const auto found = stages_.find(name);
  if (found != stages_.end()) return found->second;
  const auto counter = [&](const char* metric, const char* help) -> metrics::Counter& {
    return metrics_.counter(metric, help, {{"function", status_.function.text()}, {"stage", name}});
  };
  StageCounters counters{
      .rows_in = counter("sextant_stage_rows_in_total", "Rows or lines that a stage was given"),
      .rows_out = counter("sextant_stage_rows_out_total", "Rows that a stage handed on"),
      .cpu_micros = counter("sextant_stage_cpu_microseconds_total", "CPU time of a stage"),
      .failures = counter("sextant_stage_failures_total", "Attempts that failed in a stage")};
  return stages_.emplace(name, counters).first->second;
}

FunctionStatus Lane::status(Time now) const {
  auto told = status_;
  told.pending = static_cast<std::uint64_t>(std::max<std::int64_t>(pending, 0));
  told.in_flight = window.in_flight();
  told.rows_per_second = rows_lately_.per_second(now);
  const auto next = window.next();
  if (next && *next < now) told.lag = now - *next;
  return told;
}

std::optional<Time> Lane::next_after(Time told) const {
  auto next = window.next();
  if (next && *next <= told) next = std::nullopt;
  const auto asked = unconfirmed.lower_bound({told + Duration(1), DeliveryId()});
  if (asked == unconfirmed.end()) return next;
  return next ? std::min(*next, asked->when) : asked->when;
}

}  // namespace sextant::dispatch

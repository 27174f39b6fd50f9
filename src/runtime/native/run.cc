#include "runtime/native/run.h"

#include <arrow/record_batch.h>
#include <ctime>
#include <utility>

namespace sextant::runtime::native {
namespace {

constexpr std::size_t kReadBytes = 256 * 1024;
constexpr std::size_t kInflatedBytes = 1 << 20;
constexpr std::string_view kMalformedTable = "malformed";

std::uint64_t thread_cpu_ns() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(time.tv_nsec);
}

}  // namespace

Run::Run(const Pipeline& pipeline, const sdk::Source& source, const Outputs& outputs,
         const RunLimits& limits)
    : source_(source),
      outputs_(outputs),
      limits_(limits),
      started_(limits.clock.now()),
      blocks_(pipeline.steps_.front().function->takes) {
  for (std::size_t i = 0; i < pipeline.steps_.size(); ++i) {
    const auto& step = pipeline.steps_[i];
    stages_.push_back(step.prepared->start(source));
    emits_.emplace_back([this, i](sdk::Rows rows) { return emit_from(i, std::move(rows)); });
    report_.stages.push_back({.stage = std::string(step.function->id)});
    nanos_.push_back(0);
    waits_.push_back(step.function->waits_outside);
  }
}

template <typename Work>
Result<> Run::as_stage(std::size_t stage, Work&& work) {
  const auto charge = [&] {
    const auto now = thread_cpu_ns();
    if (running_) nanos_[*running_] += now - charged_until_;
    charged_until_ = now;
  };
  charge();
  const auto caller = std::exchange(running_, stage);
  const auto began = waits_[stage] ? limits_.clock.now() : Time{};
  auto result = work();
  if (waits_[stage]) waited_ += limits_.clock.now() - began;
  charge();
  running_ = caller;
  if (!result && failed_stage_.empty()) failed_stage_ = report_.stages[stage].stage;
  return result;
}

std::expected<Report, Failure> Run::go(const ReadBytes& read) {
  auto result = read_all(read);
  if (result && damage_) result = damaged(*damage_);
  if (result) result = finish_stages();
  if (!result) return std::unexpected(Failure{std::move(result).error(), failed_stage_});
  for (std::size_t i = 0; i < nanos_.size(); ++i) report_.stages[i].micros = nanos_[i] / 1'000;
  return std::move(report_);
}

Result<> Run::read_all(const ReadBytes& read) {
  std::string piece(kReadBytes, '\0');
  for (bool first = true; !damage_; first = false) {
    if (limits_.clock.now() > limits_.deadline + waited_) {
      const auto allowed = std::chrono::duration<double>(limits_.deadline - started_).count();
      return fail(Code::Unavailable,
                  "Task timed out after " + std::to_string(allowed).substr(0, 6) + " seconds",
                  std::string(sdk::kTimedOut));
    }
    SX_TRY_AS(const auto count, read(piece));
    const std::string_view bytes(piece.data(), count);
    if (first) inflater_ = Inflater::make(sniff_compression(bytes));
    if (count == 0) break;
    SX_TRY(take_compressed(bytes));
  }
  if (!damage_) {
    if (auto ended = inflater_->finish(); !ended) damage_ = std::move(ended).error();
  }
  return blocks_.finish([this](const sdk::TextBlock& text) { return block(text); });
}

Result<> Run::take_compressed(std::string_view bytes) {
  do {  // a full piece may have more behind it, though all input was taken
    inflated_.clear();
    auto inflated = inflater_->inflate(bytes, inflated_, kInflatedBytes);
    if (!inflated_.empty()) SX_TRY(take_text(inflated_));
    if (!inflated) {
      damage_ = std::move(inflated).error();
      return {};
    }
  } while (!bytes.empty() || inflated_.size() >= kInflatedBytes);
  return {};
}

Result<> Run::take_text(std::string_view bytes) {
  text_bytes_ += bytes.size();
  return blocks_.add(bytes, [this](const sdk::TextBlock& text) { return block(text); });
}

Result<> Run::block(const sdk::TextBlock& text) {
  return as_stage(0, [&] { return stages_[0]->text(text, emits_[0]); });
}

Result<> Run::damaged(const Error& why) {
  return as_stage(0, [&] { return stages_[0]->damaged(text_bytes_, why.message, emits_[0]); });
}

Result<> Run::finish_stages() {
  for (std::size_t i = 0; i < stages_.size(); ++i) {
    SX_TRY(as_stage(i, [&] { return stages_[i]->finish(emits_[i]); }));
    for (auto& snapshot : stages_[i]->take_snapshots())
      report_.snapshots.push_back(std::move(snapshot));
  }
  return {};
}

Result<> Run::emit_from(std::size_t stage, sdk::Rows rows) {
  const auto count = static_cast<std::uint64_t>(rows.batch->num_rows());
  report_.stages[stage].rows_out += count;
  const auto next = stage + 1;
  if (next == stages_.size()) return outputs_(rows);
  report_.stages[next].rows_in += count;
  if (next + 1 == stages_.size()) {  // which stores them
    report_.rows += count;
    if (rows.table == kMalformedTable) report_.rows_malformed += count;
  }
  return as_stage(next, [&] { return stages_[next]->rows(std::move(rows), emits_[next]); });
}

}  // namespace sextant::runtime::native

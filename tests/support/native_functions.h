#pragma once
// Native functions made for tests of what runs them. `test.lines` makes one row of table "alb" of
// each line, of lines that begin with "bad" (and of damage) one of table "malformed"; a Script
// decides what else happens.
#include <arrow/api.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/guarded.h"
#include "core/strings.h"
#include "sdk/function.h"

namespace sextant::test {

// What the functions of one test do and have seen. Any thread.
struct Script {
  struct Run {
    std::string path;
    std::map<std::string, std::string> variables;  // of the revision that ran
    std::string data;                              // its data file's content
  };

  // Called for each object's first text; its error fails the stage.
  std::function<Result<>(const Run&)> on_run = [](const Run&) { return Result<>(); };
  // The function's data file: content, or nullopt when it is missing.
  Guarded<std::optional<std::string>> data{std::optional<std::string>("")};
  Guarded<std::vector<Run>> runs;

  std::vector<Run> seen() {
    return runs.with([](const auto& all) { return all; });
  }
};

// Columns ts (always the same time) and message.
inline BatchPtr make_message_rows(const std::vector<std::string>& messages) {
  arrow::TimestampBuilder ts(arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"),
                             arrow::default_memory_pool());
  arrow::StringBuilder text;
  bool good = true;
  for (const auto& message : messages) {
    good = good && ts.Append(1'783'030'980'000'000).ok() && text.Append(message).ok();
  }
  if (!good) return nullptr;
  auto schema =
      arrow::schema({arrow::field("ts", ts.type()), arrow::field("message", text.type())});
  return arrow::RecordBatch::Make(schema, static_cast<std::int64_t>(messages.size()),
                                  {*ts.Finish(), *text.Finish()});
}

class LinesStage final : public sdk::Stage {
 public:
  LinesStage(Script& script, Script::Run run) : script_(script), run_(std::move(run)) {}

  Result<> text(const sdk::TextBlock& block, const sdk::Emit& emit) override {
    if (!started_) {
      started_ = true;
      script_.runs.with([&](auto& all) { all.push_back(run_); });
      SX_TRY(script_.on_run(run_));
    }
    std::vector<std::string> good;
    std::vector<std::string> bad;
    for (const auto line : split(block.text, '\n')) {
      if (!line.empty()) (line.starts_with("bad") ? bad : good).emplace_back(line.substr(0, 100));
    }
    if (!good.empty()) SX_TRY(emit({"alb", make_message_rows(good)}));
    if (!bad.empty()) SX_TRY(emit({"malformed", make_message_rows(bad)}));
    return {};
  }

  Result<> damaged(std::uint64_t offset, std::string_view reason, const sdk::Emit& emit) override {
    return emit(
        {"malformed", make_message_rows({std::to_string(offset) + ": " + std::string(reason)})});
  }

 private:
  Script& script_;
  const Script::Run run_;
  bool started_ = false;
};

class LinesPrepared final : public sdk::Prepared {
 public:
  LinesPrepared(Script& script, std::map<std::string, std::string> variables, std::string data)
      : script_(script), variables_(std::move(variables)), data_(std::move(data)) {}
  std::unique_ptr<sdk::Stage> start(const sdk::Source& source) const override {
    return std::make_unique<LinesStage>(script_, Script::Run{source.path, variables_, data_});
  }
  std::string data_hash() const override { return data_; }
  bool stale() const override {
    return script_.data.with([&](const auto& data) { return data != data_; });
  }

 private:
  Script& script_;
  const std::map<std::string, std::string> variables_;
  const std::string data_;
};

inline sdk::Function lines_function(Script& script) {
  return {.id = "test.lines",
          .title = "Lines",
          .summary = "One row a line.",
          .takes = sdk::Takes::Text,
          .prepare = [&script](const sdk::Configuration& configuration)
              -> Result<std::shared_ptr<const sdk::Prepared>> {
            auto data = script.data.with([](const auto& now) { return now; });
            if (!data) return fail(Code::NotFound, "there is no file 'test.mmdb'");
            return std::make_shared<LinesPrepared>(script, configuration.variables,
                                                   std::move(*data));
          }};
}

// A stage that passes rows on, or fails at those of table "alb".
class PassStage final : public sdk::Stage {
 public:
  explicit PassStage(bool fails) : fails_(fails) {}
  Result<> rows(sdk::Rows rows, const sdk::Emit& emit) override {
    if (fails_ && rows.table == "alb") return fail(Code::Unavailable, "no answer", "Enricher.Down");
    return emit(std::move(rows));
  }

 private:
  const bool fails_;
};

class PassPrepared final : public sdk::Prepared {
 public:
  explicit PassPrepared(bool fails) : fails_(fails) {}
  std::unique_ptr<sdk::Stage> start(const sdk::Source&) const override {
    return std::make_unique<PassStage>(fails_);
  }

 private:
  const bool fails_;
};

inline sdk::Function pass_function(std::string_view id, bool fails = false) {
  return {.id = id,
          .title = "Pass",
          .summary = "Rows as they are.",
          .takes = sdk::Takes::Rows,
          .prepare =
              [fails](const sdk::Configuration&) -> Result<std::shared_ptr<const sdk::Prepared>> {
            return std::make_shared<PassPrepared>(fails);
          }};
}

}  // namespace sextant::test

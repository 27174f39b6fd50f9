#pragma once
// A commit log that does not say of one batch whether it happened: Unavailable, after it did or
// instead of it. For tests of whoever has to find out.
#include <functional>
#include <future>
#include <optional>
#include <string>
#include <utility>

#include "core/guarded.h"
#include "ports/commit.h"

namespace sextant::test {

enum class Fate { Happens, DoesNotHappen };

class DoubtfulLog final : public ports::CommitLog {
 public:
  explicit DoubtfulLog(ports::CommitLog& inner) : inner_(inner) {}

  // Of the next batch that puts (or, without `puts`, has a condition on) a key that begins so. The
  // future is ready when the answer has been told.
  std::future<void> lose_next(std::string key_begins, Fate fate, bool puts = true) {
    auto plan = Plan{std::move(key_begins), fate, puts, {}};
    auto told = plan.told.get_future();
    plan_.with([&](auto& held) { held.emplace(std::move(plan)); });
    return told;
  }

  void submit(ports::Batch batch, OnDurable on_durable) override {
    auto plan = plan_.with([&](auto& held) -> std::optional<Plan> {
      if (!held || !matches(*held, batch)) return std::nullopt;
      return std::exchange(held, std::nullopt);
    });
    if (!plan) return inner_.submit(std::move(batch), std::move(on_durable));
    if (plan->fate == Fate::DoesNotHappen) batch = {};
    inner_.submit(std::move(batch), [plan = std::move(*plan),
                                     on_durable = std::move(on_durable)](const auto&) mutable {
      on_durable(fail(Code::Unavailable, "the store did not say"));
      plan.told.set_value();
    });
  }

 private:
  struct Plan {
    std::string key_begins;
    Fate fate = Fate::Happens;
    bool puts = true;
    std::promise<void> told;
  };

  static bool matches(const Plan& plan, const ports::Batch& batch) {
    const auto any = [&](const auto& items) {
      for (const auto& item : items)
        if (item.key.starts_with(plan.key_begins)) return true;
      return false;
    };
    return plan.puts ? any(batch.puts) : any(batch.conditions);
  }

  ports::CommitLog& inner_;
  Guarded<std::optional<Plan>> plan_;
};

}  // namespace sextant::test

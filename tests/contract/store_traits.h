#pragma once
// The stores that the contract suites of commit_log, state_store and stream_log run against. A new
// adapter adds a class here and its name to AllStores. Where one differs from the contract, a
// constant says so.
#include <gtest/gtest.h>

#include <memory>
#include <optional>

#include "adapters/embedded/amnesiac_disk.h"
#include "adapters/embedded/posix_disk.h"
#include "adapters/embedded/store.h"
#include "adapters/faulty/store.h"
#include "adapters/memory/store.h"
#include "core/clock.h"
#include "ports/commit.h"
#include "tests/support/temporary_folder.h"

namespace sextant::contract {

inline constexpr Time kStart{std::chrono::seconds(1'800'000'000)};

struct MemoryTraits {
  static constexpr bool kDurable = false;  // nothing outlives the object
  using Store = adapters::MemoryStore;

  ManualClock clock{kStart};
  std::unique_ptr<Store> store = std::make_unique<Store>(clock);
};

struct EmbeddedTraits {
  static constexpr bool kDurable = true;
  using Store = adapters::EmbeddedStore;

  EmbeddedTraits() { reopen(); }
  void reopen() {
    store.reset();
    auto opened = Store::open(folder / "store", {.clock = clock, .disk = disk});
    ASSERT_TRUE(opened) << opened.error().message;
    store = std::move(*opened);
  }

  test::TemporaryFolder folder;
  adapters::PosixDisk disk;
  ManualClock clock{kStart};
  std::unique_ptr<Store> store;
};

// The same store, and the power fails whenever it is closed.
struct PowerCutTraits {
  static constexpr bool kDurable = true;
  using Store = adapters::EmbeddedStore;

  PowerCutTraits() { reopen(); }
  void reopen() {
    if (disk) disk->cut_power();
    store.reset();
    auto loaded = adapters::AmnesiacDisk::load(folder.path());
    ASSERT_TRUE(loaded) << loaded.error().message;
    disk = std::move(*loaded);
    auto opened = Store::open(folder / "store", {.clock = clock, .disk = *disk});
    ASSERT_TRUE(opened) << opened.error().message;
    store = std::move(*opened);
  }

  test::TemporaryFolder folder{test::TemporaryFolder::Place::Memory};
  ManualClock clock{kStart};
  std::unique_ptr<adapters::AmnesiacDisk> disk;
  std::unique_ptr<Store> store;
};

// The faulty wrappers, when nothing fails: what the tests that use them find is not the wrappers'.
class FaultyStore final : public ports::CommitLog,
                          public ports::StateStore,
                          public ports::StreamLog {
 public:
  explicit FaultyStore(Clock& clock)
      : inner_(clock), faults_(1, {}, clock), log_(inner_, faults_, clock) {}
  void submit(ports::Batch batch, OnDurable on_durable) override {
    log_.submit(std::move(batch), std::move(on_durable));
  }
  Result<std::optional<ports::Entry>> get(std::string_view key) const override {
    return state_.get(key);
  }
  Result<std::vector<ports::Entry>> scan(std::string_view prefix, std::string_view after,
                                         std::size_t limit) const override {
    return state_.scan(prefix, after, limit);
  }
  Result<std::vector<ports::StreamRecord>> read(std::string_view stream, std::uint64_t from,
                                                std::size_t records_max,
                                                std::size_t bytes_max) const override {
    return streams_.read(stream, from, records_max, bytes_max);
  }
  Result<std::uint64_t> next_sequence(std::string_view stream) const override {
    return streams_.next_sequence(stream);
  }
  void wait(std::string_view stream, std::uint64_t from,
            std::move_only_function<void()> wake) override {
    streams_.wait(stream, from, std::move(wake));
  }
  Result<> trim(std::string_view stream, std::uint64_t sequence) override {
    return streams_.trim(stream, sequence);
  }

 private:
  adapters::MemoryStore inner_;
  adapters::Faults faults_;
  adapters::FaultyCommitLog log_;
  adapters::FaultyStateStore state_{inner_, faults_};
  adapters::FaultyStreamLog streams_{inner_, faults_};
};

struct FaultyTraits {
  static constexpr bool kDurable = false;
  using Store = FaultyStore;

  ManualClock clock{kStart};
  std::unique_ptr<Store> store = std::make_unique<Store>(clock);
};

using AllStores = testing::Types<MemoryTraits, EmbeddedTraits, PowerCutTraits, FaultyTraits>;

template <typename Traits>
class StoreContract : public testing::Test {
 protected:
  using Store = typename Traits::Store;
  Store& store() { return *traits_.store; }
  ManualClock& clock() { return traits_.clock; }

  // Closes the store and opens it again on the same bytes.
  void reopen() { traits_.reopen(); }

  Result<ports::Committed> commit(ports::Batch batch) {
    return ports::commit(store(), std::move(batch));
  }
  Result<ports::Committed> put(std::string key, std::string value) {
    return commit({.puts = {{std::move(key), std::move(value)}}});
  }
  std::optional<ports::Entry> get(std::string_view key) {
    auto entry = store().get(key);
    EXPECT_TRUE(entry) << entry.error().message;
    return entry ? *entry : std::nullopt;
  }
  std::string value(std::string_view key) {
    auto entry = get(key);
    return entry ? entry->value : "(absent)";
  }

 private:
  Traits traits_;
};

}  // namespace sextant::contract

#pragma once
// What is known of each stream: where it begins and goes on, and who waits for more. The committer
// publishes; readers ask.
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/embedded/stored_value.h"
#include "core/guarded.h"
#include "core/result.h"

namespace sextant::adapters {

class RocksDatabase;

using Wake = std::move_only_function<void()>;
using ChangedHeads = std::map<std::string, StreamHead, std::less<>>;

class StreamHeads {
 public:
  explicit StreamHeads(const RocksDatabase& database) : database_(database) {}

  // The head as the last durable batch left it. Any thread. Errors: Corrupt, Unavailable.
  Result<StreamHead> find(std::string_view stream) const;

  // Makes durable changes visible and returns the wakes that they end. The committer's thread.
  std::vector<Wake> publish(const ChangedHeads& changed);

  // The database was opened again: a batch whose outcome was unknown may be in it. Returns the
  // wakes that it ends. The committer's thread.
  std::vector<Wake> reload();

  // Keeps `wake` until publish() reaches `from`; hands it back if that has happened already. Any
  // thread. Errors as find().
  Result<std::vector<Wake>> wait(std::string_view stream, std::uint64_t from, Wake wake);

 private:
  struct Waiter {
    std::uint64_t from = 0;
    Wake wake;
  };
  struct State {
    ChangedHeads known;  // a cache: all are in the database
    std::map<std::string, std::vector<Waiter>, std::less<>> waiters;
  };
  static void take_ready(State& state, std::string_view stream, std::uint64_t next,
                         std::vector<Wake>& ready);

  const RocksDatabase& database_;
  Guarded<State> state_;
};

}  // namespace sextant::adapters

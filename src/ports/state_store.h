#pragma once
// Keys and values as the commit log left them. Keys are bytes, ordered bytewise; store/keys.h makes
// them all.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace sextant::ports {

struct Entry {
  std::string key;
  std::string value;
  std::uint64_t version = 0;  // of the commit that put it; use it in a Condition
};

class StateStore {
 public:
  virtual ~StateStore() = default;

  // The entry, or nullopt when absent or expired. Sees every batch whose on_durable has run. Any
  // thread. Errors: Corrupt (names the file), Unavailable.
  virtual Result<std::optional<Entry>> get(std::string_view key) const = 0;

  // Entries whose key begins with prefix and is greater than `after` (when not empty; a whole key),
  // in key order, at most `limit`: one consistent snapshot per call. Any thread. Errors as get.
  virtual Result<std::vector<Entry>> scan(std::string_view prefix, std::string_view after,
                                          std::size_t limit) const = 0;
};

// Calls visit(entry) for everything under prefix, a page at a time; visit returns Result<> and may
// end it.
template <typename Visit>
Result<> for_each(const StateStore& store, std::string_view prefix, Visit&& visit) {
  constexpr std::size_t kPage = 1'000;
  std::string after;
  for (;;) {
    SX_TRY_AS(auto page, store.scan(prefix, after, kPage));
    for (auto& entry : page) {
      after = entry.key;
      SX_TRY(visit(entry));
    }
    if (page.size() < kPage) return {};
  }
}

}  // namespace sextant::ports

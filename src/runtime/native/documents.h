#pragma once
// Rows as a search engine's documents: nested ECS objects as JSON, the time as `@timestamp`, what
// is null left out. Texts that repeat are escaped once for each distinct value.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "core/clock.h"
#include "core/columns.h"
#include "core/result.h"

namespace sextant::runtime::native {

// One batch's rows. One thread.
class Documents {
 public:
  // Errors: Invalid (a column of a type that JSON has no form for; a name that is field and
  // object).
  static Result<Documents> of(const BatchPtr& batch);
  ~Documents();
  Documents(Documents&&) noexcept;
  Documents& operator=(Documents&&) noexcept;

  std::string json(std::int64_t row) const;                    // one object, on one line
  std::optional<Time> time(std::int64_t row) const;            // column ts
  std::optional<std::int64_t> offset(std::int64_t row) const;  // column log.offset

 private:
  struct State;
  explicit Documents(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace sextant::runtime::native

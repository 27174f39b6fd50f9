#pragma once
// Which rows of files that are merged stay, when copies of an event are left out: each row is shown
// twice, first by what names it, so that the first copy of each event is known (event_columns.h),
// then whole. The order of the rows does not matter. One thread at a time.
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "core/columns.h"
#include "core/dictionary.h"
#include "core/result.h"
#include "lake/event_columns.h"

namespace sextant::lake {

class EventCopies {
 public:
  // Of all that it holds, also while that grows. Rows whose name or place does not fit all stay.
  static constexpr std::uint64_t kMemoryBytesMax = 192ull << 20;

  explicit EventCopies(std::uint64_t memory_bytes_max = kMemoryBytesMax)
      : memory_bytes_max_(memory_bytes_max) {}

  // Three columns, the same in both looks: `__event_name` (text, null: no copies),
  // `__event_place` (text) and `__event_offset`, both perhaps null.
  static std::string columns(const EventColumns& events);

  // Invalid: the batch has not the three columns.
  Result<> learn(const BatchPtr& batch);
  // Rows that are copies of others, as learnt.
  std::uint64_t count() const { return compared_ - static_cast<std::uint64_t>(names_.size()); }
  // Whether all rows were compared.
  bool is_complete() const { return !is_full_; }
  std::uint64_t memory_bytes() const;
  // Which rows of a batch stay. Errors: as learn().
  Result<std::vector<std::int32_t>> choose(const BatchPtr& batch);

 private:
  static constexpr std::int32_t kNowhere = std::numeric_limits<std::int32_t>::max();
  struct First {
    std::int64_t offset = 0;
    std::int32_t place = kNowhere;
    bool is_taken = false;
  };
  bool is_before(const First& left, const First& right) const;
  bool has_room(const Dictionary& texts, std::size_t length) const;
  std::int32_t number_of(Dictionary& texts, std::string_view text);

  const std::uint64_t memory_bytes_max_;
  bool is_full_ = false;  // from then on no text is added
  Dictionary names_;
  Dictionary places_;
  std::vector<First> firsts_;  // by the number of the name
  std::uint64_t compared_ = 0;
};

}  // namespace sextant::lake

#pragma once
// How many queries run at the same time: each has an engine and memory of its own.
#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

namespace sextant::services::lake {

// Any thread.
class QuerySlots {
 public:
  explicit QuerySlots(std::size_t queries_max) : free_(std::make_shared<Free>(queries_max)) {}

  // A running query's place, free again with its destruction, which may come after that of the
  // slots.
  class Slot {
   public:
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;
    ~Slot() { ++*free_; }

   private:
    friend class QuerySlots;
    using Free = std::atomic<std::size_t>;
    explicit Slot(std::shared_ptr<Free> free) : free_(std::move(free)) {}
    const std::shared_ptr<Free> free_;
  };

  // nullptr when all are taken.
  std::unique_ptr<Slot> take() const {
    for (std::size_t left = *free_; left > 0;) {
      if (free_->compare_exchange_weak(left, left - 1))
        return std::unique_ptr<Slot>(new Slot(free_));
    }
    return nullptr;
  }

 private:
  using Free = Slot::Free;
  const std::shared_ptr<Free> free_;
};

}  // namespace sextant::services::lake

#pragma once
// How much the node reads of callers before it knows who they are: where a signature hangs on the
// body, the body comes first. A bound for all of them together, so that nobody without a key can
// fill the memory or keep the others out.
#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

namespace sextant::api {

// Any thread.
class UnverifiedBodies {
  struct Held;

 public:
  struct Limits {
    std::size_t requests_max = 128;
    std::size_t bytes_max = 32 << 20;
  };
  explicit UnverifiedBodies(Limits limits) : held_(std::make_shared<Held>(limits)) {}

  // One request's part, given back with its destruction, which may come after the others'.
  class Share {
   public:
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;
    ~Share();
    // False when there is no room for so many bytes more.
    bool add(std::size_t bytes);

   private:
    friend class UnverifiedBodies;
    explicit Share(std::shared_ptr<Held> held) : held_(std::move(held)) {}
    const std::shared_ptr<Held> held_;
    std::size_t bytes_ = 0;
  };

  // nullptr when as many requests are being read as may.
  std::shared_ptr<Share> enter();

 private:
  struct Held {
    explicit Held(Limits with) : limits(with) {}
    const Limits limits;
    std::atomic<std::size_t> requests = 0;
    std::atomic<std::size_t> bytes = 0;
  };
  const std::shared_ptr<Held> held_;
};

}  // namespace sextant::api

#include "core/body.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "core/wait_for.h"

namespace sextant {
namespace {

class StringBody final : public Body {
 public:
  explicit StringBody(std::string bytes) : bytes_(std::move(bytes)) {}
  void read(OnChunk on_chunk) override {
    std::string chunk;
    if (offset_ == 0 && bytes_.size() <= kChunkBytesMax) {
      chunk = std::exchange(bytes_, {});
    } else {
      chunk = bytes_.substr(offset_, kChunkBytesMax);
      offset_ += chunk.size();
    }
    on_chunk(std::move(chunk));
  }
  std::optional<std::uint64_t> length() const override { return bytes_.size() - offset_; }

 private:
  std::string bytes_;
  std::size_t offset_ = 0;
};

// Reads in a loop while chunks arrive at once, and by callback when they do not, so that a body of
// many ready chunks does not grow the stack.
class Drain : public std::enable_shared_from_this<Drain> {
 public:
  Drain(std::unique_ptr<Body> body, ChunkSink sink, OnDone on_done)
      : body_(std::move(body)), sink_(std::move(sink)), on_done_(std::move(on_done)) {}

  // The asking loop and the callbacks each hold a reference of their own: whoever leaves last, on
  // whatever thread, destroys the body, and never below a frame of its read().
  void pump() {
    const auto self = shared_from_this();
    do {
      state_ = kAsked;
      body_->read([held = self](Result<std::string> chunk) mutable {
        const auto drain = std::move(held);  // the body may keep this callback: no cycle remains
        drain->take(std::move(chunk));
      });
    } while (state_.exchange(kWaiting) == kAnswered && !ended_);
  }

 private:
  enum State { kAsked, kAnswered, kWaiting };

  void take(Result<std::string> chunk) {
    if (!chunk) return end(std::unexpected(std::move(chunk).error()));
    if (chunk->empty()) return end({});
    if (auto taken = sink_(*chunk); !taken) return end(std::move(taken));
    if (state_.exchange(kAnswered) == kWaiting)
      pump();  // the asking loop has gone: this thread goes on
  }

  void end(Result<> result) {
    ended_ = true;
    auto on_done = std::move(on_done_);
    state_ = kAnswered;
    on_done(std::move(result));
  }

  std::unique_ptr<Body> body_;
  ChunkSink sink_;
  OnDone on_done_;
  std::atomic<int> state_ = kAsked;
  std::atomic<bool> ended_ = false;
};

std::unexpected<Error> body_too_large(std::size_t bytes_max) {
  return fail(Code::Exhausted, "body is larger than " + std::to_string(bytes_max) + " bytes");
}

}  // namespace

std::unique_ptr<Body> make_body(std::string bytes) {
  return std::make_unique<StringBody>(std::move(bytes));
}

void drain(std::unique_ptr<Body> body, ChunkSink sink, OnDone on_done) {
  std::make_shared<Drain>(std::move(body), std::move(sink), std::move(on_done))->pump();
}

void read_all(std::unique_ptr<Body> body, std::size_t bytes_max,
              std::move_only_function<void(Result<std::string>)> on_done) {
  const auto length = body->length();
  if (length && *length > bytes_max) return on_done(body_too_large(bytes_max));
  auto text = std::make_shared<std::string>();
  text->reserve(length.value_or(0));
  drain(
      std::move(body),
      [text, bytes_max](std::string_view chunk) -> Result<> {
        if (text->size() + chunk.size() > bytes_max) {
          return body_too_large(bytes_max);
        }
        text->append(chunk);
        return {};
      },
      [text, on_done = std::move(on_done)](Result<> done) mutable {
        if (!done) return on_done(std::unexpected(std::move(done).error()));
        on_done(std::move(*text));
      });
}

Result<std::string> read_all_blocking(std::unique_ptr<Body> body, std::size_t bytes_max) {
  return wait_for<Result<std::string>>(
      [&](auto on_done) { read_all(std::move(body), bytes_max, std::move(on_done)); });
}

}  // namespace sextant

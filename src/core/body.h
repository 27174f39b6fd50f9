#pragma once
// A stream of bytes that its consumer pulls: the body of an HTTP request or response, an object, a
// file. Reading holds no thread: the next chunk arrives by callback.
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"

namespace sextant {

inline constexpr std::size_t kChunkBytesMax = 256 * 1024;

class Body {
 public:
  // The next bytes, at most kChunkBytesMax; empty at the end, and then at every later read.
  using OnChunk = std::move_only_function<void(Result<std::string>)>;

  virtual ~Body() = default;

  // Asks for the next chunk. One read at a time. on_chunk runs exactly once: before read() returns
  // on the caller's thread, or later on a worker thread of the source, never on an I/O thread. It
  // may read again or destroy the body: an implementation takes on_chunk out of its members before
  // the call and touches nothing of its own after it.
  // Errors: Unavailable (the peer went away or was too slow), Invalid (bytes break the framing),
  // Exhausted (above a limit), Corrupt (a stored file is not what was written).
  virtual void read(OnChunk on_chunk) = 0;

  // The number of bytes still to come, where it is known beforehand.
  virtual std::optional<std::uint64_t> length() const { return std::nullopt; }
};

std::unique_ptr<Body> make_body(std::string bytes);

// Pulls `body` to its end and hands every chunk to `sink`, which may fail and so end it early.
// on_done gets the first error, or success. Both run where Body::read says. `body` lives until
// on_done has run.
using OnDone = std::move_only_function<void(Result<>)>;
using ChunkSink = std::move_only_function<Result<>(std::string_view chunk)>;
void drain(std::unique_ptr<Body> body, ChunkSink sink, OnDone on_done);

// The whole body as a string, or Exhausted above bytes_max. Asynchronous as drain() is.
void read_all(std::unique_ptr<Body> body, std::size_t bytes_max,
              std::move_only_function<void(Result<std::string>)> on_done);

// The same for callers that may block (tests, command line); never on a thread that serves the
// body.
Result<std::string> read_all_blocking(std::unique_ptr<Body> body, std::size_t bytes_max);

}  // namespace sextant

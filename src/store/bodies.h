#pragma once
// Bytes of objects: up to 64 KiB inside the state store, larger ones as blobs. Every record that
// needs some bytes holds a reference to them (an object, a part, a delivery); bytes that nobody
// refers to are removed.
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "core/body.h"
#include "core/bounded_queue.h"
#include "core/result.h"
#include "ports/blob_store.h"
#include "ports/commit.h"
#include "ports/state_store.h"
#include "store/delivery.h"

namespace sextant::store {

// Bytes that have been staged and are not yet part of anything: add() makes a batch refer to them.
struct StagedBody {
  BodyRef ref;
  std::string inline_bytes;  // of an inline one, until its batch is durable
};

// Collects the bytes of one new body. One owner, one thread at a time.
class BodyWriter {
 public:
  explicit BodyWriter(ports::BlobStore& blobs) : blobs_(blobs) {}
  // Errors: Exhausted (disk full).
  Result<> append(std::string_view bytes);
  // What is not inline is durable on return.
  Result<StagedBody> finish();

 private:
  ports::BlobStore& blobs_;
  std::string buffer_;
  std::unique_ptr<ports::BlobWriter> blob_;
};

// The bytes behind one or several references, in order, as one range. Any thread.
class BodyReader {
 public:
  std::uint64_t size() const { return size_; }
  // As BlobReader::read_at.
  Result<std::size_t> read_at(std::uint64_t offset, std::span<char> into) const;

 private:
  friend class BodyStore;
  struct Part {
    std::uint64_t begin = 0;
    std::string bytes;                        // of an inline one
    std::shared_ptr<ports::BlobReader> blob;  // otherwise
    std::uint64_t size = 0;
  };
  std::vector<Part> parts_;
  std::uint64_t size_ = 0;
};

class BodyStore {
 public:
  // Starts the thread that removes what nobody refers to any more. Both ports outlive the store.
  BodyStore(ports::CommitLog& log, const ports::StateStore& state, ports::BlobStore& blobs);
  ~BodyStore();

  BodyWriter write() { return BodyWriter(blobs_); }

  // Errors: NotFound (nobody referred to it), Corrupt (names the file), Unavailable.
  Result<std::shared_ptr<const BodyReader>> open(const std::vector<BodyRef>& body) const;

  // Makes `batch` store the staged bytes and let `referrer` refer to them.
  static void add(ports::Batch& batch, const StagedBody& staged, std::string_view referrer);
  static void refer(ports::Batch& batch, const std::vector<BodyRef>& body,
                    std::string_view referrer);
  static void release(ports::Batch& batch, const std::vector<BodyRef>& body,
                      std::string_view referrer);

  // After a batch with release() is durable: removes the bytes, some time later, unless others
  // refer to them.
  void collect(const std::vector<BodyRef>& body);

  // Finds what a crash left without a referrer and removes it. Call at start, before anything is
  // staged. The number of bodies removed; a store without room for that keeps the others until the
  // next start. Errors: Corrupt, Unavailable.
  Result<std::size_t> sweep();

 private:
  void run(const std::stop_token& stop);
  Result<bool> referenced(std::string_view id) const;
  Result<> remove(const BodyRef& body);
  Result<std::size_t> sweep_inline();
  Result<std::size_t> sweep_blobs();

  ports::CommitLog& log_;
  const ports::StateStore& state_;
  ports::BlobStore& blobs_;
  BoundedQueue<BodyRef> garbage_;
  std::jthread collector_;
};

// A range of a stored body as a stream, for responses.
std::unique_ptr<Body> make_body(std::shared_ptr<const BodyReader> reader, std::uint64_t offset,
                                std::uint64_t length);

}  // namespace sextant::store

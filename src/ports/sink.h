#pragma once
// Documents by id, into a search engine or another store of the outside world. Every document has
// the id that its origin gives it (hash of object version and offset), so that a put that is
// repeated after an unknown outcome changes nothing. Some documents of a call may be refused while
// the others are in.
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace sextant::ports {

inline constexpr std::size_t kDocumentIdBytesMax = 512;
inline constexpr std::size_t kDocumentBytesMax = 8 * 1024 * 1024;
inline constexpr std::size_t kSinkDocumentsMax = 10'000;        // of one call
inline constexpr std::size_t kSinkBytesMax = 64 * 1024 * 1024;  // of one call's documents

struct Document {
  std::string id;
  std::string json;  // one object
};

struct RefusedDocument {
  std::size_t position = 0;  // in the call
  // Invalid (no JSON object, or fields that the index cannot hold: it stays refused), Exhausted
  // (try this one again later).
  Error error;
};

struct SinkReport {
  std::uint64_t created = 0;
  std::uint64_t existing = 0;                 // the id was there already; it was left as it is
  std::vector<RefusedDocument> refused = {};  // by position
  // The outside store asked for no other call before so long, of anybody.
  std::optional<std::chrono::seconds> retry_after = std::nullopt;
};

class Sink {
 public:
  virtual ~Sink() = default;

  // Every document is created, was there, or is refused. Durable on return, as far as the outside
  // store promises it. The same id twice in a call: the first wins. Any thread; may block. Errors,
  // with an unknown part of the documents in: Unavailable (repeat the call); with none in: Invalid
  // (a limit, or the index's name: a-z 0-9 - _ . beginning with a letter or digit, at most 255
  // bytes), Exhausted (the index takes no writes now: later), Denied (our credentials).
  virtual Result<SinkReport> put(std::string_view index, std::span<const Document> documents) = 0;

  // The document as it was put, or nullopt. Sees every put that returned. Errors: Invalid,
  // Unavailable, Denied.
  virtual Result<std::optional<Document>> get(std::string_view index,
                                              std::string_view id) const = 0;

  // How many documents the index has; 0 when it does not exist. Sees every put that returned.
  // Errors as get.
  virtual Result<std::uint64_t> count(std::string_view index) const = 0;
};

// The limits of put() and the names of indexes, checked once for all adapters: Invalid, and says
// which.
Result<> check_index_name(std::string_view index);
Result<> check_documents(std::span<const Document> documents);

}  // namespace sextant::ports

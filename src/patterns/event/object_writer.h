#pragma once
// How something of ours puts an object into a bucket, as if it had been put over S3: the same
// commit, the same events. Services implement it, so that who puts need not know them.
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/result.h"
#include "guard/gate.h"
#include "ports/commit.h"
#include "store/bodies.h"

namespace sextant::patterns::event {

// The error's name when an object that has to start a function would start none.
inline constexpr std::string_view kStartsNothing = "StartsNothing";

struct ObjectPut {
  std::shared_ptr<guard::Permit> permit;  // its record goes into the same commit
  std::string bucket;
  std::string key;
  std::string content_encoding;
  std::uint64_t size = 0;
  std::string md5_hex;
  store::StagedBody staged;
  // More for the batch, or why there is to be none. At each try; may read the state store.
  std::function<Result<>(ports::Batch&)> extra;
  // Then an object that starts no function is not put: Unavailable, kStartsNothing.
  bool has_to_start_one = false;
};

class ObjectWriter {
 public:
  virtual ~ObjectWriter() = default;
  // on_done runs once the object and its events' deliveries are durable, or with S3's error or
  // that of `extra`, which keeps its name; then the staged bytes are gone. Any thread.
  virtual void put(ObjectPut put, std::move_only_function<void(Result<>)> on_done) = 0;
};

}  // namespace sextant::patterns::event

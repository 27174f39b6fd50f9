#include "store/bodies.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/log.h"
#include "core/random.h"
#include "core/thread_name.h"
#include "store/keys.h"

namespace sextant::store {
namespace {

constexpr std::size_t kGarbageItemsMax = 100'000;  // beyond: the sweep at the next start finds them
constexpr std::size_t kSweepPage = 1'000;          // bodies removed together

class StoredBody final : public Body {
 public:
  StoredBody(std::shared_ptr<const BodyReader> reader, std::uint64_t offset, std::uint64_t length)
      : reader_(std::move(reader)), offset_(offset), left_(length) {}

  void read(OnChunk on_chunk) override {
    std::string chunk(std::min<std::uint64_t>(left_, kChunkBytesMax), '\0');
    if (!chunk.empty()) {
      auto count = reader_->read_at(offset_, chunk);
      if (!count) return on_chunk(std::unexpected(std::move(count).error()));
      if (*count == 0)
        return on_chunk(fail(Code::Corrupt, "stored body is shorter than its record says"));
      chunk.resize(*count);
      offset_ += *count;
      left_ -= *count;
    }
    on_chunk(std::move(chunk));
  }

  std::optional<std::uint64_t> length() const override { return left_; }

 private:
  std::shared_ptr<const BodyReader> reader_;
  std::uint64_t offset_;
  std::uint64_t left_;
};

}  // namespace

Result<> BodyWriter::append(std::string_view bytes) {
  if (!blob_ && buffer_.size() + bytes.size() <= kInlineBytesMax) {
    buffer_.append(bytes);
    return {};
  }
  if (!blob_) {
    SX_TRY_AS(blob_, blobs_.create());
    SX_TRY(blob_->append(buffer_));
    buffer_.clear();
  }
  return blob_->append(bytes);
}

Result<StagedBody> BodyWriter::finish() {
  if (!blob_) {
    const BodyRef ref{.id = random_hex(16), .is_inline = true, .size = buffer_.size()};
    return StagedBody{ref, std::move(buffer_)};
  }
  SX_TRY_AS(const auto staged, blob_->finish());
  return StagedBody{BodyRef{.id = staged.id.text(), .is_inline = false, .size = staged.size}, {}};
}

Result<std::size_t> BodyReader::read_at(std::uint64_t offset, std::span<char> into) const {
  std::size_t done = 0;
  for (const auto& part : parts_) {
    if (done == into.size()) break;
    if (offset + done >= part.begin + part.size) continue;
    const auto within_part = offset + done - part.begin;
    const auto room = into.subspan(done);
    if (part.blob) {
      SX_TRY_AS(const auto count, part.blob->read_at(within_part, room));
      done += count;
    } else {
      const auto count = std::min<std::size_t>(room.size(), part.bytes.size() - within_part);
      std::memcpy(room.data(), part.bytes.data() + within_part, count);
      done += count;
    }
  }
  return done;
}

BodyStore::BodyStore(ports::CommitLog& log, const ports::StateStore& state, ports::BlobStore& blobs)
    : log_(log),
      state_(state),
      blobs_(blobs),
      garbage_(kGarbageItemsMax),
      collector_([this](std::stop_token stop) { run(stop); }) {}

BodyStore::~BodyStore() {
  collector_.request_stop();
  garbage_.close();
}

Result<std::shared_ptr<const BodyReader>> BodyStore::open(const std::vector<BodyRef>& body) const {
  auto reader = std::make_shared<BodyReader>();
  for (const auto& ref : body) {
    BodyReader::Part part{.begin = reader->size_, .bytes = {}, .blob = nullptr, .size = ref.size};
    if (ref.is_inline) {
      SX_TRY_AS(auto entry, state_.get(keys::inline_body(ref.id)));
      if (!entry) return fail(Code::NotFound, "body '" + ref.id + "' is gone");
      part.bytes = std::move(entry->value);
    } else {
      SX_TRY_AS(part.blob, blobs_.open(ports::BlobId(ref.id)));
    }
    reader->size_ += ref.size;
    reader->parts_.push_back(std::move(part));
  }
  return reader;
}

void BodyStore::add(ports::Batch& batch, const StagedBody& staged, std::string_view referrer) {
  if (staged.ref.is_inline)
    batch.puts.push_back({keys::inline_body(staged.ref.id), staged.inline_bytes});
  refer(batch, {staged.ref}, referrer);
}

void BodyStore::refer(ports::Batch& batch, const std::vector<BodyRef>& body,
                      std::string_view referrer) {
  for (const auto& ref : body) batch.puts.push_back({keys::body_reference(ref.id, referrer), ""});
}

void BodyStore::release(ports::Batch& batch, const std::vector<BodyRef>& body,
                        std::string_view referrer) {
  for (const auto& ref : body) batch.erases.push_back(keys::body_reference(ref.id, referrer));
}

void BodyStore::collect(const std::vector<BodyRef>& body) {
  for (auto ref : body) garbage_.try_push(std::move(ref));
}

void BodyStore::run(const std::stop_token& stop) {
  name_this_thread("body-collector");
  while (auto body = garbage_.pop(stop)) {
    if (auto removed = remove(*body); !removed) {
      log::warn("could not remove an unused body; the next start tries again",
                {{"body", body->id}, {"error", removed.error().message}});
    }
  }
}

Result<bool> BodyStore::referenced(std::string_view id) const {
  SX_TRY_AS(const auto referrers, state_.scan(keys::body_references(id), "", 1));
  return !referrers.empty();
}

Result<> BodyStore::remove(const BodyRef& body) {
  SX_TRY_AS(const bool used, referenced(body.id));
  if (used) return {};
  if (!body.is_inline) return blobs_.remove(ports::BlobId(body.id));
  ports::Batch batch;
  batch.erases.push_back(keys::inline_body(body.id));
  // Nobody waits for it: lost with a crash, it is found again by the sweep.
  log_.submit(std::move(batch), [](const Result<ports::Committed>&) {});
  return {};
}

Result<std::size_t> BodyStore::sweep() {
  SX_TRY_AS(const auto blobs, sweep_blobs());  // first: they give room back to the others
  SX_TRY_AS(const auto inlined, sweep_inline());
  return blobs + inlined;
}

Result<std::size_t> BodyStore::sweep_inline() {
  std::size_t removed = 0;
  ports::Batch batch{.from_reserve = true};
  const auto erase = [&]() -> Result<> {
    const auto count = batch.erases.size();
    SX_TRY(ports::commit(log_, std::exchange(batch, {.from_reserve = true})));
    removed += count;
    return {};
  };
  const auto prefix = keys::inline_body("");
  auto swept = ports::for_each(state_, prefix, [&](const ports::Entry& entry) -> Result<> {
    SX_TRY_AS(const bool used, referenced(entry.key.substr(prefix.size())));
    if (!used) batch.erases.push_back(entry.key);
    return batch.erases.size() < kSweepPage ? Result<>{} : erase();
  });
  if (swept && !batch.erases.empty()) swept = erase();
  if (!swept && swept.error().code != Code::Exhausted) return std::unexpected(swept.error());
  if (!swept) {
    log::warn("could not remove unused bodies; the next start tries again",
              {{"error", swept.error().message}});
  }
  return removed;
}

Result<std::size_t> BodyStore::sweep_blobs() {
  std::size_t removed = 0;
  for (ports::BlobId after;;) {
    SX_TRY_AS(const auto page, blobs_.list(after, kSweepPage));
    for (const auto& id : page) {
      after = id;
      SX_TRY_AS(const bool used, referenced(id.text()));
      if (used) continue;
      SX_TRY(blobs_.remove(id));
      ++removed;
    }
    if (page.size() < kSweepPage) return removed;
  }
}

std::unique_ptr<Body> make_body(std::shared_ptr<const BodyReader> reader, std::uint64_t offset,
                                std::uint64_t length) {
  return std::make_unique<StoredBody>(std::move(reader), offset, length);
}

}  // namespace sextant::store

// A connection's bytes, read as requests one behind the other: whatever they are, reading ends,
// stays within its limits, and finds the same requests whether they come at once or in pieces.
// Input: one byte for the size of the pieces, then the bytes of the connection.
// links: net
#include <algorithm>
#include <vector>

#include "net/request_reader.h"
#include "tests/fuzz/fuzz_input.h"

using namespace sextant;
using namespace sextant::net;

namespace {

using Progress = RequestReader::Progress;

constexpr ReadLimits kLimits{.head_bytes_max = 2'048, .headers_max = 16};
constexpr std::size_t kRoom = 1'000;

struct Seen {
  Head head;
  std::string body;
  int refused = 0;
  bool is_whole = false;

  bool operator==(const Seen& other) const {
    return head.method == other.head.method && head.target == other.head.target &&
           head.headers == other.head.headers && head.content_length == other.head.content_length &&
           head.keep_alive == other.head.keep_alive && body == other.body &&
           refused == other.refused && is_whole == other.is_whole;
  }
};

// What a connection does with its reader, without the socket.
class Conversation {
 public:
  // False once the connection would be closed.
  bool take(std::string_view piece) {
    pending_ += piece;
    while (step()) {
    }
    return seen_.empty() || seen_.back().refused == 0;
  }
  const std::vector<Seen>& seen() const { return seen_; }

 private:
  // True when another step may get further.
  bool step() {
    std::size_t used = 0;
    if (!reader_) return begin();
    std::string body;
    const auto progress = reader_->read_body(pending_, used, body, kRoom);
    SX_CHECK(used <= pending_.size() && body.size() <= kRoom && body.size() <= used);
    pending_.erase(0, used);
    seen_.back().body += body;
    if (progress == Progress::Refused) return refuse();
    if (progress == Progress::NeedsMore) return used > 0;
    seen_.back().is_whole = true;
    SX_CHECK(reader_->body_done() && reader_->body_left() == 0);
    if (const auto length = seen_.back().head.content_length) {
      SX_CHECK(seen_.back().body.size() == *length);
    }
    reader_.reset();
    head_reader_.reset();
    return true;
  }

  bool begin() {
    if (pending_.empty()) return false;
    if (!head_reader_) head_reader_ = std::make_unique<RequestReader>(kLimits);
    std::size_t used = 0;
    const auto progress = head_reader_->read_head(pending_, used);
    if (progress == Progress::NeedsMore) {
      SX_CHECK(pending_.size() < kLimits.head_bytes_max);
      return false;
    }
    seen_.emplace_back();
    reader_ = std::move(head_reader_);
    if (progress == Progress::Refused) return refuse();
    SX_CHECK(used > 0 && used <= pending_.size() && used <= kLimits.head_bytes_max);
    SX_CHECK(reader_->head().headers.size() <= kLimits.headers_max);
    pending_.erase(0, used);
    seen_.back().head = reader_->head();
    return true;
  }

  bool refuse() {
    seen_.back().refused = reader_->refusal().status;
    SX_CHECK(seen_.back().refused >= 400 && !reader_->refusal().reason.empty());
    return false;
  }

  std::string pending_;
  std::unique_ptr<RequestReader> head_reader_;
  std::unique_ptr<RequestReader> reader_;
  std::vector<Seen> seen_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t piece = 1 + data[0] % 64;
  const auto bytes = fuzz::as_text(data + 1, size - 1);
  Conversation at_once;
  at_once.take(bytes);
  Conversation in_pieces;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    if (!in_pieces.take(bytes.substr(at, piece))) break;
  }
  SX_CHECK(at_once.seen() == in_pieces.seen());
  return 0;
}

#pragma once
// Decodes a body in aws-chunked encoding as its bytes pass by, and checks the signature of each
// chunk and of the trailer. Pure and incremental: any split of the input gives the same. Source:
// docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html, sigv4-streaming-trailers.html.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/hash.h"
#include "core/result.h"

namespace sextant::guard {

// What the request said of its chunks.
struct ChunkRules {
  bool is_signed = false;
  bool has_trailer = false;
  std::uint64_t decoded_bytes = 0;         // x-amz-decoded-content-length
  std::vector<std::string> trailer_names;  // x-amz-trailer, lower case
  // Of signed chunks: what each signature is made from.
  std::string amz_date;
  std::string scope;  // "20260702/us-east-1/s3/aws4_request"
  std::string signing_key;
  std::string seed_signature;  // that of the request
};

class ChunkDecoder {
 public:
  using Trailers = std::vector<std::pair<std::string, std::string>>;

  explicit ChunkDecoder(ChunkRules rules);

  // Appends what `bytes` decode to. A chunk's data come out before its signature is checked, so the
  // consumer must undo everything on an error. Invalid ("IncompleteBody", "InvalidRequest",
  // "MalformedTrailerError"), Denied ("SignatureDoesNotMatch").
  Result<> feed(std::string_view bytes, std::string& decoded);
  // After the last byte: whether the body was complete.
  Result<> finish() const;
  // The trailer headers, names in lower case, without the signature; complete after finish().
  const Trailers& trailers() const { return trailers_; }

 private:
  enum class State { Header, Data, DataEnd, Trailer, End };

  Result<> take_line(std::string_view line);
  Result<> take_header(std::string_view line);
  Result<> take_data_end(std::string_view line);
  Result<> take_trailer(std::string_view line);
  Result<> take_data(std::string_view& bytes, std::string& decoded);
  Result<> end_chunk();
  Result<> end_trailers();
  Result<> check_signature(std::string_view kind, std::string_view hashes,
                           std::string_view signature);

  ChunkRules rules_;
  State state_ = State::Header;
  std::string line_;  // of a header or trailer, as far as it has come
  std::uint64_t chunk_left_ = 0;
  std::uint64_t decoded_ = 0;
  bool last_chunk_ = false;
  std::string chunk_signature_;  // as sent
  std::string previous_signature_;
  std::optional<Hasher> chunk_hash_;
  Trailers trailers_;
  std::string trailer_text_;  // what its signature covers
  std::string trailer_signature_;
};

}  // namespace sextant::guard

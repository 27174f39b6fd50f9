#include "cli/upload.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <memory>
#include <utility>
#include <vector>

#include "cli/retry.h"
#include "core/encoding.h"
#include "core/hash.h"
#include "core/strings.h"

namespace sextant::cli {
namespace {

constexpr std::string_view kHashHeader = "x-amz-meta-sextant-sha256";
constexpr std::string_view kBucketHeader = "x-amz-meta-sextant-origin-bucket";
constexpr std::string_view kEtagsHeader = "x-amz-meta-sextant-origin-etags";
constexpr std::size_t kEtagsMax = 16;  // S3 gives all metadata of an object 2 KiB

Result<std::string> file_sha256(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  Hasher hasher(HashKind::Sha256);
  std::array<char, 65'536> piece{};
  while (file.read(piece.data(), piece.size()) || file.gcount() > 0) {
    hasher.update({piece.data(), static_cast<std::size_t>(file.gcount())});
  }
  if (!file.eof()) return fail(Code::Invalid, "cannot read the file");
  return hex(hasher.finish());
}

std::string path_of(const std::string& bucket, const std::string& key) {
  return "/" + uri_encode(bucket) + "/" + uri_encode(key, Slash::Keep);
}

// What the node has under the key now.
struct Stored {
  bool is_absent = false;  // else it is there, or nobody says
  std::string etag = {};
  std::string sha256 = {};
  std::string origin_bucket = {};
  std::string origin_etags = {};

  bool had(const Origin& origin) const {
    return !origin.etag.empty() && origin_bucket == origin.bucket &&
           std::ranges::count(split(origin_etags, ' '), origin.etag) > 0;
  }
};

Result<Stored> find_stored(NodeClient& client, const std::string& path) {
  SX_TRY_AS(const auto response, client.send({.service = "s3", .method = "HEAD", .path = path}));
  if (response.status == 503) return fail(Code::Exhausted, "the node is busy");
  if (response.status != 200) return Stored{.is_absent = response.status == 404};
  const auto header = [&](std::string_view name) {
    return std::string(net::find_header(response.headers, name).value_or(""));
  };
  return Stored{.is_absent = false,
                .etag = header("ETag"),
                .sha256 = header(kHashHeader),
                .origin_bucket = header(kBucketHeader),
                .origin_etags = header(kEtagsHeader)};
}

Result<> same_source(const Stored& stored, const Origin& origin) {
  if (stored.origin_bucket.empty() || stored.origin_bucket == origin.bucket) return {};
  return fail(Code::Invalid, "the object of that key is from bucket '" + stored.origin_bucket +
                                 "': ingest each bucket with a --prefix of its own");
}

net::Headers headers_of(const PlannedFile& file, const std::string& sha256, const Stored& stored) {
  net::Headers headers = {{std::string(kHashHeader), sha256},
                          {"Content-Type", "application/octet-stream"}};
  // Two that put the same key at the same time do not pass each other unseen.
  if (stored.is_absent) headers.emplace_back("If-None-Match", "*");
  if (!stored.etag.empty()) headers.emplace_back("If-Match", stored.etag);
  if (!file.origin || file.origin->etag.empty()) return headers;
  auto etags = file.origin->etag;
  std::size_t count = 1;
  for (const auto each : split(stored.origin_etags, ' ')) {
    if (!each.empty() && count++ < kEtagsMax) etags += " " + std::string(each);
  }
  headers.emplace_back(kBucketHeader, file.origin->bucket);
  headers.emplace_back(kEtagsHeader, std::move(etags));
  return headers;
}

Result<> put(NodeClient& client, const std::string& path, const PlannedFile& file,
             net::Headers headers, const std::function<void(std::uint64_t)>& on_bytes) {
  auto stream = std::make_shared<std::ifstream>(file.path, std::ios::binary);
  NodeClient::Call call{.service = "s3", .method = "PUT", .path = path};
  call.body_sha256 = headers.front().second;
  call.headers = std::move(headers);
  call.body_length = file.size;
  call.time_max = transfer_time_max(file.size);
  call.body_reader = [stream, &on_bytes](char* into, std::size_t room) {
    stream->read(into, static_cast<std::streamsize>(room));
    const auto count = static_cast<std::size_t>(stream->gcount());
    on_bytes(count);
    return count;
  };
  SX_TRY(client.call(std::move(call)));
  return {};
}

}  // namespace

Result<Uploaded> upload(NodeClient& client, const std::string& bucket, const PlannedFile& file,
                        Known known, const std::function<void(std::uint64_t)>& on_bytes,
                        std::stop_token stop) {
  SX_TRY_AS(const auto sha256, file_sha256(file.path));
  const auto path = path_of(bucket, file.key);
  return with_retries(stop, [&](int tries) -> Result<Uploaded> {
    Stored stored{.is_absent = true};
    if (tries > 1 || known == Known::Nothing) {
      SX_TRY_AS(stored, find_stored(client, path));
    }
    if (file.origin) SX_TRY(same_source(stored, *file.origin));
    if (stored.sha256 == sha256 || (file.origin && stored.had(*file.origin)))
      return Uploaded::AlreadyThere;
    SX_TRY(put(client, path, file, headers_of(file, sha256, stored), on_bytes));
    return Uploaded::Sent;
  });
}

Result<bool> has_copy(NodeClient& client, const std::string& bucket, const std::string& key,
                      const Origin& origin) {
  SX_TRY_AS(const auto stored, find_stored(client, path_of(bucket, key)));
  SX_TRY(same_source(stored, origin));
  return stored.had(origin);
}

}  // namespace sextant::cli

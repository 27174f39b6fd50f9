#include "cli/upload.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <thread>

#include "core/clock.h"
#include "core/encoding.h"
#include "core/hash.h"

namespace sextant::cli {
namespace {

constexpr int kTriesMax = 10;
constexpr std::string_view kHashHeader = "x-amz-meta-sextant-sha256";

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

Result<bool> is_there(NodeClient& client, const std::string& path, const std::string& sha256) {
  SX_TRY_AS(const auto response, client.send({.service = "s3", .method = "HEAD", .path = path}));
  return response.status == 200 && net::find_header(response.headers, kHashHeader) == sha256;
}

Result<> put(NodeClient& client, const std::string& path, const PlannedFile& file,
             const std::string& sha256, const std::function<void(std::uint64_t)>& on_bytes) {
  auto stream = std::make_shared<std::ifstream>(file.path, std::ios::binary);
  NodeClient::Call call{.service = "s3", .method = "PUT", .path = path};
  call.headers = {{std::string(kHashHeader), sha256}, {"Content-Type", "application/octet-stream"}};
  call.body_sha256 = sha256;
  call.body_length = file.size;
  call.body_reader = [stream, &on_bytes](char* into, std::size_t room) {
    stream->read(into, static_cast<std::streamsize>(room));
    const auto count = static_cast<std::size_t>(stream->gcount());
    on_bytes(count);
    return count;
  };
  SX_TRY(client.call(std::move(call)));
  return {};
}

bool worth_another_try(const Error& error) {
  return error.code == Code::Exhausted || error.code == Code::Unavailable;
}

}  // namespace

Result<Uploaded> upload(NodeClient& client, const std::string& bucket, const PlannedFile& file,
                        Known known, const std::function<void(std::uint64_t)>& on_bytes) {
  SX_TRY_AS(const auto sha256, file_sha256(file.path));
  const auto path = path_of(bucket, file.key);
  SystemClock clock;
  for (int tries = 1;; ++tries) {
    const bool absent = tries == 1 && known == Known::IsAbsent;
    auto there = absent ? Result<bool>(false) : is_there(client, path, sha256);
    if (there && *there) return Uploaded::AlreadyThere;
    auto done = there ? put(client, path, file, sha256, on_bytes)
                      : Result<>(std::unexpected(there.error()));
    if (done) return Uploaded::Sent;
    if (tries == kTriesMax || !worth_another_try(done.error()))
      return std::unexpected(std::move(done).error());
    clock.wait_until(clock.now() + std::chrono::milliseconds(100) * (1 << std::min(tries, 6)), {});
  }
}

}  // namespace sextant::cli

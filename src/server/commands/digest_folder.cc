#include "server/commands/digest_folder.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "core/file.h"

namespace sextant::server {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t kFileBytesMax = 1 << 20;
constexpr std::string_view kPrefix = "digest-";
constexpr std::string_view kSuffix = ".json";
constexpr std::string_view kSignatureSuffix = ".sig";

// So that names sort as numbers do.
std::string file_name(std::uint64_t number) {
  char digits[24];
  std::snprintf(digits, sizeof(digits), "%010llu", static_cast<unsigned long long>(number));
  return std::string(kPrefix) + digits + std::string(kSuffix);
}

Result<std::vector<fs::path>> documents_in(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> found;
  if (!fs::exists(folder, error)) return found;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    const auto name = at->path().filename().string();
    if (name.starts_with(kPrefix) && name.ends_with(kSuffix)) found.push_back(at->path());
  }
  if (error)
    return fail(Code::Denied, "cannot read folder '" + folder.string() + "': " + error.message());
  std::ranges::sort(found);
  return found;
}

}  // namespace

Result<DigestFolder> DigestFolder::open(fs::path folder) {
  DigestFolder opened(std::move(folder));
  SX_TRY(opened.load_key());
  SX_TRY(opened.load_digests());
  return opened;
}

Result<> DigestFolder::load_key() {
  const auto pem = read_file(key_file(), kFileBytesMax);
  if (!pem && pem.error().code == Code::NotFound) return {};
  if (!pem) return std::unexpected(pem.error());
  auto key = VerifyingKey::from_pem(*pem);
  if (!key) return fail(Code::Corrupt, key_file().string() + ": " + key.error().message);
  key_ = std::move(*key);
  check_.emplace(*key_);
  return {};
}

Result<> DigestFolder::load_digests() {
  SX_TRY_AS(const auto files, documents_in(folder_));
  if (!files.empty() && !key_) {
    return fail(Code::Corrupt,
                key_file().string() + " is missing, but there are digests beside it");
  }
  for (const auto& file : files) {
    guard::SignedDigest made;
    SX_TRY_AS(made.document, read_file(file, kFileBytesMax));
    auto signature = read_file(file.string() + std::string(kSignatureSuffix), kFileBytesMax);
    if (!signature) return fail(Code::Corrupt, signature.error().message);
    made.signature = std::move(*signature);
    SX_TRY_AS(auto digest, within(file.string(), check_->take(made)));
    digests_.push_back({.digest = std::move(digest), .made = std::move(made)});
  }
  return {};
}

std::uint64_t DigestFolder::last_number() const {
  return digests_.empty() ? 0 : digests_.back().digest.number;
}

Result<> DigestFolder::put_key(const VerifyingKey& key) {
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error)
    return fail(Code::Denied, "cannot make folder '" + folder_.string() + "': " + error.message());
  SX_TRY(write_file_atomic(key_file(), key.pem()));
  key_ = key;
  check_.emplace(key);
  return {};
}

Result<> DigestFolder::add(guard::SignedDigest made) {
  SX_CHECK(check_.has_value());
  SX_TRY_AS(auto digest, check_->take(made));
  const auto file = folder_ / file_name(digest.number);
  SX_TRY(write_file_atomic(file.string() + std::string(kSignatureSuffix), made.signature));
  SX_TRY(write_file_atomic(file, made.document));
  digests_.push_back({.digest = std::move(digest), .made = std::move(made)});
  return {};
}

}  // namespace sextant::server

#include "adapters/embedded/file_trust.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <string_view>

namespace sextant::adapters {
namespace {

constexpr std::size_t kReadBytes = 1 << 20;

Result<std::string> sha256_of(const ReadableFile& file) {
  Hasher hasher(HashKind::Sha256);
  std::string buffer(kReadBytes, '\0');
  for (std::uint64_t offset = 0;;) {
    SX_TRY_AS(const auto count, file.read_at(offset, buffer));
    if (count == 0) return hasher.finish();
    hasher.update(std::string_view(buffer).substr(0, count));
    offset += count;
  }
}

std::uint64_t path_key(const ports::LakeFile& file) {
  return std::hash<std::string_view>{}(file.path);
}

}  // namespace

std::uint64_t FileTrust::fingerprint(const ports::LakeFile& file, const FileFacts& facts) {
  std::string text(file.sha256.begin(), file.sha256.end());
  text.append(std::to_string(facts.size)).append("@");
  text.append(std::to_string(facts.modified.time_since_epoch().count()));
  return std::hash<std::string>{}(text);
}

Result<FileFacts> FileTrust::facts_of(const ports::LakeFile& file) const {
  SX_TRY_AS(auto facts, within("lake file", disk_.facts(root_ / file.path)));
  if (facts.size == file.size) return facts;
  return fail(Code::Corrupt, "lake file " + file.path + " has " + std::to_string(facts.size) +
                                 " bytes, " + std::to_string(file.size) + " were written");
}

Result<> FileTrust::verify(const ports::LakeFile& file) {
  SX_TRY_AS(const auto facts, facts_of(file));
  SX_TRY_AS(const auto reader, within("lake file", disk_.open(root_ / file.path)));
  SX_TRY_AS(const auto digest, sha256_of(*reader));
  if (!std::ranges::equal(digest, file.sha256, {},
                          [](char c) { return static_cast<std::uint8_t>(c); })) {
    return fail(Code::Corrupt,
                "lake file " + file.path +
                    " is not what was written: its SHA-256 differs from the manifest's");
  }
  seen_.with([&](auto& seen) { seen[path_key(file)] = fingerprint(file, facts); });
  return {};
}

Result<> FileTrust::verify_once(const ports::LakeFile& file) {
  SX_TRY_AS(const auto facts, facts_of(file));
  const bool known = seen_.with([&](const auto& seen) {
    const auto found = seen.find(path_key(file));
    return found != seen.end() && found->second == fingerprint(file, facts);
  });
  if (known) return {};
  return verify(file);
}

void FileTrust::forget(std::string_view path) {
  seen_.with([&](auto& seen) { seen.erase(std::hash<std::string_view>{}(path)); });
}

void FileTrust::trust(const ports::LakeFile& file) {
  const auto facts = facts_of(file);
  if (!facts) return;  // then the first query looks for itself
  seen_.with([&](auto& seen) { seen[path_key(file)] = fingerprint(file, *facts); });
}

}  // namespace sextant::adapters

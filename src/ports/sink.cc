#include "ports/sink.h"

namespace sextant::ports {
namespace {

constexpr std::size_t kIndexNameBytesMax = 255;

bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

}  // namespace

Result<> check_index_name(std::string_view index) {
  static constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789-_.";
  const bool valid = !index.empty() && index.size() <= kIndexNameBytesMax &&
                     is_name_start(index.front()) &&
                     index.find_first_not_of(kAllowed) == index.npos;
  if (valid) return {};
  return fail(Code::Invalid, "'" + std::string(index) +
                                 "' is no index name: a-z 0-9 - _ . beginning with a letter or "
                                 "digit, at most 255 bytes");
}

Result<> check_documents(std::span<const Document> documents) {
  if (documents.size() > kSinkDocumentsMax) {
    return fail(Code::Invalid, std::to_string(documents.size()) +
                                   " documents in one call; allowed are " +
                                   std::to_string(kSinkDocumentsMax));
  }
  std::size_t bytes = 0;
  for (const auto& document : documents) {
    bytes += document.json.size();
    if (document.id.empty() || document.id.size() > kDocumentIdBytesMax)
      return fail(Code::Invalid, "a document's id has 1 to 512 bytes");
    if (document.json.size() > kDocumentBytesMax)
      return fail(Code::Invalid, "document '" + document.id + "' is larger than 8 MiB");
  }
  if (bytes > kSinkBytesMax)
    return fail(Code::Invalid, "more than 64 MiB of documents in one call");
  return {};
}

}  // namespace sextant::ports

#include "adapters/opensearch/bulk.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "core/json.h"

namespace sextant::adapters {
namespace {

constexpr std::size_t kReasonBytesMax = 500;
constexpr std::size_t kFrameBytes = 32;  // around an id and a document

// 400s that say nothing of the document: an index of its day cannot be made now.
constexpr std::array<std::string_view, 2> kNotTheDocument{"validation_exception",
                                                          "index_closed_exception"};

std::string reason_of(const json::Object& item) {
  const auto* error = json::find(item, "error");
  if (error == nullptr || !error->is_object()) return "no reason given";
  const auto& told = error->get_object();
  auto reason = json::text_or(told, "type") + ": " + json::text_or(told, "reason");
  if (const auto* cause = json::find(told, "caused_by"); cause != nullptr && cause->is_object()) {
    const auto why = json::text_or(cause->get_object(), "reason");
    if (!why.empty()) reason += " (" + why + ")";
  }
  if (reason.size() > kReasonBytesMax) {
    auto end = kReasonBytesMax;
    while (end > 0 && (static_cast<unsigned char>(reason[end]) & 0xC0u) == 0x80u) --end;
    reason.resize(end);
  }
  return reason;
}

std::string error_type_of(const json::Object& item) {
  const auto* error = json::find(item, "error");
  return error != nullptr && error->is_object() ? json::text_or(error->get_object(), "type") : "";
}

BulkEnd end_of(std::int64_t status, const std::string& type) {
  if (status == 200 || status == 201) return BulkEnd::Created;
  if (status == 409 && type == "version_conflict_engine_exception") return BulkEnd::Existing;
  const bool is_document =
      status == 413 ||
      (status == 400 && std::ranges::find(kNotTheDocument, type) == kNotTheDocument.end());
  return is_document ? BulkEnd::Refused : BulkEnd::Later;
}

// {"create":{"status":201}}
Result<BulkItem> read_item(const json::Value& value) {
  const auto* outer = value.if_object();
  const auto* item =
      outer != nullptr && outer->size() == 1 ? outer->begin()->value().if_object() : nullptr;
  const auto* status = item == nullptr ? nullptr : json::find(*item, "status");
  if (status == nullptr || !status->is_int64())
    return fail(Code::Unavailable, "an item of a bulk answer has no status");
  BulkItem read{.end = end_of(status->get_int64(), error_type_of(*item))};
  if (read.end == BulkEnd::Refused || read.end == BulkEnd::Later) read.reason = reason_of(*item);
  return read;
}

}  // namespace

std::size_t bulk_bytes(const ports::Document& document) {
  return document.json.size() + document.id.size() + kFrameBytes;
}

std::string bulk_body(std::span<const ports::Document> documents) {
  std::string body;
  std::size_t bytes = 0;
  for (const auto& document : documents) bytes += bulk_bytes(document);
  body.reserve(bytes);
  for (const auto& document : documents) {
    body += R"({"create":{"_id":)";
    json::append_text(body, document.id);
    body += "}}\n";
    const auto begin = static_cast<std::ptrdiff_t>(body.size());
    body += document.json;
    std::replace_if(
        body.begin() + begin, body.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
    body += '\n';
  }
  return body;
}

std::string bulk_target(std::string_view index) {
  return "/" + std::string(index) +
         "/_bulk?filter_path=items.*.status,items.*.error.type,items.*.error.reason,"
         "items.*.error.caused_by.reason";
}

Result<std::vector<BulkItem>> read_bulk_answer(std::string_view text, std::size_t documents) {
  const auto answer = json::parse(text);
  if (!answer)
    return fail(Code::Unavailable, "a bulk answer is no JSON: " + answer.error().message);
  const auto* object = answer->if_object();
  const auto* items = object == nullptr ? nullptr : json::find(*object, "items");
  if (items == nullptr || !items->is_array() || items->get_array().size() != documents) {
    return fail(Code::Unavailable,
                "a bulk answer is not one for " + std::to_string(documents) + " documents");
  }
  std::vector<BulkItem> read;
  read.reserve(documents);
  for (const auto& item : items->get_array()) {
    SX_TRY_AS(auto one, read_item(item));
    read.push_back(std::move(one));
  }
  return read;
}

}  // namespace sextant::adapters

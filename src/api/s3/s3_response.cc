#include "api/s3/s3_response.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <utility>

#include "api/status.h"
#include "core/json.h"
#include "core/time_text.h"
#include "core/xml.h"

namespace sextant::api::s3 {
namespace {

constexpr std::string_view kNamespace = "http://s3.amazonaws.com/doc/2006-03-01/";

struct HeaderOf {
  std::string_view member;
  std::string_view header;
};

constexpr std::array kHeaders{
    HeaderOf{"ETag", "ETag"},
    HeaderOf{"ContentType", "Content-Type"},
    HeaderOf{"CacheControl", "Cache-Control"},
    HeaderOf{"ContentDisposition", "Content-Disposition"},
    HeaderOf{"ContentEncoding", "Content-Encoding"},
    HeaderOf{"ContentLanguage", "Content-Language"},
    HeaderOf{"Expires", "Expires"},
    HeaderOf{"ContentRange", "Content-Range"},
    HeaderOf{"AcceptRanges", "Accept-Ranges"},
    HeaderOf{"BucketRegion", "x-amz-bucket-region"},
    HeaderOf{"ChecksumCRC32", "x-amz-checksum-crc32"},
    HeaderOf{"ChecksumCRC32C", "x-amz-checksum-crc32c"},
    HeaderOf{"ChecksumCRC64NVME", "x-amz-checksum-crc64nvme"},
    HeaderOf{"ChecksumSHA1", "x-amz-checksum-sha1"},
    HeaderOf{"ChecksumSHA256", "x-amz-checksum-sha256"},
    HeaderOf{"ChecksumType", "x-amz-checksum-type"},
};

// Operations that answer with a document, and its root element.
struct Document {
  std::string_view operation;
  std::string_view root;
};

constexpr std::array kDocuments{
    Document{"ListBuckets", "ListAllMyBucketsResult"},
    Document{"ListObjectsV2", "ListBucketResult"},
    Document{"CreateMultipartUpload", "InitiateMultipartUploadResult"},
    Document{"CompleteMultipartUpload", "CompleteMultipartUploadResult"},
    Document{"ListParts", "ListPartsResult"},
    Document{"ListMultipartUploads", "ListMultipartUploadsResult"},
};

// Lists whose items are elements of their own, without one around them; the item's name in the
// document.
std::string_view item_name(std::string_view member) {
  if (member == "Parts") return "Part";
  return member == "Uploads" ? "Upload" : member;
}

std::string text_of(const json::Value& value) {
  if (value.is_string()) return std::string(value.get_string());
  return json::to_text(value);
}

void write_members(const json::Object& object, xml::Writer& writer);

void write_member(std::string_view name, const json::Value& value, xml::Writer& writer) {
  if (value.is_object()) {
    writer.open(name);
    write_members(value.get_object(), writer);
    writer.close();
  } else if (value.is_array() && name == "Buckets") {
    writer.open(name);
    for (const auto& item : value.get_array()) write_member("Bucket", item, writer);
    writer.close();
  } else if (value.is_array()) {
    for (const auto& item : value.get_array()) write_member(item_name(name), item, writer);
  } else {
    writer.leaf(name, text_of(value));
  }
}

void write_members(const json::Object& object, xml::Writer& writer) {
  for (const auto& [name, value] : object) write_member(name, value, writer);
}

void add_object_headers(const json::Object& result, net::Response& response) {
  for (const auto& [member, header] : kHeaders) {
    if (auto value = json::text_or(result, member); !value.empty()) {
      response.headers.emplace_back(header, std::move(value));
    }
  }
  if (const auto modified = parse_iso8601(json::text_or(result, "LastModified"))) {
    response.headers.emplace_back("Last-Modified", http_date(*modified));
  }
  if (const auto* metadata = json::find(result, "Metadata");
      metadata != nullptr && metadata->is_object()) {
    for (const auto& [name, value] : metadata->get_object()) {
      response.headers.emplace_back("x-amz-meta-" + std::string(name), text_of(value));
    }
  }
}

// What a new upload's parts are to carry is told in headers, not in its document.
void add_upload_headers(json::Object& result, net::Response& response) {
  for (const auto& [member, header] : {HeaderOf{"ChecksumAlgorithm", "x-amz-checksum-algorithm"},
                                       HeaderOf{"ChecksumType", "x-amz-checksum-type"}}) {
    if (auto value = json::text_or(result, member); !value.empty()) {
      response.headers.emplace_back(header, std::move(value));
    }
    result.erase(member);
  }
}

}  // namespace

net::Response to_response(std::string_view operation, sdk::Output output) {
  net::Response response;
  if (operation == "CreateMultipartUpload") add_upload_headers(output.result, response);
  const auto document = std::ranges::find(kDocuments, operation, &Document::operation);
  if (document != kDocuments.end()) {
    xml::Writer writer(document->root, kNamespace);
    write_members(output.result, writer);
    response.headers.emplace_back("Content-Type", "application/xml");
    response.body = make_body(writer.finish());
    return response;
  }
  add_object_headers(output.result, response);
  if (operation == "DeleteObject" || operation == "DeleteBucket" ||
      operation == "AbortMultipartUpload") {
    response.status = 204;
  }
  if (operation == "CreateBucket")
    response.headers.emplace_back("Location", json::text_or(output.result, "Location"));
  if (output.result.contains("ContentRange")) response.status = 206;
  if (operation == "HeadObject") {
    if (const auto* length = json::find(output.result, "ContentLength"); length != nullptr) {
      response.head_length = length->to_number<std::uint64_t>();
    }
  }
  response.body = std::move(output.body);
  return response;
}

net::Response to_error_response(const Error& error, std::string_view resource,
                                std::string_view request_id, bool is_head,
                                const ErrorDetails& details) {
  net::Response response;
  response.status = error.name == "ExpiredToken" ? 400 : http_status(error);  // 403 elsewhere
  if (response.status == 503) response.headers.emplace_back("Retry-After", "1");
  if (is_head || response.status == 304) return response;
  xml::Writer writer("Error");
  writer.leaf("Code", error.name.empty() ? "InternalError" : error.name)
      .leaf("Message", error.message);
  for (const auto& [name, text] : details) writer.leaf(name, text);
  writer.leaf("Resource", resource).leaf("RequestId", request_id);
  response.headers.emplace_back("Content-Type", "application/xml");
  response.body = make_body(writer.finish());
  return response;
}

}  // namespace sextant::api::s3

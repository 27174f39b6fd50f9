#include "api/s3/s3_request.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <map>
#include <optional>

#include "core/encoding.h"
#include "core/strings.h"
#include "core/xml.h"

namespace sextant::api::s3 {
namespace {

using Query = std::map<std::string, std::string, std::less<>>;

Result<Query> parse_query(std::string_view text) {
  Query query;
  if (text.empty()) return query;
  for (const auto pair : split(text, '&')) {
    const auto equals = pair.find('=');
    std::string value(equals == std::string_view::npos ? "" : pair.substr(equals + 1));
    std::ranges::replace(value, '+', ' ');
    auto name = uri_decode(pair.substr(0, equals));
    auto decoded = uri_decode(value);
    if (!name || !decoded)
      return fail(Code::Invalid, "Couldn't parse the specified URI.", "InvalidURI");
    if (!name->empty()) query[*name] = *decoded;
  }
  return query;
}

struct Address {
  std::string bucket;
  std::string key;
};

// "bucket.localhost:4566" and "bucket.s3.localhost" name the bucket in the host.
std::optional<std::string> bucket_in_host(const net::Request& request) {
  auto host = net::find_header(request.headers, "host").value_or("");
  host = host.substr(0, host.rfind(':'));
  for (const std::string_view suffix : {".s3.localhost", ".localhost"}) {
    if (host.ends_with(suffix) && host.size() > suffix.size() && host != "s3.localhost") {
      return to_lower(host.substr(0, host.size() - suffix.size()));
    }
  }
  return std::nullopt;
}

Result<Address> parse_address(const net::Request& request) {
  auto path = request.path();
  if (!path.starts_with('/'))
    return fail(Code::Invalid, "Couldn't parse the specified URI.", "InvalidURI");
  path.remove_prefix(1);
  std::string_view raw_bucket = path;
  std::string_view raw_key;
  Address address;
  if (auto bucket = bucket_in_host(request)) {
    address.bucket = *bucket;
    raw_key = path;
  } else {
    const auto slash = path.find('/');
    raw_bucket = path.substr(0, slash);
    if (slash != std::string_view::npos) raw_key = path.substr(slash + 1);
    const auto decoded = uri_decode(raw_bucket);
    if (!decoded) return fail(Code::Invalid, "Couldn't parse the specified URI.", "InvalidURI");
    address.bucket = *decoded;
  }
  const auto key = uri_decode(raw_key);
  if (!key) return fail(Code::Invalid, "Couldn't parse the specified URI.", "InvalidURI");
  address.key = *key;
  return address;
}

enum class On { Service, Bucket, Object };

struct Route {
  std::string_view method;
  On on;
  std::string_view subresource;  // the query name that selects it, "" for none; "a&b" needs both
  std::string_view operation;
};

// More special ones first.
constexpr std::array kRoutes{
    Route{"GET", On::Service, "", "ListBuckets"},
    Route{"GET", On::Bucket, "list-type", "ListObjectsV2"},
    Route{"GET", On::Bucket, "uploads", "ListMultipartUploads"},
    Route{"PUT", On::Bucket, "", "CreateBucket"},
    Route{"HEAD", On::Bucket, "", "HeadBucket"},
    Route{"DELETE", On::Bucket, "", "DeleteBucket"},
    Route{"PUT", On::Object, "partNumber&uploadId", "UploadPart"},
    Route{"POST", On::Object, "uploads", "CreateMultipartUpload"},
    Route{"POST", On::Object, "uploadId", "CompleteMultipartUpload"},
    Route{"DELETE", On::Object, "uploadId", "AbortMultipartUpload"},
    Route{"GET", On::Object, "uploadId", "ListParts"},
    Route{"PUT", On::Object, "", "PutObject"},
    Route{"GET", On::Object, "", "GetObject"},
    Route{"HEAD", On::Object, "", "HeadObject"},
    Route{"DELETE", On::Object, "", "DeleteObject"},
};

// Names in a query that select an operation of S3; with one that no route above has, the plain
// operation must not run instead.
constexpr std::array<std::string_view, 35> kSubresources{"accelerate",   "acl",
                                                         "analytics",    "attributes",
                                                         "cors",         "delete",
                                                         "encryption",   "intelligent-tiering",
                                                         "inventory",    "legal-hold",
                                                         "lifecycle",    "list-type",
                                                         "location",     "logging",
                                                         "metrics",      "notification",
                                                         "object-lock",  "ownershipControls",
                                                         "partNumber",   "policy",
                                                         "policyStatus", "publicAccessBlock",
                                                         "replication",  "requestPayment",
                                                         "restore",      "retention",
                                                         "select",       "tagging",
                                                         "torrent",      "uploadId",
                                                         "uploads",      "versioning",
                                                         "versionId",    "versions",
                                                         "website"};

bool selects(std::string_view wanted, const Query& query) {
  for (const auto name : split(wanted, '&')) {
    if (!name.empty() && !query.contains(name)) return false;
  }
  const auto others = std::ranges::any_of(kSubresources, [&](std::string_view name) {
    return query.contains(name) && !wanted.contains(name);
  });
  return !others;
}

std::unexpected<Error> not_implemented(const std::string& what) {
  return fail(
      Code::Invalid,
      "A header or query you provided implies functionality that is not implemented: " + what,
      "NotImplemented");
}

// Whether S3 has something that this could ask for, be it here or not.
bool knows(std::string_view method, On on, const Query& query) {
  const bool is_form_or_cors = method == "OPTIONS" || (method == "POST" && on == On::Bucket);
  if (is_form_or_cors && on != On::Service) return true;
  return std::ranges::any_of(
             kRoutes,
             [&](const Route& route) { return route.method == method && route.on == on; }) ||
         std::ranges::any_of(kSubresources,
                             [&](std::string_view name) { return query.contains(name); });
}

struct Mapped {
  std::string_view from;
  std::string_view parameter;
};

constexpr std::array kHeaderParameters{
    Mapped{"content-type", "ContentType"},
    Mapped{"cache-control", "CacheControl"},
    Mapped{"content-disposition", "ContentDisposition"},
    Mapped{"content-language", "ContentLanguage"},
    Mapped{"expires", "Expires"},
    Mapped{"content-md5", "ContentMD5"},
    Mapped{"range", "Range"},
    Mapped{"if-match", "IfMatch"},
    Mapped{"if-none-match", "IfNoneMatch"},
    Mapped{"if-modified-since", "IfModifiedSince"},
    Mapped{"if-unmodified-since", "IfUnmodifiedSince"},
    Mapped{"x-amz-checksum-crc32", "ChecksumCRC32"},
    Mapped{"x-amz-checksum-crc32c", "ChecksumCRC32C"},
    Mapped{"x-amz-checksum-crc64nvme", "ChecksumCRC64NVME"},
    Mapped{"x-amz-checksum-sha1", "ChecksumSHA1"},
    Mapped{"x-amz-checksum-sha256", "ChecksumSHA256"},
    Mapped{"x-amz-sdk-checksum-algorithm", "ChecksumAlgorithm"},
    Mapped{"x-amz-checksum-algorithm", "ChecksumAlgorithm"},
    Mapped{"x-amz-checksum-type", "ChecksumType"},
    Mapped{"x-amz-checksum-mode", "ChecksumMode"},
    Mapped{"x-amz-mp-object-size", "MpuObjectSize"},
    Mapped{"x-amz-trailer", "Trailer"},
};

constexpr std::array kQueryParameters{
    Mapped{"prefix", "Prefix"},
    Mapped{"delimiter", "Delimiter"},
    Mapped{"max-keys", "MaxKeys"},
    Mapped{"continuation-token", "ContinuationToken"},
    Mapped{"start-after", "StartAfter"},
    Mapped{"encoding-type", "EncodingType"},
    Mapped{"uploadId", "UploadId"},
    Mapped{"partNumber", "PartNumber"},
    Mapped{"response-content-type", "ResponseContentType"},
    Mapped{"response-cache-control", "ResponseCacheControl"},
    Mapped{"response-content-disposition", "ResponseContentDisposition"},
    Mapped{"response-content-encoding", "ResponseContentEncoding"},
    Mapped{"response-content-language", "ResponseContentLanguage"},
    Mapped{"response-expires", "ResponseExpires"},
};

// aws-chunked says how the body travels, not what the object is.
std::string stored_encoding(std::string_view header) {
  std::string kept;
  for (const auto piece : split(header, ',')) {
    const auto encoding = trim(piece);
    if (encoding.empty() || iequals(encoding, "aws-chunked")) continue;
    if (!kept.empty()) kept += ",";
    kept += encoding;
  }
  return kept;
}

void add_headers(const net::Request& request, boost::json::object& parameters) {
  constexpr std::string_view kMetadata = "x-amz-meta-";
  boost::json::object metadata;
  for (const auto& [name, value] : request.headers) {
    const auto lower = to_lower(name);
    const auto mapped = std::ranges::find(kHeaderParameters, lower, &Mapped::from);
    if (mapped != kHeaderParameters.end()) parameters[mapped->parameter] = value;
    if (lower.starts_with(kMetadata)) metadata[lower.substr(kMetadata.size())] = value;
    if (lower == "content-encoding") parameters["ContentEncoding"] = stored_encoding(value);
  }
  if (!metadata.empty()) parameters["Metadata"] = std::move(metadata);
}

struct Unsupported {
  std::string_view header;
  std::string_view usual = {};  // values that ask for what happens anyway; with a space between
};

// Objects belong to the account, are as private as policies say, and lie on the node's own disk.
constexpr std::array kUnsupported{
    Unsupported{"x-amz-copy-source"},
    Unsupported{"x-amz-server-side-encryption-customer-algorithm"},
    Unsupported{"x-amz-object-lock-mode"},
    Unsupported{"x-amz-tagging"},
    Unsupported{"x-amz-website-redirect-location"},
    Unsupported{"x-amz-acl", "private bucket-owner-full-control"},
    Unsupported{"x-amz-storage-class", "STANDARD"},
    Unsupported{"x-amz-server-side-encryption"},
    Unsupported{"x-amz-object-ownership", "BucketOwnerEnforced"},
    Unsupported{"x-amz-grant-full-control"},
    Unsupported{"x-amz-grant-read"},
};

Result<> refuse_unsupported(const net::Request& request) {
  for (const auto& [name, usual] : kUnsupported) {
    const auto value = net::find_header(request.headers, name);
    if (!value) continue;
    if (usual.empty()) return not_implemented(std::string(name));
    const auto known = split(usual, ' ');
    if (std::ranges::find(known, *value) == known.end())
      return not_implemented(std::string(name) + ": " + std::string(value->substr(0, 100)));
  }
  return {};
}

boost::json::object named_part(const xml::Element& part, std::int64_t number) {
  boost::json::object named{{"PartNumber", number}};
  for (const auto& element : part.children) {
    if (element.name == "ETag" || element.name.starts_with("Checksum"))
      named[element.name] = std::string(trim(element.text));
  }
  return named;
}

}  // namespace

Result<WireCall> parse_request(const net::Request& request) {
  SX_TRY_AS(const auto address, parse_address(request));
  SX_TRY_AS(const auto query, parse_query(request.query()));
  SX_TRY(refuse_unsupported(request));
  const auto on = address.bucket.empty() ? On::Service
                  : address.key.empty()  ? On::Bucket
                                         : On::Object;
  const auto route = std::ranges::find_if(kRoutes, [&](const Route& candidate) {
    return candidate.method == request.method && candidate.on == on &&
           selects(candidate.subresource, query);
  });
  if (route == kRoutes.end()) {
    if (!knows(request.method, on, query)) {
      return fail(Code::Invalid, "The specified method is not allowed against this resource.",
                  "MethodNotAllowed");
    }
    return not_implemented(request.method + " with " +
                           (query.empty() ? "no query" : "'" + query.begin()->first + "'"));
  }
  WireCall call{.operation = std::string(route->operation), .parameters = {}};
  call.has_document =
      call.operation == "CompleteMultipartUpload" || call.operation == "CreateBucket";
  if (!address.bucket.empty()) call.parameters["Bucket"] = address.bucket;
  if (!address.key.empty()) call.parameters["Key"] = address.key;
  for (const auto& mapped : kQueryParameters) {
    if (const auto found = query.find(mapped.from); found != query.end()) {
      call.parameters[mapped.parameter] = found->second;
    }
  }
  add_headers(request, call.parameters);
  return call;
}

Result<> add_document(std::string_view document, WireCall& call) {
  if (trim(document).empty() && call.operation == "CreateBucket") return {};
  auto root = xml::parse(document);
  const auto malformed = [](const std::string& why) {
    return fail(Code::Invalid,
                "The XML you provided was not well-formed or did not validate against our "
                "published schema: " +
                    why,
                "MalformedXML");
  };
  if (!root) return malformed(root.error().message);
  if (call.operation == "CreateBucket") {
    call.parameters["LocationConstraint"] = std::string(trim(root->text_of("LocationConstraint")));
    return {};
  }
  boost::json::array parts;
  for (const auto& part : root->children) {
    if (part.name != "Part") continue;
    const auto number = parse_u64(trim(part.text_of("PartNumber")));
    if (!number || *number > 10'000) return malformed("PartNumber is not a number");
    parts.push_back(named_part(part, static_cast<std::int64_t>(*number)));
  }
  call.parameters["MultipartUpload"] = boost::json::object{{"Parts", std::move(parts)}};
  return {};
}

}  // namespace sextant::api::s3

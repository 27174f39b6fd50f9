#pragma once
// From an HTTP request to the S3 operation it means: its name and its parameters by the API's own
// names. Pure. Source: docs.aws.amazon.com/AmazonS3/latest/API (request syntax of each operation).
#include <string>

#include "core/result.h"
#include "net/http.h"
#include "sdk/service_caller.h"

namespace sextant::api::s3 {

struct S3Call {
  std::string operation;  // "PutObject"
  boost::json::object parameters;
  bool reads_xml = false;  // the body is a document to be parsed, not the object's bytes
};

// Errors: NotImplemented (an operation or subresource we do not have), InvalidURI,
// MethodNotAllowed. Path-style
// (/bucket/key) and virtual-hosted (bucket.localhost) addresses.
Result<S3Call> parse_request(const net::Request& request);

// The body of CompleteMultipartUpload into parameters. MalformedXML.
Result<> add_document(std::string_view document, S3Call& call);

}  // namespace sextant::api::s3

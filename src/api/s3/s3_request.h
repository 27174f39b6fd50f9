#pragma once
// From an HTTP request to the S3 operation it means: its name and its parameters by the API's own
// names. Pure. Source: docs.aws.amazon.com/AmazonS3/latest/API (request syntax of each operation).
#include <string>

#include "api/protocol.h"
#include "core/result.h"
#include "net/http.h"

namespace sextant::api::s3 {

// Errors: NotImplemented (an operation or subresource we do not have), MethodNotAllowed (what S3
// does not have either), InvalidURI. Path-style (/bucket/key) and virtual-hosted (bucket.localhost)
// addresses.
Result<WireCall> parse_request(const net::Request& request);

// The body of CompleteMultipartUpload into parameters. MalformedXML.
Result<> add_document(std::string_view document, WireCall& call);

}  // namespace sextant::api::s3

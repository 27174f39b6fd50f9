// Requests of S3: method, target, host, a Range and a document. Whatever they are: an operation
// whose parameters fit what it is called on, or an error with a name of S3's. Input: a line each,
// and the document behind them.

// links: api services
#include "api/s3/s3_request.h"

#include <boost/json.hpp>

#include "core/json.h"
#include "services/s3/byte_range.h"
#include "tests/fuzz/fuzz_input.h"

using namespace sextant;

namespace {

void check_range(std::string_view text, std::uint64_t size) {
  const auto range = services::s3::parse_range(text, size);
  if (!range) {
    SX_CHECK(range.error().name == "InvalidRange");
    return;
  }
  SX_CHECK(range->first <= size && range->count <= size - range->first);
  SX_CHECK(range->partial ? range->count > 0 : range->count == size);
}

void check_document(std::string_view document, api::WireCall& call) {
  const auto added = api::s3::add_document(document, call);
  if (!added) {
    SX_CHECK(added.error().name == "MalformedXML");
    return;
  }
  if (call.operation != "CompleteMultipartUpload") return;
  for (const auto& part : call.parameters.at("MultipartUpload").at("Parts").as_array())
    SX_CHECK(part.at("PartNumber").as_int64() >= 0 && part.at("PartNumber").as_int64() <= 10'000);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto rest = fuzz::as_text(data, size);
  net::Request request;
  request.method = fuzz::take_until(rest, '\n');
  request.target = fuzz::take_until(rest, '\n');
  request.headers = {{"Host", std::string(fuzz::take_until(rest, '\n'))},
                     {"Range", std::string(fuzz::take_until(rest, '\n'))},
                     {"Content-Encoding", "aws-chunked, gzip"},
                     {"x-amz-meta-a", "b"}};
  const auto range = request.headers[1].second;
  for (const std::uint64_t bytes : {0ULL, 1ULL, 100ULL, ~0ULL}) check_range(range, bytes);
  auto call = api::s3::parse_request(request);
  if (!call) {
    SX_CHECK(!call.error().name.empty() && !call.error().message.empty());
    return 0;
  }
  SX_CHECK(!call->operation.empty());
  SX_CHECK(!call->parameters.contains("Key") || call->parameters.contains("Bucket"));
  SX_CHECK(json::text_or(call->parameters, "Range") == range);
  if (call->has_document) check_document(rest, *call);
  return 0;
}

// links: adapters
// The sink's contract against the search engine at $SEXTANT_SEARCH_ENDPOINT, which
// tests/dist/opensearch_test.py starts.
#include "adapters/opensearch/sink.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/contract/sink_contract.h"

namespace sextant::contract {
namespace {

std::string endpoint() {
  const char* given = std::getenv("SEXTANT_SEARCH_ENDPOINT");
  return given == nullptr ? "" : given;
}

// Without the indices that a test before left.
struct OpenSearchTraits {
  static constexpr bool kChecksFieldTypes = true;

  OpenSearchTraits() {
    net::HttpClient client;
    for (const char* index : {"logs", "one", "two"}) {
      const auto gone =
          client.send({.method = "DELETE", .url = endpoint() + "/" + index, .body = {}});
      EXPECT_TRUE(gone && (gone->status == 200 || gone->status == 404)) << index;
    }
  }

  std::unique_ptr<adapters::OpenSearchSink> opened =
      *adapters::OpenSearchSink::open({.endpoint = endpoint()});
  ports::Sink& sink = *opened;
};

INSTANTIATE_TYPED_TEST_SUITE_P(OpenSearch, SinkContract, OpenSearchTraits);

}  // namespace
}  // namespace sextant::contract

// Where a list goes on, as a caller says: S3's continuation tokens, IAM's markers, the tokens of
// deliveries. Whatever it is: a page, or an error with a name; and the pages from there on are
// together what one long page is. Input: items a page, then prefix, delimiter, StartAfter, token,
// a line each.
// links: services adapters
#include <boost/json.hpp>
#include <string>
#include <vector>

#include "adapters/memory/blob_store.h"
#include "adapters/memory/store.h"
#include "core/json.h"
#include "model/codec.h"
#include "services/iam/paging.h"
#include "services/node/handlers.h"
#include "services/s3/handlers.h"
#include "store/configuration.h"
#include "store/keys.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/support/idle_dispatcher.h"

using namespace sextant;
using Object = boost::json::object;
using Names = std::vector<std::string>;

namespace {

const Names kKeys{"a",      "a/",     "a/b",     "a/b/c", "a/c", "a//d", "aa",
                  "b/\xFF", "b/\x01", "c d/e+f", "ü/x",   "z",   "z/z/z"};
constexpr int kPagesMax = 100;

// What lists are of: a bucket with keys, and a few deliveries.
struct Node {
  Node() {
    SX_CHECK(ports::commit(store, content()));
    configuration = std::move(*store::ConfigurationStore::open(store, scope));
  }

  ports::Batch content() const {
    ports::Batch batch;
    const BucketName bucket("logs");
    batch.puts.push_back({store::keys::bucket(scope, bucket), encode(store::BucketRecord{})});
    for (const auto& key : kKeys)
      batch.puts.push_back(
          {store::keys::object(scope, bucket, key), encode(store::ObjectRecord{})});
    for (const char* id : {"00", "7f", "80", "ff"}) {
      store::Delivery delivery;
      delivery.id = DeliveryId(id);
      batch.puts.push_back({store::keys::delivery(scope, delivery.id), encode(delivery)});
    }
    return batch;
  }

  Scope scope{AccountId("000000000000"), Region("us-east-1")};
  ManualClock clock{Time(std::chrono::seconds(1'783'030'980))};
  adapters::MemoryStore store{clock};
  adapters::MemoryBlobStore blobs;
  std::unique_ptr<store::ConfigurationStore> configuration;
  test::IdleDispatcher dispatcher;
  store::BodyStore bodies{store, store, blobs};
};

Node& node() {
  static Node made;
  return made;
}

Result<Object> list_objects(const Object& parameters) {
  auto& at = node();
  static const patterns::event::BucketEvents kEvents(*at.configuration, at.dispatcher);
  static const auto kS3 =
      std::make_shared<services::s3::S3Context>(services::s3::S3Parts{.scope = at.scope,
                                                                      .clock = at.clock,
                                                                      .log = at.store,
                                                                      .state = at.store,
                                                                      .bodies = at.bodies,
                                                                      .events = kEvents});
  Result<Object> result;
  services::s3::list_objects_v2(kS3, nullptr, {.parameters = parameters},
                                [&](Result<sdk::Output> output) {
                                  if (!output) result = std::unexpected(output.error());
                                  if (output) result = std::move(output->result);
                                });
  return result;
}

Result<Object> list_deliveries(const Object& parameters) {
  auto& at = node();
  SX_TRY_AS(auto output, services::node::list_deliveries({.scope = at.scope,
                                                          .clock = at.clock,
                                                          .state = at.store,
                                                          .configuration = *at.configuration,
                                                          .dispatcher = at.dispatcher},
                                                         {.parameters = parameters}));
  return std::move(output.result);
}

Result<Object> list_keys(const Object& parameters) {
  Names sorted = kKeys;
  std::ranges::sort(sorted);
  return services::iam::page(
      parameters, "Items", sorted, [](const auto& key) { return key; },
      [](const auto& key) { return boost::json::value(key); });
}

struct Lister {
  Result<Object> (*list)(const Object&);
  const char* items_max;
  const char* token;  // in the question
  const char* next;   // in the answer
  std::vector<const char*> lists;
};

void add_names(const Object& page, const char* name, Names& into) {
  const auto* list = json::find(page, name);
  if (list == nullptr) return;
  for (const auto& item : list->get_array()) into.push_back(json::to_text(item));
}

// All names from there on; an error when the first page is one.
Result<Names> names_of(const Lister& lister, Object parameters, std::size_t items_max) {
  parameters[lister.items_max] = std::to_string(items_max);
  Names names;
  for (int pages = 0;; ++pages) {
    SX_CHECK(pages < kPagesMax);
    auto page = lister.list(parameters);
    SX_CHECK(page || pages == 0);  // our own token is never refused
    if (!page) return std::unexpected(page.error());
    for (const char* list : lister.lists) add_names(*page, list, names);
    const auto next = json::text_or(*page, lister.next);
    if (next.empty()) break;
    parameters[lister.token] = next;
  }
  std::ranges::sort(names);  // objects and common prefixes are lists of their own
  return names;
}

void check(const Lister& lister, const Object& parameters, std::size_t items_max) {
  const auto all = names_of(lister, parameters, 1'000);
  if (!all) {
    SX_CHECK(all.error().code == Code::Invalid && !all.error().name.empty());
    return;
  }
  SX_CHECK(std::ranges::adjacent_find(*all) == all->end());
  const auto paged = names_of(lister, parameters, items_max);
  SX_CHECK(paged && *paged == *all);
}

const Lister kObjects{list_objects,
                      "MaxKeys",
                      "ContinuationToken",
                      "NextContinuationToken",
                      {"Contents", "CommonPrefixes"}};
const Lister kDeliveries{list_deliveries, "MaxItems", "NextToken", "NextToken", {"Deliveries"}};
const Lister kMarked{list_keys, "MaxItems", "Marker", "Marker", {"Items"}};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest = fuzz::as_text(data, size);
  const std::size_t items_max = 1 + fuzz::take_byte(rest) % 4;
  Object parameters{{"Bucket", "logs"}, {"EncodingType", "url"}};
  for (const char* name : {"Prefix", "Delimiter", "StartAfter"})
    parameters[name] = fuzz::take_until(rest, '\n');
  for (const auto* lister : {&kObjects, &kDeliveries, &kMarked}) {
    parameters[lister->token] = rest;
    check(*lister, parameters, items_max);
  }
  return 0;
}

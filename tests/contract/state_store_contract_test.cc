// links: adapters
// What every StateStore does: ports/state_store.h.
#include "ports/state_store.h"

#include "tests/contract/store_traits.h"

namespace sextant::contract {
namespace {

using std::chrono::seconds;

template <typename Traits>
class StateStoreContract : public StoreContract<Traits> {
 protected:
  std::vector<std::string> keys(std::string_view prefix, std::string_view after = {},
                                std::size_t limit = 100) {
    auto entries = this->store().scan(prefix, after, limit);
    EXPECT_TRUE(entries) << entries.error().message;
    std::vector<std::string> found;
    for (const auto& entry : *entries) found.push_back(entry.key);
    return found;
  }
};
TYPED_TEST_SUITE(StateStoreContract, AllStores);

using Keys = std::vector<std::string>;

TYPED_TEST(StateStoreContract, AbsentIsNoError) {
  EXPECT_FALSE(this->get("never"));
  EXPECT_EQ(this->keys("never"), Keys{});
}

TYPED_TEST(StateStoreContract, AnyBytesAreKeysAndValues) {
  std::string bytes;
  for (int i = 255; i >= 0; --i) bytes.push_back(static_cast<char>(i));
  ASSERT_TRUE(this->put(bytes, bytes));
  ASSERT_TRUE(this->put("empty", ""));
  EXPECT_EQ(this->value(bytes), bytes);
  EXPECT_EQ(this->value("empty"), "");
  EXPECT_EQ(this->keys(bytes.substr(0, 3)), Keys{bytes});
}

TYPED_TEST(StateStoreContract, ScansAreInBytewiseOrderWithinThePrefix) {
  const Keys inside = {"p", std::string("p\0", 2), "p/1", "p/10", "p/2", "p\xff", "p\xff\xff"};
  for (const auto& key : inside) ASSERT_TRUE(this->put(key, "v:" + key));
  for (const auto& key : {"o", "o\xff\xff", "q", "P"}) ASSERT_TRUE(this->put(key, "outside"));
  EXPECT_EQ(this->keys("p"), inside);
  EXPECT_EQ(this->keys("p/1"), (Keys{"p/1", "p/10"}));
  EXPECT_EQ(this->keys("p\xff"), (Keys{"p\xff", "p\xff\xff"}));
  EXPECT_EQ(this->keys("").size(), inside.size() + 4);
  EXPECT_EQ(this->store().scan("p/2", {}, 1)->front().value, "v:p/2");
}

TYPED_TEST(StateStoreContract, PagesGoOnAfterAKey) {
  for (int i = 0; i < 7; ++i) ASSERT_TRUE(this->put("p/" + std::to_string(i), ""));
  EXPECT_EQ(this->keys("p/", "", 3), (Keys{"p/0", "p/1", "p/2"}));
  EXPECT_EQ(this->keys("p/", "p/2", 3), (Keys{"p/3", "p/4", "p/5"}));
  EXPECT_EQ(this->keys("p/", "p/5", 3), (Keys{"p/6"}));
  EXPECT_EQ(this->keys("p/", "p/6", 3), Keys{});
  EXPECT_EQ(this->keys("p/", "p/2x", 1), (Keys{"p/3"}));  // `after` need not exist
  EXPECT_EQ(this->keys("p/", "", 0), Keys{});
  EXPECT_EQ(this->keys("p/", "a", 1), (Keys{"p/0"}));  // before the prefix: from its start
  EXPECT_EQ(this->keys("p/", "z", 1), Keys{});         // behind it: nothing
}

TYPED_TEST(StateStoreContract, ForEachVisitsAllPagesAndMayStop) {
  ports::Batch batch;
  for (int i = 0; i < 2'500; ++i) batch.puts.push_back({"n/" + std::to_string(10'000 + i), "v"});
  ASSERT_TRUE(this->commit(std::move(batch)));
  int visited = 0;
  EXPECT_TRUE(for_each(this->store(), "n/", [&](const ports::Entry&) -> Result<> {
    ++visited;
    return {};
  }));
  EXPECT_EQ(visited, 2'500);
  const auto stopped = for_each(this->store(), "n/", [&](const ports::Entry&) -> Result<> {
    return fail(Code::Denied, "enough");
  });
  EXPECT_EQ(stopped.error().code, Code::Denied);
}

TYPED_TEST(StateStoreContract, ExpiredKeysAreInvisibleFromTheirTimeOn) {
  const Time end = this->clock().now() + seconds(10);
  const auto put = this->commit({.puts = {{"p/dies", "v", end}, {"p/stays", "v"}}});
  ASSERT_TRUE(put);
  this->clock().advance(seconds(10) - Duration(1));
  EXPECT_EQ(this->keys("p/"), (Keys{"p/dies", "p/stays"}));
  EXPECT_EQ(this->value("p/dies"), "v");
  this->clock().advance(Duration(1));
  EXPECT_EQ(this->value("p/dies"), "(absent)");
  EXPECT_EQ(this->keys("p/"), Keys{"p/stays"});
  EXPECT_EQ(this->keys("p/", "", 1), Keys{"p/stays"});  // it takes no place of a page
  EXPECT_EQ(this->commit({.conditions = {{"p/dies", put->version}}}).error().code, Code::Conflict);
  EXPECT_TRUE(this->commit({.conditions = {{"p/dies"}}, .puts = {{"p/dies", "again"}}}));
  this->clock().advance(seconds(100));
  EXPECT_EQ(this->value("p/dies"), "again");  // the new one has no end
}

TYPED_TEST(StateStoreContract, ExpiryOutlivesTheStore) {
  if constexpr (TypeParam::kDurable) {
    ASSERT_TRUE(this->commit({.puts = {{"k", "v", this->clock().now() + seconds(10)}}}));
    this->reopen();
    EXPECT_EQ(this->value("k"), "v");
    this->clock().advance(seconds(10));
    EXPECT_EQ(this->value("k"), "(absent)");
  }
}

}  // namespace
}  // namespace sextant::contract

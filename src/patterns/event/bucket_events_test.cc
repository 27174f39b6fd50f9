#include "patterns/event/bucket_events.h"

#include <gtest/gtest.h>

#include "adapters/memory/store.h"
#include "model/codec.h"
#include "store/keys.h"
#include "tests/support/idle_dispatcher.h"

namespace sextant::patterns::event {
namespace {

TEST(BucketNotification, MatchesByEventPrefixAndSuffix) {
  struct {
    std::vector<std::string> events;
    std::string prefix;
    std::string suffix;
    std::string name;
    std::string key;
    bool expected;
  } const table[] = {
      {{"s3:ObjectCreated:*"}, "", "", "ObjectCreated:Put", "k", true},
      {{"s3:ObjectCreated:*"}, "", "", "ObjectCreated:CompleteMultipartUpload", "k", true},
      {{"s3:ObjectCreated:*"}, "", "", "ObjectRemoved:Delete", "k", false},
      {{"s3:ObjectCreated:Put"}, "", "", "ObjectCreated:Put", "k", true},
      {{"s3:ObjectCreated:Put"}, "", "", "ObjectCreated:Post", "k", false},
      {{"s3:ObjectCreated:Pu"}, "", "", "ObjectCreated:Put", "k", false},
      {{"s3:ObjectRemoved:*", "s3:ObjectCreated:Put"}, "", "", "ObjectCreated:Put", "k", true},
      {{}, "", "", "ObjectCreated:Put", "k", false},
      {{"s3:ObjectCreated:*"}, "alb/", "", "ObjectCreated:Put", "alb/1", true},
      {{"s3:ObjectCreated:*"}, "alb/", "", "ObjectCreated:Put", "a/alb/1", false},
      {{"s3:ObjectCreated:*"}, "alb/", "", "ObjectCreated:Put", "ALB/1", false},
      {{"s3:ObjectCreated:*"}, "", ".gz", "ObjectCreated:Put", "1.log.gz", true},
      {{"s3:ObjectCreated:*"}, "", ".gz", "ObjectCreated:Put", "1.gz.log", false},
      {{"s3:ObjectCreated:*"}, "alb/", ".gz", "ObjectCreated:Put", "alb/1.gz", true},
      {{"s3:ObjectCreated:*"}, "alb/", ".gz", "ObjectCreated:Put", "alb/1.log", false},
      // Both may cover the same characters, and the whole key.
      {{"s3:ObjectCreated:*"}, "a.g", ".gz", "ObjectCreated:Put", "a.gz", true},
      {{"s3:ObjectCreated:*"}, "a.gz", "a.gz", "ObjectCreated:Put", "a.gz", true},
      {{"s3:ObjectCreated:*"}, "a.gz.", "", "ObjectCreated:Put", "a.gz", false},
      // The key as it is stored: never as a URL or an event's JSON would write it.
      {{"s3:ObjectCreated:*"}, "a b+c/", "", "ObjectCreated:Put", "a b+c/1", true},
      {{"s3:ObjectCreated:*"}, "a b/", "", "ObjectCreated:Put", "a+b/1", false},
      {{"s3:ObjectCreated:*"}, "a%20b/", "", "ObjectCreated:Put", "a b/1", false},
      {{"s3:ObjectCreated:*"}, "a%20b/", "", "ObjectCreated:Put", "a%20b/1", true},
      {{"s3:ObjectCreated:*"}, "", "=ü", "ObjectCreated:Put", "day=ü", true},
      // A star is a letter in a prefix.
      {{"s3:ObjectCreated:*"}, "*", "", "ObjectCreated:Put", "k", false},
  };
  for (const auto& row : table) {
    const model::Notification notification{.id = "n",
                                           .events = row.events,
                                           .prefix = row.prefix,
                                           .suffix = row.suffix,
                                           .function_arn = {}};
    store::Event event;
    event.name = row.name;
    event.key = row.key;
    EXPECT_EQ(matches(notification, event), row.expected)
        << row.prefix << "…" << row.suffix << " " << row.name << " " << row.key;
  }
}

class BucketEventsTest : public testing::Test {
 protected:
  BucketEventsTest() {
    model::App app;
    app.name = "ti";
    model::Bucket bucket;
    bucket.name = BucketName("logs");
    bucket.arn = "arn:aws:s3:::logs";
    for (const char* name : {"first", "second"}) {
      model::Function function;
      function.name = FunctionName(name);
      function.arn = std::string("arn:aws:lambda:us-east-1:000000000000:function:") + name;
      app.functions[name] = function;
      bucket.notifications.push_back({.id = std::string("of-") + name,
                                      .events = {"s3:ObjectCreated:*"},
                                      .prefix = "",
                                      .suffix = name == std::string("first") ? "" : ".gz",
                                      .function_arn = function.arn});
    }
    app.buckets["logs"] = bucket;
    ports::Batch batch;
    batch.puts.push_back({store::keys::app(scope_, app.name), model::encode(app)});
    EXPECT_TRUE(ports::commit(store_, std::move(batch)));
    configuration_ = std::move(*store::ConfigurationStore::open(store_, scope_));
    events_.emplace(*configuration_, dispatcher_);
  }

  Result<std::vector<store::Delivery>> add(const std::string& bucket, const std::string& key) {
    store::Event event;
    event.name = "ObjectCreated:Put";
    event.bucket = bucket;
    event.key = key;
    event.sequencer = "1";
    event.body = {{.id = "body", .is_inline = true, .size = 1}};
    event.time = clock_.now();
    return events_->add(batch_, event, trace_);
  }

  Scope scope_{AccountId("000000000000"), Region("us-east-1")};
  ManualClock clock_{Time(std::chrono::seconds(1'783'030'980))};
  adapters::MemoryStore store_{clock_};
  test::IdleDispatcher dispatcher_;
  std::unique_ptr<store::ConfigurationStore> configuration_;
  std::optional<BucketEvents> events_;
  ports::Batch batch_;
  const Trace trace_ = make_trace();
};

TEST_F(BucketEventsTest, EverySubscriptionThatMatchesGetsItsOwnDelivery) {
  const auto both = add("logs", "1.gz");
  ASSERT_TRUE(both);
  ASSERT_EQ(both->size(), 2u);
  EXPECT_EQ((*both)[0].event.notification_id, "of-first");
  EXPECT_EQ((*both)[1].event.notification_id, "of-second");
  EXPECT_NE((*both)[0].id, (*both)[1].id);
  for (const auto& delivery : *both) {
    EXPECT_EQ(delivery.id, store::delivery_id(delivery.function, delivery.event));
    EXPECT_EQ(delivery.trace.trace_id, trace_.trace_id);
    EXPECT_EQ(delivery.due, clock_.now());
  }
  EXPECT_EQ(batch_.puts.size(), 2u) << "each holds the object's bytes";
  EXPECT_TRUE(dispatcher_.woken.empty()) << "not before the batch is durable";
  events_->wake(*both);
  EXPECT_EQ(dispatcher_.woken.size(), 2u);
  EXPECT_TRUE(dispatcher_.unconfirmed.empty());
  events_->wake_unconfirmed(*both);
  EXPECT_EQ(dispatcher_.unconfirmed.size(), 2u);
}

TEST_F(BucketEventsTest, WhatNobodyAskedForMakesNone) {
  EXPECT_EQ(add("logs", "1.log")->size(), 1u);
  EXPECT_EQ(add("other", "1.gz")->size(), 0u);
}

TEST_F(BucketEventsTest, ADispatcherThatIsFullRefusesTheChange) {
  dispatcher_.full = true;
  const auto refused = add("logs", "1.gz");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::Exhausted);
  EXPECT_TRUE(add("other", "1.gz")) << "but only where a function waits for it";
}

}  // namespace
}  // namespace sextant::patterns::event

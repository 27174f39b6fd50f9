#include "store/delivery.h"

#include <gtest/gtest.h>

#include "core/encoding.h"

namespace sextant::store {
namespace {

const Time kThen{std::chrono::seconds(1'783'030'980)};

Event put_event() {
  Event event;
  event.name = "ObjectCreated:Put";
  event.source_arn = "arn:aws:s3:::logs";
  event.notification_id = "stack/Collector/NewLog";
  event.bucket = "logs";
  event.key = "a/b c.log.gz";
  event.etag = "d41d8cd98f00b204e9800998ecf8427e";
  event.sequencer = "0000000000000007";
  event.principal_id = "AKIA";
  event.source_ip = "127.0.0.1";
  event.request_id = "r-1";
  event.size = 70'000;
  event.body = {{.id = "i1", .is_inline = true, .size = 10},
                {.id = "b2", .is_inline = false, .size = 69'990}};
  event.time = kThen;
  return event;
}

Delivery ended_delivery() {
  Delivery delivery;
  delivery.function = FunctionName("collector");
  delivery.event = put_event();
  delivery.id = delivery_id(delivery.function, delivery.event);
  delivery.trace = {.trace_id = "0af7651916cd43dd8448eb211c80319c",
                    .parent_id = "b7ad6b7169203331"};
  delivery.hop = 2;
  delivery.created = kThen;
  delivery.due = kThen + std::chrono::seconds(3);
  delivery.attempts = 2;
  delivery.revision = "9f86d081";
  delivery.outcome = OutcomeKind::SentToFailureDestination;
  delivery.cause = Cause{.code = "AccessDenied", .message = "no", .stage = "lake.land"};
  delivery.ended = kThen + std::chrono::seconds(5);
  delivery.started = kThen + std::chrono::seconds(4);
  delivery.stages = {{.stage = "parsers.alb", .rows_in = 0, .rows_out = 9, .micros = 1'234}};
  delivery.rows_landed = 9;
  delivery.rows_malformed = 1;
  return delivery;
}

TEST(DeliveryRecord, ComesBackAsItWas) {
  EXPECT_EQ(decode_delivery(encode(ended_delivery())), ended_delivery());
  EXPECT_EQ(decode_delivery(encode(Delivery{})), Delivery{});
}

// Version 1 as written by the first release: these bytes stay readable.
TEST(DeliveryRecord, VersionOneIsGolden) {
  const std::string golden =
      "010a2062656366306138326562393764396661336237316131323762333236656533361209636f6c6c656374"
      "6f721ac20101080112114f626a656374437265617465643a5075741a1161726e3a6177733a73333a3a3a6c6f"
      "67732216737461636b2f436f6c6c6563746f722f4e65774c6f672a046c6f6773320c612f6220632e6c6f672e"
      "677a3a2064343164386364393866303062323034653938303039393865636638343237654210303030303030"
      "303030303030303030374a04414b494152093132372e302e302e315a03722d3160f0a2047080f2be8184b595"
      "036a09010a0269311001180a6a09010a02623218e6a204222030616637363531393136636434336464383434"
      "386562323131633830333139632a106237616436623731363932303333333130023880f2be8184b5950340c0"
      "fff58284b595034802520839663836643038315802621e010a0c41636365737344656e69656412026e6f1a09"
      "6c616b652e6c616e6468c088f08384b59503708084b38384b595037a13010a0b706172736572732e616c6218"
      "0920d209800109880101";
  EXPECT_EQ(hex(encode(ended_delivery())), golden);
  EXPECT_EQ(decode_delivery(*from_hex(golden)), ended_delivery());
}

TEST(DeliveryRecord, BytesCutAnywhereAreCorruptOrShorter) {
  const auto bytes = encode(ended_delivery());
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    const auto cut = decode_delivery(bytes.substr(0, length));
    if (cut) {
      EXPECT_NE(*cut, ended_delivery()) << length;  // cut between two fields
    } else {
      EXPECT_EQ(cut.error().code, Code::Corrupt) << length;
    }
  }
  EXPECT_EQ(decode_delivery("\x02").error().code, Code::Corrupt);
}

TEST(DeliveryRecord, AnOutcomeOrTriggerThatNobodyKnowsIsCorrupt) {
  auto delivery = ended_delivery();
  delivery.outcome = static_cast<OutcomeKind>(4);
  EXPECT_EQ(decode_delivery(encode(delivery)).error().code, Code::Corrupt);
  delivery = ended_delivery();
  delivery.event.trigger = static_cast<TriggerKind>(7);
  EXPECT_EQ(decode_delivery(encode(delivery)).error().code, Code::Corrupt);
}

TEST(DeliveryRecord, AFieldOfALaterProgramIsPassedOver) {
  const auto later = encode(ended_delivery()) + "\xF8\x07\x01";  // field 127, number 1
  EXPECT_EQ(decode_delivery(later), ended_delivery());
}

TEST(DeliveryRecord, ATraceThatIsNotSampledStaysSo) {
  auto delivery = ended_delivery();
  delivery.trace.sampled = false;
  EXPECT_EQ(decode_delivery(encode(delivery)), delivery);
}

TEST(DeliveryId, IsTheEventsAndNothingElses) {
  const FunctionName function("collector");
  const auto id = delivery_id(function, put_event());
  EXPECT_EQ(id.text().size(), 32u);
  auto again = put_event();
  again.time = kThen + std::chrono::hours(1);
  again.request_id = "r-2";
  EXPECT_EQ(delivery_id(function, again), id) << "a notification that comes twice";

  EXPECT_NE(delivery_id(FunctionName("other"), put_event()), id);
  for (auto member : {&Event::notification_id, &Event::bucket, &Event::key, &Event::sequencer}) {
    auto other = put_event();
    other.*member += "x";
    EXPECT_NE(delivery_id(function, other), id);
  }
  auto moved = put_event();  // no two ways to cut the same text
  moved.bucket = "logsa";
  moved.key = "/b c.log.gz";
  EXPECT_NE(delivery_id(function, moved), id);
}

}  // namespace
}  // namespace sextant::store

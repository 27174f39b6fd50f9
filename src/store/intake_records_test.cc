#include "store/intake_records.h"

#include <gtest/gtest.h>

#include "core/encoding.h"

namespace sextant::store {
namespace {

const Time kThen{std::chrono::seconds(1'783'030'980)};

IntakeSource example_source() {
  return {.name = "web-1",
          .kind = "alb",
          .bucket = "logs",
          .prefix = "intake/web-1/",
          .suffix = ".log",
          .token_id = "0123456789abcdef",
          .token_sha256 = "hash",
          .created = kThen,
          .created_by = "arn:aws:iam::000000000000:root",
          .requests_per_s = 100,
          .bytes_per_s = 1'000'000};
}

IntakeBatch example_batch() {
  return {.sha256 = "hash",
          .lines = 3,
          .bytes = 300,
          .bucket = "logs",
          .key = "intake/web-1/2026/07/02/222300-b1.log",
          .accepted = kThen};
}

TEST(IntakeRecords, GoldenBytes) {
  EXPECT_EQ(hex(encode(example_source())),
            "010a057765622d311203616c621a046c6f6773220d696e74616b652f7765622d312f2a042e6c6f673210"
            "303132333435363738396162636465663a04686173684080f2be8184b595034a1e61726e3a6177733a69"
            "616d3a3a3030303030303030303030303a726f6f74506458c0843d");
  EXPECT_EQ(hex(encode(example_batch())),
            "010a0468617368100318ac022225696e74616b652f7765622d312f323032362f30372f30322f32323233"
            "30302d62312e6c6f672880f2be8184b5950332046c6f6773");
  EXPECT_EQ(decode_intake_source(encode(example_source())), example_source());
  EXPECT_EQ(decode_intake_batch(encode(example_batch())), example_batch());
}

TEST(IntakeRecords, DamageIsFound) {
  const auto source = encode(example_source());
  const auto batch = encode(example_batch());
  EXPECT_FALSE(decode_intake_source(""));
  EXPECT_FALSE(decode_intake_batch("\x02"));
  EXPECT_FALSE(decode_intake_source(source.substr(0, source.size() - 1)));
  EXPECT_FALSE(decode_intake_batch(batch.substr(0, batch.size() - 1)));
}

}  // namespace
}  // namespace sextant::store

#include "store/identity_records.h"

#include <gtest/gtest.h>

#include "core/encoding.h"

namespace sextant::store {
namespace {

const Time kThen{std::chrono::seconds(1'783'030'980)};

IdentityRecord example_role() {
  return {.kind = IdentityKind::Role,
          .name = "Reader",
          .path = "/soc/",
          .id = "AROAABCDEFGHIJKLMNOPQ",
          .arn = "arn:aws:iam::000000000000:role/soc/Reader",
          .created = kThen,
          .inline_policies = {{"read", "{}"}, {"write", "[]"}},
          .attached_policies = {"arn:aws:iam::aws:policy/B", "arn:aws:iam::aws:policy/A"},
          .boundary_arn = "arn:aws:iam::000000000000:policy/b",
          .tags = {{"empty", ""}, {"team", "blue"}},
          .trust_policy = R"({"Statement":[]})",
          .trusted_ids = {{"arn:aws:iam::000000000000:user/ada", "AIDAABCDEFGHIJKLMNOPQ"}},
          .description = "reads",
          .session_max_s = 7'200};
}

PolicyRecord example_policy() {
  return {.name = "p",
          .path = "/",
          .id = "ANPAABCDEFGHIJKLMNOPQ",
          .arn = "arn:aws:iam::000000000000:policy/p",
          .created = kThen,
          .updated = kThen + std::chrono::seconds(5),
          .description = "what it is for",
          .tags = {{"team", "blue"}},
          .versions = {{.number = 1, .document = "{}", .created = kThen},
                       {.number = 3, .document = "[]", .created = kThen}},
          .default_version = 3,
          .next_version = 4};
}

TEST(IdentityRecords, ComeBackAsTheyWere) {
  EXPECT_EQ(decode_identity(encode(example_role())), example_role());
  EXPECT_EQ(decode_policy(encode(example_policy())), example_policy());
  const IdentityRecord user{.kind = IdentityKind::User, .name = "ada"};
  EXPECT_EQ(decode_identity(encode(user)), user);
}

TEST(IdentityRecords, VersionOneIsGolden) {
  const std::string role =
      "01080212065265616465721a052f736f632f221541524f414142434445464748494a4b4c4d4e4f50512a"
      "2961726e3a6177733a69616d3a3a3030303030303030303030303a726f6c652f736f632f526561646572"
      "3080f2be8184b595033a0b010a047265616412027b7d3a0c010a05777269746512025b5d421961726e3a"
      "6177733a69616d3a3a6177733a706f6c6963792f42421961726e3a6177733a69616d3a3a6177733a706f"
      "6c6963792f414a2261726e3a6177733a69616d3a3a3030303030303030303030303a706f6c6963792f62"
      "5208010a05656d707479520d010a047465616d1204626c75655a107b2253746174656d656e74223a5b5d"
      "7d623c010a2261726e3a6177733a69616d3a3a3030303030303030303030303a757365722f6164611215"
      "414944414142434445464748494a4b4c4d4e4f50516a05726561647370a038";
  const std::string policy =
      "010a017012012f1a15414e50414142434445464748494a4b4c4d4e4f5051222261726e3a6177733a6961"
      "6d3a3a3030303030303030303030303a706f6c6963792f702880f2be8184b5950330c088f08384b59503"
      "3a0e7768617420697420697320666f72420d010a047465616d1204626c75654a1001080112027b7d1880"
      "f2be8184b595034a1001080312025b5d1880f2be8184b5950350035804";
  EXPECT_EQ(hex(encode(example_role())), role);
  EXPECT_EQ(hex(encode(example_policy())), policy);
}

TEST(IdentityRecords, BytesCutAnywhereAreCorruptOrShorter) {
  const auto role = encode(example_role());
  for (std::size_t length = 0; length < role.size(); ++length) {
    const auto cut = decode_identity(role.substr(0, length));
    EXPECT_TRUE(cut ? *cut != example_role() : cut.error().code == Code::Corrupt) << length;
  }
  const auto policy = encode(example_policy());
  for (std::size_t length = 0; length < policy.size(); ++length) {
    const auto cut = decode_policy(policy.substr(0, length));
    EXPECT_TRUE(cut ? *cut != example_policy() : cut.error().code == Code::Corrupt) << length;
  }
}

TEST(IdentityRecords, APolicyWithoutItsDefaultVersionIsCorrupt) {
  auto policy = example_policy();
  policy.default_version = 2;
  EXPECT_EQ(decode_policy(encode(policy)).error().code, Code::Corrupt);
}

}  // namespace
}  // namespace sextant::store

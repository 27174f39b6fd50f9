#include "guard/audit/digest.h"

#include <gtest/gtest.h>

#include "core/encoding.h"
#include "guard/audit/seal_position.h"

namespace sextant::guard {
namespace {

constexpr Time kNow{std::chrono::seconds(1'800'000'000)};

// Making one takes longer than a unit test should.
const SigningKey& a_key() {
  static const SigningKey kKey = SigningKey::make();
  return kKey;
}
const SigningKey& another_key() {
  static const SigningKey kKey = SigningKey::make();
  return kKey;
}

Digest a_digest(std::uint64_t number = 1) {
  return {.scope = {AccountId("111122223333"), Region("eu-central-1")},
          .number = number,
          .started = kNow,
          .ended = kNow + std::chrono::minutes(5),
          .first = number * 10,
          .last = number * 10 + 9,
          .chain = sha256("chain"),
          .oldest = "2027-01-15T08:00:00Z",
          .newest = "2027-01-15T08:04:59Z",
          .key_fingerprint = a_key().verifying().fingerprint(),
          .previous_hash = {},
          .previous_signature = {}};
}

// One behind the other.
std::vector<SignedDigest> three_digests(const SigningKey& key = a_key()) {
  std::vector<SignedDigest> made;
  for (std::uint64_t number = 1; number <= 3; ++number) {
    auto digest = a_digest(number);
    digest.key_fingerprint = key.verifying().fingerprint();
    if (!made.empty()) {
      digest.previous_hash = sha256_hex(made.back().document);
      digest.previous_signature = hex(made.back().signature);
    }
    made.push_back(sign(digest, key));
  }
  return made;
}

// The message about the first that does not hold, or "".
std::string first_problem(const std::vector<SignedDigest>& digests) {
  DigestCheck check(a_key().verifying());
  for (const auto& digest : digests) {
    if (const auto taken = check.take(digest); !taken) {
      EXPECT_EQ(taken.error().code, Code::Corrupt);
      return taken.error().message;
    }
  }
  return "";
}

TEST(Digest, ReadsAsItWasWritten) {
  const auto digest = a_digest(7);
  const auto document = document_of(digest);
  const auto read = parse_digest(document);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(document_of(*read), document);
  EXPECT_EQ(read->number, 7u);
  EXPECT_EQ(read->chain, digest.chain);
  EXPECT_EQ(read->previous_hash, "");
  const auto stored = decode_signed_digest(encode(sign(digest, a_key())));
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->document, document);
}

TEST(Digest, WhatIsNoDigestIsSaid) {
  for (const char* text : {"", "{", "[]", "{}", R"({"segment":1})"}) {
    EXPECT_EQ(parse_digest(text).error().code, Code::Invalid) << text;
  }
  const auto whole = document_of(a_digest());
  for (const char* name : {"digestNumber", "digestEndTime", "hashValue", "lastSequence"}) {
    auto text = whole;
    text.replace(text.find(name), 1, "x");
    EXPECT_TRUE(parse_digest(text).error().message.contains(name)) << name;
  }
}

TEST(Digest, EveryByteIsSigned) {
  const auto made = sign(a_digest(), a_key());
  EXPECT_TRUE(a_key().verifying().verifies(made.document, made.signature));
  EXPECT_FALSE(another_key().verifying().verifies(made.document, made.signature));
  for (std::size_t at = 0; at < made.document.size(); at += 37) {
    auto changed = made;
    changed.document[at] ^= 1;
    EXPECT_FALSE(a_key().verifying().verifies(changed.document, changed.signature)) << at;
  }
  EXPECT_FALSE(a_key().verifying().verifies(made.document, ""));
}

TEST(Digest, EachNamesTheOneBefore) {
  const auto good = three_digests();
  EXPECT_EQ(first_problem(good), "");
  EXPECT_EQ(first_problem({good[1], good[2]}), "") << "older ones may be kept elsewhere";
  EXPECT_TRUE(first_problem({good[0], good[2]}).contains("those between them are missing"));
  EXPECT_TRUE(first_problem({good[0], good[1], good[1]}).contains("missing"));

  auto bad = good;
  bad[1].document.replace(bad[1].document.find("2027"), 4, "2028");
  EXPECT_TRUE(first_problem(bad).contains("digest 2 is not as it was signed"));
  // Signed anew with the right key, as only the node can: then the next one does not follow.
  auto digest = *parse_digest(bad[1].document);
  bad[1] = sign(digest, a_key());
  EXPECT_TRUE(first_problem(bad).contains("digest 3 names another digest before it"));
  digest.previous_hash = std::string(64, '0');
  EXPECT_TRUE(first_problem({good[0], sign(digest, a_key())}).contains("digest 2 names another"));

  EXPECT_TRUE(first_problem(three_digests(another_key())).contains("with another key"));
}

TEST(SealPosition, VersionOneIsGolden) {
  const SealPosition position{.number = 3,
                              .last = 300,
                              .chain = Sha256Digest{1, 2, 3},
                              .ended = Time(Duration(7)),
                              .digest_hash = "ab",
                              .digest_signature = "cd"};
  const auto bytes = encode(position);
  EXPECT_EQ(hex(bytes), "01080310ac021a20010203" + std::string(58, '0') + "20072a02616232026364");
  const auto read = decode_seal_position(bytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(encode(*read), bytes);
  EXPECT_EQ(decode_seal_position(bytes.substr(0, 9)).error().code, Code::Corrupt);
  EXPECT_EQ(decode_seal_position("").error().code, Code::Corrupt);
}

TEST(SignedDigest, VersionOneIsGolden) {
  EXPECT_EQ(hex(encode(SignedDigest{.document = "{}", .signature = "s"})), "010a027b7d120173");
}

}  // namespace
}  // namespace sextant::guard

#include "guard/chunk_decoder.h"

#include <gtest/gtest.h>

#include "core/encoding.h"
#include "core/sigv4.h"

namespace sextant::guard {
namespace {

// The worked example of sigv4-streaming.html: 66,560 bytes 'a' in chunks of 64 KiB and 1 KiB.
constexpr auto kExampleSecret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
constexpr auto kExampleSeed = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9";
constexpr auto kExampleFirst = "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648";
constexpr auto kExampleSecond = "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497";
constexpr auto kExampleLast = "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9";

ChunkRules example_rules() {
  const sigv4::CredentialScope scope{.date = "20130524", .region = "us-east-1", .service = "s3"};
  ChunkRules rules;
  rules.is_signed = true;
  rules.decoded_bytes = 66'560;
  rules.amz_date = "20130524T000000Z";
  rules.scope = scope.text();
  rules.signing_key = sigv4::signing_key(kExampleSecret, scope);
  rules.seed_signature = kExampleSeed;
  return rules;
}

std::string chunk(const std::string& data, const std::string& signature) {
  char size[20];
  std::snprintf(size, sizeof size, "%zx", data.size());
  return size + (signature.empty() ? "" : ";chunk-signature=" + signature) + "\r\n" + data + "\r\n";
}
std::string example_body() {
  return chunk(std::string(65'536, 'a'), kExampleFirst) +
         chunk(std::string(1'024, 'a'), kExampleSecond) + chunk("", kExampleLast);
}

struct Outcome {
  std::string decoded;
  std::string error;  // name; "" when all is well
  ChunkDecoder::Trailers trailers = {};
};

Outcome decode(const ChunkRules& rules, std::string_view body, std::size_t piece = 100'000) {
  ChunkDecoder decoder(rules);
  Outcome outcome;
  for (std::size_t at = 0; at < body.size(); at += piece) {
    if (auto fed = decoder.feed(body.substr(at, piece), outcome.decoded); !fed) {
      outcome.error = fed.error().name;
      return outcome;
    }
  }
  if (auto done = decoder.finish(); !done) outcome.error = done.error().name;
  outcome.trailers = decoder.trailers();
  return outcome;
}

TEST(ChunkDecoder, DecodesTheWorkedExampleHoweverItArrives) {
  for (const std::size_t piece : {1, 7, 4'096, 100'000}) {
    const auto outcome = decode(example_rules(), example_body(), piece);
    EXPECT_EQ(outcome.error, "") << piece;
    EXPECT_EQ(outcome.decoded, std::string(66'560, 'a'));
  }
}

TEST(ChunkDecoder, FindsEveryChange) {
  const auto good = example_body();
  auto changed = good;
  changed[70'000 % good.size()] = 'b';  // in the second chunk
  EXPECT_EQ(decode(example_rules(), changed).error, "SignatureDoesNotMatch");
  changed = good;
  changed[200] = 'b';  // in the first
  EXPECT_EQ(decode(example_rules(), changed).error, "SignatureDoesNotMatch");
  const auto swapped = chunk(std::string(1'024, 'a'), kExampleSecond) +
                       chunk(std::string(65'536, 'a'), kExampleFirst) + chunk("", kExampleLast);
  EXPECT_EQ(decode(example_rules(), swapped).error, "SignatureDoesNotMatch");
  const auto without_second =
      chunk(std::string(65'536, 'a'), kExampleFirst) + chunk("", kExampleLast);
  EXPECT_EQ(decode(example_rules(), without_second).error, "SignatureDoesNotMatch");
}

TEST(ChunkDecoder, FindsATruncatedBodyWhereverItEnds) {
  const auto good = example_body();
  for (const std::size_t cut : {std::size_t(1), std::size_t(2), std::size_t(40), std::size_t(90),
                                std::size_t(1'000), good.size() - 1}) {
    EXPECT_EQ(decode(example_rules(), good.substr(0, good.size() - cut)).error, "IncompleteBody")
        << cut;
  }
  EXPECT_EQ(decode(example_rules(), "").error, "IncompleteBody");
}

ChunkRules unsigned_rules(std::uint64_t bytes, std::vector<std::string> trailers) {
  ChunkRules rules;
  rules.has_trailer = true;
  rules.decoded_bytes = bytes;
  rules.trailer_names = std::move(trailers);
  return rules;
}

TEST(ChunkDecoder, UnsignedChunksWithATrailer) {
  const auto rules = unsigned_rules(11, {"x-amz-checksum-crc32"});
  const std::string body =
      "6\r\nhello \r\n5\r\nworld\r\n0\r\nX-Amz-Checksum-Crc32: DUoRhQ==\r\n\r\n";
  for (const std::size_t piece : {1, 3, 1'000}) {
    const auto outcome = decode(rules, body, piece);
    EXPECT_EQ(outcome.error, "");
    EXPECT_EQ(outcome.decoded, "hello world");
    ASSERT_EQ(outcome.trailers.size(), 1u);
    EXPECT_EQ(outcome.trailers[0].first, "x-amz-checksum-crc32");
    EXPECT_EQ(outcome.trailers[0].second, "DUoRhQ==");
  }
}

TEST(ChunkDecoder, SignedTrailer) {
  const sigv4::CredentialScope scope{.date = "20260702", .region = "us-east-1", .service = "s3"};
  auto rules = unsigned_rules(2, {"x-amz-checksum-crc32c"});
  rules.is_signed = true;
  rules.amz_date = "20260702T000000Z";
  rules.scope = scope.text();
  rules.signing_key = sigv4::signing_key("secret", scope);
  rules.seed_signature = std::string(64, '0');
  std::string previous = rules.seed_signature;
  const auto sign = [&](const std::string& kind, const std::string& hashes) {
    previous =
        sigv4::signature(rules.signing_key, kind + "\n" + rules.amz_date + "\n" + rules.scope +
                                                "\n" + previous + "\n" + hashes);
    return previous;
  };
  const auto of_chunk = [&](const std::string& data) {
    return sign("AWS4-HMAC-SHA256-PAYLOAD", sha256_hex("") + "\n" + sha256_hex(data));
  };
  std::string body = chunk("hi", of_chunk("hi"));
  body += "0;chunk-signature=" + of_chunk("") + "\r\n";
  const std::string signature =
      sign("AWS4-HMAC-SHA256-TRAILER", sha256_hex("x-amz-checksum-crc32c:abc=\n"));
  const auto with_trailer = [&](const std::string& value, const std::string& signed_as) {
    return body + "x-amz-checksum-crc32c:" + value + "\r\nx-amz-trailer-signature:" + signed_as +
           "\r\n\r\n";
  };
  EXPECT_EQ(decode(rules, with_trailer("abc=", signature)).error, "");
  EXPECT_EQ(decode(rules, with_trailer("abd=", signature)).error, "SignatureDoesNotMatch");
  EXPECT_EQ(decode(rules, body + "x-amz-checksum-crc32c:abc=\r\n\r\n").error,
            "SignatureDoesNotMatch");
}

TEST(ChunkDecoder, RefusesBrokenFraming) {
  const struct {
    const char* body;
    const char* error;
  } rows[] = {
      {"x\r\n", "InvalidRequest"},
      {"-1\r\n", "InvalidRequest"},
      {"\r\n", "InvalidRequest"},
      {"2\nhi\r\n", "InvalidRequest"},
      {"2;a=b\r\nhi\r\n", "InvalidRequest"},
      {"2\r\nhi!\r\n", "InvalidRequest"},
      {"11112222333344445\r\n", "InvalidRequest"},
      {"ffffffffffffffff\r\n", "IncompleteBody"},
      {"3\r\nhi!\r\n", "IncompleteBody"},
      {"2\r\nhi\r\n0\r\n\r\n", "MalformedTrailerError"},
      {"2\r\nhi\r\n0\r\nx-other: a\r\n\r\n", "MalformedTrailerError"},
      {"2\r\nhi\r\n0\r\nnothing\r\n\r\n", "MalformedTrailerError"},
      {"2\r\nhi\r\n0\r\nt:a\r\nt:a\r\n\r\n", "MalformedTrailerError"},
      {"2\r\nhi\r\n0\r\nt:a\r\n\r\nmore", "InvalidRequest"},
      {"1\r\nh\r\n0\r\nt:a\r\n\r\n", "IncompleteBody"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(decode(unsigned_rules(2, {"t"}), row.body, 1).error, row.error) << row.body;
  }
  EXPECT_EQ(decode(unsigned_rules(2, {"t"}), std::string(10'000, '0')).error, "InvalidRequest");
}

}  // namespace
}  // namespace sextant::guard

#include "core/hash.h"

#include <gtest/gtest.h>

#include "core/crc.h"
#include "core/encoding.h"

namespace sextant {
namespace {

struct Known {
  HashKind kind;
  std::string_view input;
  std::string_view digest;
};

// FIPS 180 / RFC 1321 examples; "123456789" is the check value of the CRC catalogue.
constexpr Known kKnown[] = {
    {HashKind::Md5, "", "d41d8cd98f00b204e9800998ecf8427e"},
    {HashKind::Md5, "abc", "900150983cd24fb0d6963f7d28e17f72"},
    {HashKind::Sha1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"},
    {HashKind::Sha256, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {HashKind::Sha256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {HashKind::Crc32, "", "00000000"},
    {HashKind::Crc32, "123456789", "cbf43926"},
    {HashKind::Crc32c, "", "00000000"},
    {HashKind::Crc32c, "123456789", "e3069283"},
    {HashKind::Crc64Nvme, "", "0000000000000000"},
    {HashKind::Crc64Nvme, "123456789", "ae8b14860a799888"},
};

TEST(Hash, KnownValues) {
  for (const auto& known : kKnown) {
    EXPECT_EQ(hex(hash(known.kind, known.input)), known.digest) << known.input;
  }
  EXPECT_EQ(sha256_hex("abc"), kKnown[4].digest);
}

TEST(Hash, PiecesGiveTheSameAsTheWhole) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text.push_back(static_cast<char>(i * 7));
  for (const auto& known : kKnown) {
    for (std::size_t cut = 0; cut < 40; ++cut) {
      Hasher hasher(known.kind);
      hasher.update(std::string_view(text).substr(0, cut));
      hasher.update(std::string_view(text).substr(cut, 3));
      hasher.update(std::string_view(text).substr(cut + 3));
      EXPECT_EQ(hasher.finish(), hash(known.kind, text)) << cut;
    }
  }
}

TEST(Hash, FastChecksumsAgreeWithTheTables) {
  std::string text;
  for (int i = 0; i < 5000; ++i) text.push_back(static_cast<char>((i * i) >> 3));
  for (std::size_t size = 0; size < text.size(); size += size < 300 ? 1 : 97) {
    const auto piece = std::string_view(text).substr(size % 9, size);
    EXPECT_EQ(crc::crc32c(7, piece), crc::crc32c_by_table(7, piece)) << size;
    EXPECT_EQ(crc::crc64nvme(7, piece), crc::crc64nvme_by_table(7, piece)) << size;
  }
}

TEST(Hash, HmacOfRfc4231) {
  EXPECT_EQ(hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hex(hmac_sha256(std::string(131, '\xaa'),
                            "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Hash, SecretsCompareByContent) {
  EXPECT_TRUE(equal_constant_time("secret", "secret"));
  EXPECT_FALSE(equal_constant_time("secret", "secreT"));
  EXPECT_FALSE(equal_constant_time("secret", "secrets"));
  EXPECT_TRUE(equal_constant_time("", ""));
}

}  // namespace
}  // namespace sextant

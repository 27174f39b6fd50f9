#include "core/signing_key.h"

#include <gtest/gtest.h>

namespace sextant {
namespace {

TEST(SigningKey, KeysTravelAsText) {
  const auto key = SigningKey::make();
  const auto pem = key.verifying().pem();
  EXPECT_TRUE(pem.starts_with("-----BEGIN PUBLIC KEY-----"));
  const auto read = VerifyingKey::from_pem(pem);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->fingerprint(), key.verifying().fingerprint());
  for (const auto& text : {std::string(), std::string("x"), pem.substr(0, pem.size() / 2)})
    EXPECT_EQ(VerifyingKey::from_pem(text).error().code, Code::Invalid);
  const auto again = SigningKey::from_der(key.der());
  ASSERT_TRUE(again);
  EXPECT_TRUE(key.verifying().verifies("m", again->sign("m")));
  EXPECT_EQ(SigningKey::from_der("x").error().code, Code::Corrupt);
}

}  // namespace
}  // namespace sextant

// What earlier programs stored of keys: bytes of version 1 that must stay readable, and that a new
// record still has the same form as they have. The keys are AWS's examples and open nothing.
#include <gtest/gtest.h>

#include "adapters/memory/store.h"
#include "core/encoding.h"
#include "core/file.h"
#include "guard/keys/credential_store.h"
#include "guard/keys/node_keys.h"
#include "guard/keys/principal_record.h"
#include "store/keys.h"
#include "tests/support/temporary_folder.h"

namespace sextant::guard {
namespace {

constexpr Time kNow{std::chrono::seconds(1'800'000'000)};
const Scope kScope{AccountId("000000000000"), Region("us-east-1")};
const std::string kAccessKeyId = "AKIAIOSFODNN7EXAMPLE";
const std::string kSessionKeyId = "ASIAIOSFODNN7EXAMPLE";
const std::string kSecret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

const std::string kMasterKeyText =
    "sextant-master-key-1 bW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW0=\n";
const std::string kDataKeyRecord =
    "010a4d01c62fab5fe183a294cc615ef72542881e808e3d40c68cdc04e9eb80f6ad7afeec3bb33337b907d134"
    "1a3b13ddc5b900f513d73549e7eb186c893321db8033006fce85713dab0b5724d3ad62c5";
const std::string kAccessKeyRecord =
    "010a5501d7df681bbb6338e434e35c38071b7d8c6aea78fb756c2b0b7ffa1cddc61600c27646615ff6a96ad5"
    "d6f859c70eeb23b31967745a98e1b457543df517f24dc56ba9e5d690baebfd04a9d19ab7489a56e1b5d52232"
    "1261010802120c3030303030303030303030301a2261726e3a6177733a69616d3a3a30303030303030303030"
    "30303a757365722f616e6e221441494441303132333435363738394142434445463a14414b4941494f53464f"
    "444e4e374558414d504c45188080e2c4f2a29903";
const std::string kSessionToken =
    "ATzNu4+b3pdSYqkZqj26IiQpiheBuKFWblqXSDlROiEQM8Fc5g9G5BEP8rDQfZ+9ivyQBIqdSTQMUF2xQVJfwP3k"
    "/WVc91SBeiT9Jg4xwegQE4H4Go2v6NptE1rSC6LpAdDIinnAi8jymYjwiA1ltKANBrMlg1qlJVel4zu1y3/k2PBu"
    "KOVglIL3NWcVBHHKIQ7MtTkhMw2Kdm6LtpMKsCrS/SrFOuHiEWG5KI8fD/i+27J8gQBa3J2XqKiPoRiW9BQY4oFk"
    "EVknHl1J99ecgQqdTcJQ6JAz/UdBSDYDYE7yGOia0Y6GiPxwQr44CEw5SGakP1o0V7wx1VTGW5nJDN2yzCaUyqVx"
    "PI6KU6U+aLw28SKdLRI=";
const std::string kSessionContent =
    "010a28774a616c725855746e46454d492f4b374d44454e472f62507852666943594558414d504c454b455912"
    "b201010803120c3030303030303030303030301a2a61726e3a6177733a7374733a3a30303030303030303030"
    "30303a617373756d65642d726f6c652f722f73221641524f41303132333435363738394142434445463a7332"
    "2061726e3a6177733a69616d3a3a3030303030303030303030303a726f6c652f723a1441534941494f53464f"
    "444e4e374558414d504c4542027b7d4a07010a04436f73744a0d010a047465616d1204626c7565508080e2c4"
    "f2a299031880c8b0f9ffa29903";
const std::string kPrincipalRecord =
    "010804120c3030303030303030303030301a2a61726e3a6177733a7374733a3a303030303030303030303030"
    "3a617373756d65642d726f6c652f722f73221641524f41303132333435363738394142434445463a732a1073"
    "332e616d617a6f6e6177732e636f6d322061726e3a6177733a69616d3a3a3030303030303030303030303a72"
    "6f6c652f723a1441534941494f53464f444e4e374558414d504c4542027b7d4a07010a04436f73744a0d010a"
    "047465616d1204626c7565508080e2c4f2a29903";

sdk::Principal user() {
  return {.kind = sdk::PrincipalKind::User,
          .account = kScope.account,
          .arn = "arn:aws:iam::000000000000:user/ann",
          .principal_id = "AIDA0123456789ABCDEF",
          .access_key_id = kAccessKeyId};
}

sdk::Principal session() {
  return {.kind = sdk::PrincipalKind::AssumedRole,
          .account = kScope.account,
          .arn = "arn:aws:sts::000000000000:assumed-role/r/s",
          .principal_id = "AROA0123456789ABCDEF:s",
          .role_arn = "arn:aws:iam::000000000000:role/r",
          .access_key_id = kSessionKeyId,
          .session_policy = "{}",
          .session_tags = {{"team", "blue"}, {"Cost", ""}},
          .session_started = kNow};
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  const auto at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return at == std::string::npos ? text : text.replace(at, what.size(), by);
}

class StoredKeys : public testing::Test {
 protected:
  StoredKeys() {
    EXPECT_TRUE(write_file_atomic(folder_.path() / kMasterKeyFile, kMasterKeyText, 0600));
    ports::Batch batch;
    batch.puts.push_back({store::keys::node_secret("data-key"), *from_hex(kDataKeyRecord)});
    batch.puts.push_back({store::keys::access_key(kAccessKeyId), *from_hex(kAccessKeyRecord)});
    EXPECT_TRUE(ports::commit(store_, std::move(batch)));
    auto opened = CredentialStore::open(kScope, clock_, store_, store_, folder_.path());
    EXPECT_TRUE(opened) << opened.error().message;
    if (opened) credentials_ = std::move(*opened);
  }
  void SetUp() override { ASSERT_NE(credentials_, nullptr); }

  ManualClock clock_{kNow};
  adapters::MemoryStore store_{clock_};
  test::TemporaryFolder folder_;
  std::unique_ptr<CredentialStore> credentials_;
};

class AccessKeyRecord : public StoredKeys {};
class SessionToken : public StoredKeys {};

TEST(PrincipalRecord, VersionOneIsGolden) {
  auto principal = session();
  principal.kind = sdk::PrincipalKind::Service;  // every field is used
  principal.service = "s3.amazonaws.com";
  EXPECT_EQ(hex(encode(principal)), kPrincipalRecord);
  const auto read = decode_principal(*from_hex(kPrincipalRecord));
  ASSERT_TRUE(read);
  EXPECT_EQ(hex(encode(*read)), kPrincipalRecord);
  EXPECT_EQ(read->session_tags, principal.session_tags);
}

// A field that came later, behind all others.
TEST(PrincipalRecord, ManagedSessionPoliciesAreGolden) {
  auto principal = session();
  principal.kind = sdk::PrincipalKind::Service;
  principal.service = "s3.amazonaws.com";
  principal.session_policy_arns = {"arn:p", "arn:q"};
  const auto bytes = encode(principal);
  EXPECT_EQ(hex(bytes), std::string(kPrincipalRecord) + "5a0561726e3a705a0561726e3a71");
  EXPECT_EQ(decode_principal(bytes)->session_policy_arns, principal.session_policy_arns);
}

TEST_F(AccessKeyRecord, VersionOneIsGolden) {
  const auto found = credentials_->find(kAccessKeyId);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->secret_access_key, kSecret);
  EXPECT_EQ(encode(found->principal), encode(user()));
  EXPECT_EQ(found->created, kNow);

  ports::Batch batch;
  const auto keys = credentials_->make_access_key(user(), batch);
  const auto& made = batch.puts.at(0).value;
  const auto golden = replaced(*from_hex(kAccessKeyRecord), kAccessKeyId, keys.access_key_id);
  const auto sealed_bytes = golden.find(encode(user()).substr(0, 4)) - 2;  // then the principal
  ASSERT_EQ(made.size(), golden.size());
  EXPECT_EQ(hex(made.substr(0, 3)), hex(golden.substr(0, 3)));
  EXPECT_EQ(hex(made.substr(sealed_bytes)), hex(golden.substr(sealed_bytes)));
}

TEST_F(SessionToken, VersionOneIsGolden) {
  const auto expires = kNow + std::chrono::hours(1);
  const auto opened =
      credentials_->open_session(kSessionKeyId, kSessionToken, expires - std::chrono::seconds(1));
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ((*opened)->secret_access_key, kSecret);
  EXPECT_EQ(encode((*opened)->principal), encode(session()));
  EXPECT_FALSE(credentials_->open_session(kSessionKeyId, kSessionToken, expires));

  const auto issued = credentials_->issue_session(session(), std::chrono::hours(1));
  const auto key = open_data_key(folder_.path() / kMasterKeyFile, store_, store_);
  ASSERT_TRUE(key);
  const auto content = key->open(*from_base64(issued.keys.session_token), "session");
  ASSERT_TRUE(content);
  auto made = replaced(*content, issued.keys.access_key_id, kSessionKeyId);
  made = replaced(made, issued.keys.secret_access_key, kSecret);
  EXPECT_EQ(hex(made), kSessionContent);
}

}  // namespace
}  // namespace sextant::guard

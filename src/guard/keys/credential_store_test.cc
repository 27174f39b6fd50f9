#include "guard/keys/credential_store.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "adapters/memory/store.h"
#include "core/credentials_file.h"
#include "core/encoding.h"
#include "core/file.h"
#include "guard/keys/node_keys.h"
#include "store/keys.h"
#include "tests/support/temporary_folder.h"

namespace sextant::guard {
namespace {

constexpr Time kNow{std::chrono::seconds(1'800'000'000)};
const Scope kScope{AccountId("000000000000"), Region("us-east-1")};

class Credentials : public testing::Test {
 protected:
  std::unique_ptr<CredentialStore> open() {
    auto opened = CredentialStore::open(kScope, clock, store, store, folder.path());
    EXPECT_TRUE(opened) << opened.error().message;
    return opened ? std::move(*opened) : nullptr;
  }
  std::string file(std::string_view name) { return (folder.path() / name).string(); }
  static unsigned mode(const std::string& path) {
    struct stat info = {};
    return ::stat(path.c_str(), &info) == 0 ? info.st_mode & 0777 : 0;
  }
  sdk::Principal worker() {
    return {.kind = sdk::PrincipalKind::AssumedRole,
            .account = kScope.account,
            .arn = "arn:aws:sts::000000000000:assumed-role/r/s",
            .principal_id = "AROA0123456789ABCDEF:s",
            .role_arn = "arn:aws:iam::000000000000:role/r",
            .session_policy = "{}",
            .session_tags = {{"team", "blue"}, {"Cost", ""}}};
  }

  ManualClock clock{kNow};
  adapters::MemoryStore store{clock};
  test::TemporaryFolder folder;
};

TEST_F(Credentials, FirstStartMakesTheRootKey) {
  const auto first = open();
  const auto keys = read_credentials_file(file("credentials"));
  ASSERT_TRUE(keys);
  EXPECT_TRUE(keys->access_key_id.starts_with("AKIA"));
  EXPECT_EQ(keys->access_key_id.size(), 20u);
  EXPECT_EQ(keys->secret_access_key.size(), 40u);
  const auto root = first->find(keys->access_key_id);
  ASSERT_NE(root, nullptr);
  EXPECT_EQ(root->secret_access_key, keys->secret_access_key);
  EXPECT_EQ(root->principal.kind, sdk::PrincipalKind::Root);
  EXPECT_EQ(root->principal.arn, "arn:aws:iam::000000000000:root");
  EXPECT_EQ(mode(file("credentials")), 0600u);
  EXPECT_EQ(mode(file("master.key")), 0600u);
}

TEST_F(Credentials, LaterStartsKeepItAndWriteALostFileAgain) {
  open();
  const auto before = read_credentials_file(file("credentials"));
  std::filesystem::remove(file("credentials"));
  const auto again = open();
  const auto after = read_credentials_file(file("credentials"));
  ASSERT_TRUE(before && after);
  EXPECT_EQ(before->access_key_id, after->access_key_id);
  EXPECT_EQ(before->secret_access_key, after->secret_access_key);
  EXPECT_NE(again->find(after->access_key_id), nullptr);
}

TEST_F(Credentials, AFileThatDoesNotHoldTheRootKeyIsLeftAndSaid) {
  open();
  const auto root = read_credentials_file(file("credentials"))->access_key_id;
  for (const std::string text :
       {"[default]\naws_access_key_id = A\naws_secret_access_key = B\n", "not credentials", ""}) {
    ASSERT_TRUE(write_file_atomic(file("credentials"), text, 0600));
    testing::internal::CaptureStderr();
    const auto again = open();
    const auto said = testing::internal::GetCapturedStderr();
    ASSERT_NE(again, nullptr);
    EXPECT_NE(again->find(root), nullptr);
    EXPECT_TRUE(said.contains(file("credentials"))) << said;
    EXPECT_EQ(read_file(file("credentials")), text) << "it may be somebody's own";
  }
}

TEST_F(Credentials, NoSecretIsStoredInPlain) {
  open();
  const auto keys = read_credentials_file(file("credentials"));
  const auto master = read_file(file("master.key"));
  ASSERT_TRUE(keys && master);
  const auto all = store.scan("", "", 1'000);
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 2u);
  for (const auto& entry : *all) {
    EXPECT_EQ(entry.value.find(keys->secret_access_key), std::string::npos) << entry.key;
  }
}

TEST_F(Credentials, NewAccessKeysCountAfterRefresh) {
  const auto credentials = open();
  ports::Batch batch;
  const sdk::Principal owner{.kind = sdk::PrincipalKind::User,
                             .account = kScope.account,
                             .arn = "arn:aws:iam::000000000000:user/ann",
                             .principal_id = "AIDA0123456789ABCDEF"};
  const auto keys = credentials->make_access_key(owner, batch);
  EXPECT_EQ(credentials->find(keys.access_key_id), nullptr);
  ASSERT_TRUE(ports::commit(store, std::move(batch)));
  ASSERT_TRUE(credentials->refresh(keys.access_key_id));
  const auto found = credentials->find(keys.access_key_id);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->principal.arn, owner.arn);
  EXPECT_EQ(found->principal.access_key_id, keys.access_key_id);
  EXPECT_EQ(found->created, kNow);
  EXPECT_EQ(open()->find(keys.access_key_id)->secret_access_key, keys.secret_access_key);

  ASSERT_TRUE(ports::commit(store, {.erases = {store::keys::access_key(keys.access_key_id)}}));
  ASSERT_TRUE(credentials->refresh(keys.access_key_id));
  EXPECT_EQ(credentials->find(keys.access_key_id), nullptr);
}

TEST_F(Credentials, AnInactiveKeyIsNoneButStaysListed) {
  const auto credentials = open();
  const sdk::Principal owner{.kind = sdk::PrincipalKind::User,
                             .account = kScope.account,
                             .arn = "arn:aws:iam::000000000000:user/ann",
                             .principal_id = "AIDA0123456789ABCDEF"};
  ports::Batch batch;
  const auto id = credentials->make_access_key(owner, batch).access_key_id;
  ASSERT_TRUE(ports::commit(store, std::move(batch)));
  ASSERT_TRUE(credentials->refresh(id));
  const auto change = [&](const auto& draft) {
    ports::Batch changing;
    draft(*credentials->keys_of(owner.principal_id).at(0), changing);
    ASSERT_TRUE(ports::commit(store, std::move(changing)));
    ASSERT_TRUE(credentials->refresh(id));
  };
  using Status = CredentialStore::KeyStatus;
  change([&](auto& key, auto& to) { credentials->set_status(key, Status::Inactive, to); });
  EXPECT_EQ(credentials->find(id), nullptr);
  EXPECT_FALSE(credentials->keys_of(owner.principal_id).at(0)->active);
  change([&](auto& key, auto& to) { credentials->set_status(key, Status::Active, to); });
  EXPECT_NE(credentials->find(id), nullptr);
  change([&](auto& key, auto& to) { credentials->erase(key, to); });
  EXPECT_EQ(credentials->find(id), nullptr);
  EXPECT_TRUE(credentials->keys_of(owner.principal_id).empty());
}

TEST_F(Credentials, TheFileMayHoldAnyOfTheRootKeys) {
  const auto credentials = open();
  const auto first = credentials->keys_of("000000000000").at(0);
  ports::Batch batch;
  const auto second = credentials->make_access_key(first->principal, batch);
  credentials->erase(*first, batch);
  ASSERT_TRUE(ports::commit(store, std::move(batch)));
  ASSERT_TRUE(write_credentials_file(file("credentials"), second));
  testing::internal::CaptureStderr();
  EXPECT_NE(open()->find(second.access_key_id), nullptr);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST_F(Credentials, ASecretCannotBeMovedToAnotherKey) {
  const auto credentials = open();
  ports::Batch batch;
  const auto keys = credentials->make_access_key(worker(), batch);
  batch.puts[0].key = store::keys::access_key("AKIAOTHER");
  batch.conditions.clear();
  ASSERT_TRUE(ports::commit(store, std::move(batch)));
  const auto refreshed = credentials->refresh("AKIAOTHER");
  ASSERT_FALSE(refreshed);
  EXPECT_EQ(refreshed.error().code, Code::Corrupt);
}

TEST_F(Credentials, SessionsCarryEverythingInTheirToken) {
  const auto issued = open()->issue_session(worker(), std::chrono::hours(1));
  EXPECT_TRUE(issued.keys.access_key_id.starts_with("ASIA"));
  EXPECT_EQ(issued.expires, kNow + std::chrono::hours(1));
  const auto later = open();  // another start of the node
  const auto session = later->open_session(issued.keys.access_key_id, issued.keys.session_token,
                                           kNow + std::chrono::minutes(59));
  ASSERT_TRUE(session) << session.error().message;
  EXPECT_EQ((*session)->secret_access_key, issued.keys.secret_access_key);
  const auto& principal = (*session)->principal;
  EXPECT_EQ(principal.kind, sdk::PrincipalKind::AssumedRole);
  EXPECT_EQ(principal.role_arn, worker().role_arn);
  EXPECT_EQ(principal.session_policy, "{}");
  EXPECT_EQ(principal.session_tags, worker().session_tags);
  EXPECT_EQ(principal.session_started, kNow);
}

TEST_F(Credentials, SessionsThatAreNotOrNoLongerGood) {
  const auto credentials = open();
  const auto issued = credentials->issue_session(worker(), std::chrono::hours(1));
  const auto other = credentials->issue_session(worker(), std::chrono::hours(1));
  const auto& token = issued.keys.session_token;
  const auto error = [&](const std::string& id, const std::string& text, Time now) {
    const auto session = credentials->open_session(id, text, now);
    return session ? std::string() : session.error().name;
  };
  const auto& id = issued.keys.access_key_id;
  EXPECT_EQ(error(id, token, issued.expires), "ExpiredToken");
  EXPECT_EQ(error(other.keys.access_key_id, token, kNow), "InvalidToken");
  EXPECT_EQ(error(id, "", kNow), "InvalidToken");
  EXPECT_EQ(error(id, "?", kNow), "InvalidToken");
  EXPECT_EQ(error(id, base64(std::string(200, 'x')), kNow), "InvalidToken");
  auto bytes = *from_base64(token);
  for (std::size_t at = 0; at < bytes.size(); at += 13) {
    auto changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    EXPECT_EQ(error(id, base64(changed), kNow), "InvalidToken") << at;
  }
}

TEST_F(Credentials, AMasterKeyThatIsWrongLostOrOpenIsRefused) {
  open();
  const auto error = [&] {
    const auto opened = CredentialStore::open(kScope, clock, store, store, folder.path());
    return opened ? std::string() : opened.error().message;
  };
  ::chmod(file("master.key").c_str(), 0644);
  EXPECT_NE(error().find("chmod 600"), std::string::npos);
  const auto saved = *read_file(file("master.key"));
  ASSERT_TRUE(write_file_atomic(file("master.key"), "sextant-master-key-1 AAAA\n", 0600));
  EXPECT_NE(error().find("32 bytes"), std::string::npos);
  ASSERT_TRUE(write_file_atomic(file("master.key"), "junk", 0600));
  EXPECT_NE(error().find("is not a master key"), std::string::npos);
  ASSERT_TRUE(write_file_atomic(file("master.key"),
                                "sextant-master-key-1 " + base64(std::string(32, 'k')), 0600));
  EXPECT_NE(error().find("is master.key the right one?"), std::string::npos);
  std::filesystem::remove(file("master.key"));
  EXPECT_NE(error(), "");
  EXPECT_FALSE(std::filesystem::exists(file("master.key")));
  ASSERT_TRUE(write_file_atomic(file("master.key"), saved, 0600));
  EXPECT_EQ(error(), "");
}

TEST_F(Credentials, RotationOfTheMasterKey) {
  open();
  const auto keys = read_credentials_file(file("credentials"));
  const auto before = *read_file(file("master.key"));
  ASSERT_TRUE(rotate_master_key(file("master.key"), store, store));
  EXPECT_NE(*read_file(file("master.key")), before);
  EXPECT_FALSE(std::filesystem::exists(file("master.key.next")));
  EXPECT_NE(open()->find(keys->access_key_id), nullptr);
}

// The crash between the commit and the new file: the next start takes up the waiting key.
TEST_F(Credentials, RotationThatWasCutShort) {
  open();
  const auto before = *read_file(file("master.key"));
  ASSERT_TRUE(rotate_master_key(file("master.key"), store, store));
  const auto after = *read_file(file("master.key"));
  ASSERT_TRUE(write_file_atomic(file("master.key.next"), after, 0600));
  ASSERT_TRUE(write_file_atomic(file("master.key"), before, 0600));
  EXPECT_NE(open(), nullptr);
  EXPECT_EQ(*read_file(file("master.key")), after);
}

TEST(Sealing, OpensOnlyWhatItSealedInItsContext) {
  const auto key = SealingKey::make();
  for (const std::string plain : {"", "secret", "\0\xFF"}) {
    const auto sealed = key.seal(plain, "c");
    EXPECT_EQ(key.open(sealed, "c").value_or("-"), plain);
    EXPECT_FALSE(key.open(sealed, "d"));
    EXPECT_FALSE(SealingKey::make().open(sealed, "c"));
    EXPECT_FALSE(key.open(sealed.substr(0, sealed.size() - 1), "c"));
    EXPECT_NE(key.seal(plain, "c"), sealed);
  }
  EXPECT_FALSE(key.open("", "c"));
  EXPECT_FALSE(SealingKey::from_bytes("short"));
}

}  // namespace
}  // namespace sextant::guard

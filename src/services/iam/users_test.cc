#include <thread>

#include "services/iam/iam_fixture.h"

namespace sextant::services::iam {
namespace {

class Users : public IamTest {};

TEST_F(Users, AreMadeShownAndDeleted) {
  const auto answer = made("CreateUser", {{"UserName", "Ada"}, {"Path", "/soc/"}});
  const auto& user = answer.at("User").as_object();
  EXPECT_EQ(json::text_or(user, "Arn"), kArn + "user/soc/Ada");
  EXPECT_EQ(json::text_or(user, "CreateDate"), "2027-01-15T08:00:00Z");
  EXPECT_EQ(made("GetUser", {{"UserName", "ada"}}).at("User"), answer.at("User"));
  EXPECT_EQ(refused("CreateUser", {{"UserName", "ADA"}}), "EntityAlreadyExists");
  made("DeleteUser", {{"UserName", "Ada"}});
  const auto told = call("GetUser", {{"UserName", "Ada"}});
  EXPECT_EQ(told.error, "NoSuchEntity");
  EXPECT_EQ(told.message, "The user with name Ada cannot be found.");
  EXPECT_EQ(refused("DeleteUser", {{"UserName", "Ada"}}), "NoSuchEntity");
}

TEST_F(Users, EachCallLeavesOneRecord) {
  const auto before = records();
  made("CreateUser", {{"UserName", "ada"}});
  refused("CreateUser", {{"UserName", "ada"}});
  made("GetUser", {{"UserName", "ada"}});
  sign_in("ada");
  EXPECT_EQ(records(), before + 4);
  const auto all = *store_.read(store::keys::audit_stream(kScope), 1, 100, 1 << 20);
  for (const auto& record : all) {
    EXPECT_FALSE(record.payload.contains("ecretAccessKey"));
  }
}

TEST_F(Users, TheRecordOfAChangeTellsItsAnswerWithoutSecrets) {
  made("CreateUser", {{"UserName", "ada"}, {"Path", "/team/"}});
  const auto key = made("CreateAccessKey", {{"UserName", "ada"}});
  made("GetUser", {{"UserName", "ada"}});
  refused("CreateUser", {{"UserName", "ada"}});
  std::vector<boost::json::value> all;
  const auto read = *store_.read(store::keys::audit_stream(kScope), 1, 100, 1 << 20);
  for (const auto& record : read) all.push_back(boost::json::parse(record.payload));
  ASSERT_EQ(all.size(), 4u);
  EXPECT_EQ(all[0].at("requestParameters"),
            (boost::json::value{{"userName", "ada"}, {"path", "/team/"}}));
  EXPECT_EQ(all[0].at("responseElements").at("user").at("userName"), "ada");
  const auto& shown = all[1].at("responseElements").at("accessKey").as_object();
  EXPECT_EQ(shown.at("accessKeyId"), key.at("AccessKey").at("AccessKeyId"));
  EXPECT_EQ(shown.at("status"), "Active");
  EXPECT_FALSE(shown.contains("secretAccessKey"));
  EXPECT_TRUE(all[2].at("responseElements").is_null()) << "a read";
  EXPECT_TRUE(all[3].at("responseElements").is_null()) << "it failed";
}

TEST_F(Users, NamesPathsTagsAndPagesFollowTheRules) {
  const object wrong[] = {
      {},
      {{"UserName", ""}},
      {{"UserName", "a b"}},
      {{"UserName", "a/b"}},
      {{"UserName", std::string(65, 'x')}},
      {{"UserName", "u"}, {"Path", ""}},
      {{"UserName", "u"}, {"Path", "x/"}},
      {{"UserName", "u"}, {"Path", "/x"}},
      {{"UserName", "u"}, {"Path", "//"}},
      {{"UserName", "u"}, {"Path", "/" + std::string(512, 'x') + "/"}},
      {{"UserName", "u"}, {"Tags", array{object{{"Key", ""}, {"Value", "v"}}}}},
      {{"UserName", "u"}, {"Tags", array{object{{"Key", "k"}, {"Value", std::string(257, 'v')}}}}},
      {{"UserName", "u"}, {"Tags", array{object{{"Key", "k<"}, {"Value", "v"}}}}},
  };
  for (const auto& parameters : wrong)
    EXPECT_EQ(refused("CreateUser", parameters), "ValidationError") << json::to_text(parameters);
  for (const char* items : {"0", "1001", "x", "-1"})
    EXPECT_EQ(refused("ListUsers", {{"MaxItems", items}}), "ValidationError") << items;
  for (const char* marker : {"x", "AAAA", "MTo="})
    EXPECT_EQ(refused("ListUsers", {{"Marker", marker}}), "ValidationError") << marker;
  array many;
  for (int i = 0; i < 51; ++i)
    many.push_back(object{{"Key", "k" + std::to_string(i)}, {"Value", "v"}});
  EXPECT_EQ(refused("CreateUser", {{"UserName", "u"}, {"Tags", many}}), "LimitExceeded");
  made("CreateUser", {{"UserName", std::string(64, 'x')}, {"Path", "/a/b/"}});
}

TEST_F(Users, OnlyTheRootHasNoName) {
  EXPECT_EQ(json::text_or(made("GetUser", {}).at("User").as_object(), "Arn"), kArn + "root");
  sdk::Principal session;
  session.kind = sdk::PrincipalKind::AssumedRole;
  session.account = kScope.account;
  session.role_arn = kArn + "role/admin";
  session.principal_id = "admin:session";
  model::App app;
  app.name = "app";
  auto& role = app.roles[session.role_arn];
  role.name = "admin";
  role.arn = session.role_arn;
  role.trust_policy = kTrustAccount;
  role.inline_policies = {{"all", kAllowAll}};
  deploy(app);
  // It may do everything, and yet it gets no key of the root's.
  EXPECT_EQ(refused("CreateAccessKey", {}, session), "ValidationError");
  EXPECT_EQ(refused("GetUser", {}, session), "ValidationError");
}

TEST_F(Users, WhoIsRenamedStaysWhoItIs) {
  const auto id =
      made("CreateUser", {{"UserName", "ada"}, {"Path", "/soc/"}}).at("User").at("UserId");
  made("PutUserPolicy", {{"UserName", "ada"}, {"PolicyName", "p"}, {"PolicyDocument", kAllowAll}});
  made("TagUser",
       {{"UserName", "ada"}, {"Tags", array{object{{"Key", "team"}, {"Value", "blue"}}}}});
  const auto before = sign_in("ada");
  const auto key = before.access_key_id;

  made("UpdateUser", {{"UserName", "ADA"}, {"NewUserName", "Lovelace"}, {"NewPath", "/maths/"}});
  EXPECT_EQ(refused("GetUser", {{"UserName", "ada"}}), "NoSuchEntity");
  const auto user = made("GetUser", {{"UserName", "lovelace"}}).at("User").as_object();
  EXPECT_EQ(json::text_or(user, "Arn"), kArn + "user/maths/Lovelace");
  EXPECT_EQ(user.at("UserId"), id);
  EXPECT_EQ(user.at("Tags"), (array{object{{"Key", "team"}, {"Value", "blue"}}}));
  made("GetUserPolicy", {{"UserName", "Lovelace"}, {"PolicyName", "p"}});
  const auto keys = made("ListAccessKeys", {{"UserName", "Lovelace"}}).at("AccessKeyMetadata");
  EXPECT_EQ(json::text_or(keys.at(0).as_object(), "AccessKeyId"), key);
  // Whoever signs with that key, or goes on in a session of it, is the user under its new name.
  const auto now = policies_.current(before);
  EXPECT_EQ(now.arn, kArn + "user/maths/Lovelace");
  EXPECT_TRUE(may(now, "s3:GetObject", "arn:aws:s3:::b/k"));
  const auto itself = call("GetUser", {}, before);
  EXPECT_EQ(itself.result.at("User").at("UserName"), "Lovelace") << itself.error;
  // Nothing of it is left for the next one of the old name.
  made("CreateUser", {{"UserName", "ada"}, {"Path", "/soc/"}});
  EXPECT_TRUE(
      made("ListAccessKeys", {{"UserName", "ada"}}).at("AccessKeyMetadata").as_array().empty());
  EXPECT_EQ(policies_.current(before).arn, kArn + "user/maths/Lovelace");
  made("DeleteAccessKey", {{"UserName", "Lovelace"}, {"AccessKeyId", key}});
  EXPECT_EQ(credentials_->find(key), nullptr);
}

TEST_F(Users, NewNamesAndPathsFollowTheRules) {
  made("CreateUser", {{"UserName", "ada"}});
  made("CreateUser", {{"UserName", "eve"}});
  EXPECT_EQ(refused("UpdateUser", {{"UserName", "ada"}, {"NewUserName", "EVE"}}),
            "EntityAlreadyExists");
  EXPECT_EQ(refused("UpdateUser", {{"UserName", "none"}, {"NewUserName", "x"}}), "NoSuchEntity");
  for (const auto& [name, value] : {std::pair{"NewUserName", "a b"},
                                    {"NewUserName", ""},
                                    {"NewPath", "x/"},
                                    {"NewPath", "/aws-service-role/x/"}}) {
    EXPECT_EQ(refused("UpdateUser", {{"UserName", "ada"}, {name, value}}), "ValidationError")
        << value;
  }
  made("UpdateUser", {{"UserName", "ada"}});                          // changes nothing
  made("UpdateUser", {{"UserName", "ada"}, {"NewUserName", "Ada"}});  // its own name
  const auto arn = [&] {
    return json::text_or(made("GetUser", {{"UserName", "ada"}}).at("User").as_object(), "Arn");
  };
  EXPECT_EQ(arn(), kArn + "user/Ada");
  made("UpdateUser", {{"UserName", "ada"}, {"NewPath", "/a/b/"}});
  EXPECT_EQ(arn(), kArn + "user/a/b/Ada");
}

// "To change Bob to Robert, the entity making the request must have permission on Bob and Robert."
TEST_F(Users, RenamingNeedsBothNames) {
  made("CreateUser", {{"UserName", "bob"}});
  made("CreateUser", {{"UserName", "admin"}});
  const auto admin = sign_in("admin");
  const auto allow_on = [&](const std::string& resources) {
    made("PutUserPolicy",
         {{"UserName", "admin"},
          {"PolicyName", "p"},
          {"PolicyDocument", R"({"Version":"2012-10-17","Statement":{"Effect":"Allow",)"
                             R"("Action":"iam:UpdateUser","Resource":[)" +
                                 resources + "]}}"}});
  };
  const object wanted{{"UserName", "bob"}, {"NewUserName", "robert"}};
  allow_on("\"" + kArn + "user/bob\"");
  const auto told = call("UpdateUser", wanted, admin);
  EXPECT_EQ(told.error, "AccessDenied");
  EXPECT_TRUE(
      told.message.contains("on resource: " + kArn + "user/robert because no identity-based"))
      << told.message;
  allow_on("\"" + kArn + "user/robert\"");
  EXPECT_EQ(refused("UpdateUser", wanted, admin), "AccessDenied");
  allow_on("\"" + kArn + "user/robert\",\"" + kArn + "user/bob\"");
  EXPECT_EQ(refused("UpdateUser", wanted, admin), "");
  const auto read = *store_.read(store::keys::audit_stream(kScope), 1, 100, 1 << 20);
  const auto record = boost::json::parse(read.back().payload);
  EXPECT_EQ(record.at("eventName"), "UpdateUser");
  EXPECT_EQ(record.at("requestParameters"),
            (boost::json::value{{"userName", "bob"}, {"newUserName", "robert"}}));
  const auto& asked = record.at("additionalEventData").at("decisions").at(0);
  EXPECT_EQ(asked.at("action"), "iam:UpdateUser");
  EXPECT_EQ(json::text_or(asked.as_object(), "resource"), kArn + "user/robert");
  EXPECT_EQ(asked.at("decision"), "Allow");
}

TEST_F(Users, KeysAreTheirOwners) {
  made("CreateUser", {{"UserName", "ada"}});
  made("CreateUser", {{"UserName", "eve"}});
  const auto ada = sign_in("ada");
  EXPECT_EQ(refused("DeleteAccessKey", {{"UserName", "eve"}, {"AccessKeyId", ada.access_key_id}}),
            "NoSuchEntity");
  EXPECT_EQ(
      refused("UpdateAccessKey",
              {{"UserName", "ada"}, {"AccessKeyId", ada.access_key_id}, {"Status", "Sleeping"}}),
      "ValidationError");
  EXPECT_EQ(refused("DeleteUser", {{"UserName", "ada"}}), "DeleteConflict");
  made("DeleteAccessKey", {{"UserName", "ada"}, {"AccessKeyId", ada.access_key_id}});
  EXPECT_EQ(credentials_->find(ada.access_key_id), nullptr);
  made("DeleteUser", {{"UserName", "ada"}});
}

// Whoever asks at the same time: nobody is made twice, and no limit is passed.
TEST_F(Users, ChangesAtTheSameTimeDoNotPassEachOther) {
  made("CreateUser", {{"UserName", "ada"}});
  std::atomic<int> users{0};
  std::atomic<int> keys{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] {
        if (refused("CreateUser", {{"UserName", "same"}}).empty()) ++users;
        if (refused("CreateAccessKey", {{"UserName", "ada"}}).empty()) ++keys;
      });
    }
  }
  EXPECT_EQ(users, 1);
  EXPECT_EQ(keys, 2);
}

}  // namespace
}  // namespace sextant::services::iam

#include "core/encoding.h"
#include "services/iam/iam_fixture.h"

namespace sextant::services::iam {
namespace {

const std::string kRead =
    R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}})";
const std::string kDeny =
    R"({"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"s3:*","Resource":"*"}})";

std::string of_size(std::size_t bytes) {
  const std::string head =
      R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/)";
  const std::string tail = R"("}})";
  return head + std::string(bytes - head.size() - tail.size(), 'k') + tail;
}

class Policies : public IamTest {
 protected:
  Policies() { made("CreateUser", {{"UserName", "ada"}}); }
  std::string make_policy(const std::string& name, const std::string& document) {
    const auto answer = made("CreatePolicy", {{"PolicyName", name}, {"PolicyDocument", document}});
    return json::text_or(answer.at("Policy").as_object(), "Arn");
  }
  std::string attach(const std::string& arn) {
    return refused("AttachUserPolicy", {{"UserName", "ada"}, {"PolicyArn", arn}});
  }
  std::string put_inline(const std::string& name, const std::string& document) {
    return refused("PutUserPolicy",
                   {{"UserName", "ada"}, {"PolicyName", name}, {"PolicyDocument", document}});
  }
  bool ada_reads(const sdk::Principal& ada) { return may(ada, "s3:GetObject", "arn:aws:s3:::b/k"); }
};

TEST_F(Policies, InlineOnesCountAtOnceAndUntilTheyAreGone) {
  const auto ada = sign_in("ada");
  EXPECT_FALSE(ada_reads(ada));
  EXPECT_EQ(put_inline("read", kRead), "");
  EXPECT_TRUE(ada_reads(ada));
  EXPECT_EQ(put_inline("no", kDeny), "");
  EXPECT_FALSE(ada_reads(ada));
  const auto shown = made("GetUserPolicy", {{"UserName", "ada"}, {"PolicyName", "read"}});
  EXPECT_EQ(uri_decode(json::text_or(shown, "PolicyDocument")), kRead);
  EXPECT_EQ(made("ListUserPolicies", {{"UserName", "ada"}}).at("PolicyNames"),
            (array{"no", "read"}));
  EXPECT_EQ(refused("DeleteUser", {{"UserName", "ada"}}), "DeleteConflict");
  made("DeleteUserPolicy", {{"UserName", "ada"}, {"PolicyName", "no"}});
  EXPECT_TRUE(ada_reads(ada));
  EXPECT_EQ(refused("GetUserPolicy", {{"UserName", "ada"}, {"PolicyName", "no"}}), "NoSuchEntity");
  EXPECT_EQ(refused("DeleteUserPolicy", {{"UserName", "ada"}, {"PolicyName", "no"}}),
            "NoSuchEntity");
}

TEST_F(Policies, AttachedOnesToo) {
  const auto ada = sign_in("ada");
  const auto arn = make_policy("reader", kRead);
  EXPECT_EQ(arn, kArn + "policy/reader");
  EXPECT_EQ(attach(arn), "");
  EXPECT_EQ(attach(arn), "") << "once more is no error";
  EXPECT_TRUE(ada_reads(ada));
  const auto shown = made("GetPolicy", {{"PolicyArn", arn}}).at("Policy").as_object();
  EXPECT_EQ(shown.at("AttachmentCount"), 1);
  EXPECT_EQ(refused("DeletePolicy", {{"PolicyArn", arn}}), "DeleteConflict");
  EXPECT_EQ(refused("DeleteUser", {{"UserName", "ada"}}), "DeleteConflict");
  made("DetachUserPolicy", {{"UserName", "ada"}, {"PolicyArn", arn}});
  EXPECT_FALSE(ada_reads(ada));
  EXPECT_EQ(refused("DetachUserPolicy", {{"UserName", "ada"}, {"PolicyArn", arn}}), "NoSuchEntity");
  made("DeletePolicy", {{"PolicyArn", arn}});
  EXPECT_EQ(attach(arn), "NoSuchEntity");
  EXPECT_EQ(attach("arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"), "");
  EXPECT_TRUE(ada_reads(ada));
}

TEST_F(Policies, TheDefaultVersionCounts) {
  const auto ada = sign_in("ada");
  const auto arn = make_policy("p", kRead);
  EXPECT_EQ(attach(arn), "");
  const auto version = [&](const char* is_default) {
    return refused("CreatePolicyVersion",
                   {{"PolicyArn", arn}, {"PolicyDocument", kDeny}, {"SetAsDefault", is_default}});
  };
  EXPECT_EQ(version("false"), "");
  EXPECT_TRUE(ada_reads(ada));
  EXPECT_EQ(version("true"), "");
  EXPECT_FALSE(ada_reads(ada));
  EXPECT_EQ(version("false"), "");
  EXPECT_EQ(version("false"), "");
  EXPECT_EQ(version("false"), "LimitExceeded");
  EXPECT_EQ(refused("DeletePolicyVersion", {{"PolicyArn", arn}, {"VersionId", "v3"}}),
            "DeleteConflict");
  made("SetDefaultPolicyVersion", {{"PolicyArn", arn}, {"VersionId", "v1"}});
  EXPECT_TRUE(ada_reads(ada));
  made("DeletePolicyVersion", {{"PolicyArn", arn}, {"VersionId", "v3"}});
  EXPECT_EQ(refused("GetPolicyVersion", {{"PolicyArn", arn}, {"VersionId", "v3"}}), "NoSuchEntity");
  for (const char* id : {"3", "v0", "vx", "v-1"})
    EXPECT_EQ(refused("GetPolicyVersion", {{"PolicyArn", arn}, {"VersionId", id}}),
              "ValidationError")
        << id;
  const auto shown = made("GetPolicyVersion", {{"PolicyArn", arn}, {"VersionId", "v1"}});
  const auto& first = shown.at("PolicyVersion").as_object();
  EXPECT_EQ(uri_decode(json::text_or(first, "Document")), kRead);
  EXPECT_EQ(made("ListPolicyVersions", {{"PolicyArn", arn}}).at("Versions").as_array().size(), 4u);
}

TEST_F(Policies, HaveTags) {
  const auto arn = make_policy("p", kRead);
  const object mine{{"PolicyArn", arn}};
  const auto tag = [&](const std::string& key) {
    return refused("TagPolicy",
                   {{"PolicyArn", arn}, {"Tags", array{object{{"Key", key}, {"Value", "v"}}}}});
  };
  EXPECT_EQ(tag("team"), "");
  EXPECT_EQ(tag("Team"), "");  // takes the place of the other
  EXPECT_EQ(tag("aws:team"), "InvalidInput");
  EXPECT_EQ(made("ListPolicyTags", mine).at("Tags"),
            (array{object{{"Key", "Team"}, {"Value", "v"}}}));
  for (int i = 0; i < 49; ++i) EXPECT_EQ(tag("t" + std::to_string(i)), "");
  EXPECT_EQ(tag("t49"), "LimitExceeded");
  EXPECT_EQ(refused("UntagPolicy", mine), "ValidationError");
  made("UntagPolicy", {{"PolicyArn", arn}, {"TagKeys", array{"TEAM", "none"}}});
  EXPECT_EQ(made("ListPolicyTags", mine).at("Tags").as_array().size(), 49u);
}

TEST_F(Policies, ABoundaryLimitsAndIsNoGrant) {
  const auto ada = sign_in("ada");
  const auto arn = make_policy("limit", kRead);
  const auto bound = [&](const char* operation) {
    made(operation, {{"UserName", "ada"}, {"PermissionsBoundary", arn}});
  };
  bound("PutUserPermissionsBoundary");
  EXPECT_FALSE(ada_reads(ada));
  EXPECT_EQ(put_inline("all", kAllowAll), "");
  EXPECT_TRUE(ada_reads(ada));
  EXPECT_FALSE(may(ada, "s3:PutObject", "arn:aws:s3:::b/k"));
  EXPECT_EQ(refused("DeletePolicy", {{"PolicyArn", arn}}), "DeleteConflict");
  bound("DeleteUserPermissionsBoundary");
  EXPECT_TRUE(may(ada, "s3:PutObject", "arn:aws:s3:::b/k"));
  EXPECT_EQ(refused("DeleteUserPermissionsBoundary", {{"UserName", "ada"}}), "NoSuchEntity");
  EXPECT_EQ(refused("PutUserPermissionsBoundary",
                    {{"UserName", "ada"}, {"PermissionsBoundary", kArn + "policy/none"}}),
            "NoSuchEntity");
}

// What keeps a delegated administrator inside its bounds.
TEST_F(Policies, ConditionsOnBoundaryPolicyAndTagsHold) {
  const auto limit = make_policy("limit", kRead);
  made("CreateUser", {{"UserName", "boss"}});
  const auto boss = sign_in("boss");
  made("PutUserPolicy", {{"UserName", "boss"},
                         {"PolicyName", "p"},
                         {"PolicyDocument",
                          R"({"Version":"2012-10-17","Statement":[
             {"Effect":"Allow","Action":["iam:CreateUser","iam:PutUserPolicy"],"Resource":"*",
              "Condition":{"StringEquals":{"iam:PermissionsBoundary":")" +
                              limit + R"("}}},
             {"Effect":"Allow","Action":"iam:AttachUserPolicy","Resource":"*",
              "Condition":{"ArnEquals":{"iam:PolicyARN":")" +
                              limit + R"("}}},
             {"Effect":"Allow","Action":"iam:TagUser","Resource":"*",
              "Condition":{"StringEquals":{"aws:ResourceTag/team":"blue"}}}]})"}});
  EXPECT_EQ(refused("CreateUser", {{"UserName", "free"}}, boss), "AccessDenied");
  EXPECT_EQ(refused("CreateUser", {{"UserName", "bound"}, {"PermissionsBoundary", limit}}, boss),
            "");
  const auto put = [&](const char* user) {
    return refused("PutUserPolicy",
                   {{"UserName", user}, {"PolicyName", "p"}, {"PolicyDocument", kAllowAll}}, boss);
  };
  EXPECT_EQ(put("bound"), "");
  EXPECT_EQ(put("ada"), "AccessDenied");
  EXPECT_EQ(refused("AttachUserPolicy", {{"UserName", "ada"}, {"PolicyArn", limit}}, boss), "");
  EXPECT_EQ(
      refused("AttachUserPolicy",
              {{"UserName", "ada"}, {"PolicyArn", "arn:aws:iam::aws:policy/AdministratorAccess"}},
              boss),
      "AccessDenied");
  const object tag{{"UserName", "ada"}, {"Tags", array{object{{"Key", "x"}, {"Value", "y"}}}}};
  EXPECT_EQ(refused("TagUser", tag, boss), "AccessDenied");
  made("TagUser",
       {{"UserName", "ada"}, {"Tags", array{object{{"Key", "team"}, {"Value", "blue"}}}}});
  EXPECT_EQ(refused("TagUser", tag, boss), "");
}

TEST_F(Policies, WhatIsMalformedOrTooLongIsRefused) {
  for (const char* document :
       {"", "{", "[]", R"({"Statement":[]})",
        R"({"Statement":{"Effect":"Allow","Action":"s3:Gett","Resource":"*"}})",
        R"({"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Principal":"*"}})"}) {
    const std::string expected = *document == '\0' ? "ValidationError" : "MalformedPolicyDocument";
    EXPECT_EQ(put_inline("p", document), expected) << document;
    EXPECT_EQ(refused("CreatePolicy", {{"PolicyName", "p"}, {"PolicyDocument", document}}),
              expected)
        << document;
  }
  EXPECT_EQ(put_inline("one", of_size(1'500)), "");
  const auto told =
      call("PutUserPolicy",
           {{"UserName", "ada"}, {"PolicyName", "two"}, {"PolicyDocument", of_size(600)}});
  EXPECT_EQ(told.error, "LimitExceeded");
  EXPECT_EQ(told.message, "Maximum policy size of 2048 bytes exceeded for user ada");
  EXPECT_EQ(put_inline("one", of_size(2'048)), "") << "in place of the other";
  EXPECT_EQ(refused("CreatePolicy", {{"PolicyName", "long"}, {"PolicyDocument", of_size(6'145)}}),
            "LimitExceeded");
  make_policy("long", of_size(6'144));
  EXPECT_EQ(refused("CreatePolicy", {{"PolicyName", "LONG"}, {"PolicyDocument", kRead}}),
            "EntityAlreadyExists");
  EXPECT_EQ(refused("GetPolicy", {{"PolicyArn", "reader"}}), "InvalidInput");
}

TEST_F(Policies, TenAttachedAndNoMore) {
  for (int i = 0; i < 11; ++i) {
    const auto arn = make_policy("p" + std::to_string(i), kRead);
    EXPECT_EQ(attach(arn), i < 10 ? "" : "LimitExceeded") << i;
  }
  const auto first = made("ListAttachedUserPolicies", {{"UserName", "ada"}, {"MaxItems", "6"}});
  EXPECT_EQ(first.at("AttachedPolicies").as_array().size(), 6u);
  EXPECT_EQ(first.at("IsTruncated"), true);
  const auto rest = made("ListAttachedUserPolicies",
                         {{"UserName", "ada"}, {"Marker", json::text_or(first, "Marker")}});
  EXPECT_EQ(rest.at("AttachedPolicies").as_array().size(), 4u);
  EXPECT_EQ(rest.at("IsTruncated"), false);
}

TEST_F(Policies, AwsOwnAreListedAndNotChanged) {
  const std::string aws = "arn:aws:iam::aws:policy/AdministratorAccess";
  EXPECT_EQ(refused("DeletePolicy", {{"PolicyArn", aws}}), "AccessDenied");
  make_policy("mine", kRead);
  const auto count = [&](object parameters) {
    return made("ListPolicies", std::move(parameters)).at("Policies").as_array().size();
  };
  EXPECT_EQ(count({{"Scope", "Local"}}), 1u);
  EXPECT_EQ(count({}), count({{"Scope", "AWS"}}) + 1);
  EXPECT_EQ(count({{"OnlyAttached", "true"}}), 0u);
  EXPECT_EQ(count({{"PathPrefix", "/service-role/"}}), 4u);
  EXPECT_EQ(attach(aws), "");
  EXPECT_EQ(count({{"OnlyAttached", "true"}}), 1u);
}

}  // namespace
}  // namespace sextant::services::iam

#include "cli/credential_documents.h"

#include <gtest/gtest.h>

#include <string>

#include "core/time_text.h"

namespace sextant::cli {
namespace {

TEST(CredentialDocuments, KeysOfAContainerOrAnInstance) {
  const auto found = parse_credentials_json(
      R"({"Code":"Success","AccessKeyId":"ASIA","SecretAccessKey":"s/+=","Token":"t","Expiration":"2026-07-02T22:00:00Z"})");
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->keys.access_key_id, "ASIA");
  EXPECT_EQ(found->keys.secret_access_key, "s/+=");
  EXPECT_EQ(found->keys.session_token, "t");
  EXPECT_EQ(found->expires, parse_iso8601("2026-07-02T22:00:00Z"));
  const auto lasting = parse_credentials_json(R"({"AccessKeyId":"A","SecretAccessKey":"s"})");
  ASSERT_TRUE(lasting);
  EXPECT_FALSE(lasting->expires);
}

TEST(CredentialDocuments, KeysOfARole) {
  const auto found = parse_assumed_role(
      "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult>"
      "<AssumedRoleUser><Arn>a</Arn></AssumedRoleUser><Credentials><AccessKeyId>ASIA</AccessKeyId>"
      "<SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>"
      "<Expiration>2026-07-02T22:00:00Z</Expiration></Credentials></AssumeRoleResult>"
      "<ResponseMetadata/></AssumeRoleResponse>");
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->keys.session_token, "t");
  EXPECT_EQ(found->expires, parse_iso8601("2026-07-02T22:00:00Z"));
}

TEST(CredentialDocuments, WhatHoldsNoKeysIsInvalid) {
  for (const char* text : {"", "[]", "{}", R"({"Code":"Failed"})", R"({"AccessKeyId":"A"})",
                           R"({"AccessKeyId":"A\r\nX: y","SecretAccessKey":"s"})",
                           R"({"AccessKeyId":"A","SecretAccessKey":"s","Token":"t\n"})",
                           R"({"AccessKeyId":"A","SecretAccessKey":"s","Expiration":"soon"})"}) {
    EXPECT_FALSE(parse_credentials_json(text)) << text;
  }
  for (const char* text : {"", "<A/>", "<A><B><Credentials/></B></A>", "<A><Credentials/></A>"})
    EXPECT_FALSE(parse_assumed_role(text)) << text;
}

}  // namespace
}  // namespace sextant::cli

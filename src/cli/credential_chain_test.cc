#include "cli/credential_chain.h"

#include <fstream>
#include <map>

#include "core/time_text.h"
#include "tests/support/played_node.h"
#include "tests/support/temporary_folder.h"

namespace sextant::cli {
namespace {

using test::Asked;

net::Response text_response(int status, std::string body) {
  return {.status = status, .headers = {}, .body = make_body(std::move(body))};
}

std::string assumed(const std::string& id, const std::string& expires) {
  return "<R><Result><Credentials><AccessKeyId>" + id +
         "</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>"
         "<Expiration>" +
         expires + "</Expiration></Credentials></Result></R>";
}

class CredentialChainTest : public test::PlayedNodeTest {
 protected:
  CredentialChainTest() {
    std::ofstream(folder_ / "credentials") << "[default]\naws_access_key_id = OF-FILE\n"
                                              "aws_secret_access_key = s\n[prod]\n"
                                              "aws_access_key_id = OF-PROD\n"
                                              "aws_secret_access_key = s\n";
    std::ofstream(folder_ / "token") << "identity-token\n";
    answer = [this](const Asked& asked) { return play(asked); };
  }

  // STS, a container's endpoint and an instance's, all in one.
  net::Response play(const Asked& asked) {
    if (asked.target == "/latest/api/token") return text_response(200, "imds-token");
    if (asked.target.ends_with("security-credentials/")) return text_response(200, "my-role\n");
    if (asked.target.ends_with("/my-role"))
      return text_response(200,
                           R"({"AccessKeyId":"OF-INSTANCE","SecretAccessKey":"s","Token":"t"})");
    if (asked.target == "/container")
      return text_response(200,
                           R"({"AccessKeyId":"OF-CONTAINER","SecretAccessKey":"s","Token":"t"})");
    if (asked.body.contains("WebIdentityToken=identity-token"))
      return text_response(200, assumed("OF-IDENTITY", "2030-01-01T00:00:00Z"));
    return text_response(status_, assumed("OF-ROLE", expires_));
  }

  std::string credentials_file() const { return (folder_ / "credentials").string(); }

  // "OF-FILE", or the error.
  std::string found() {
    CredentialChain chain(
        options_,
        [this](const char* name) { return shell_.contains(name) ? shell_[name] : std::string(); },
        clock_);
    return key_of(chain);
  }
  static std::string key_of(CredentialChain& chain) {
    const auto keys = chain.keys();
    return keys ? keys->access_key_id : keys.error().message;
  }

  test::TemporaryFolder folder_;
  ManualClock clock_{*parse_iso8601("2026-07-02T22:00:00Z")};
  std::map<std::string, std::string> shell_;
  SourceOptions options_;
  int status_ = 200;
  std::string expires_ = "2026-07-02T23:00:00Z";
};

TEST_F(CredentialChainTest, ThePlacesInTheirOrder) {
  const auto base = client_->endpoint();
  options_.sts_endpoint_url = base;
  shell_ = {{"AWS_ACCESS_KEY_ID", "OF-SHELL"},
            {"AWS_SECRET_ACCESS_KEY", "s"},
            {"AWS_SHARED_CREDENTIALS_FILE", credentials_file()},
            {"AWS_WEB_IDENTITY_TOKEN_FILE", (folder_ / "token").string()},
            {"AWS_ROLE_ARN", "arn:aws:iam::1:role/r"},
            {"AWS_CONTAINER_CREDENTIALS_FULL_URI", base + "/container"},
            {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "container-token"},
            {"AWS_EC2_METADATA_SERVICE_ENDPOINT", base + "/"}};
  EXPECT_EQ(found(), "OF-SHELL");
  shell_.erase("AWS_ACCESS_KEY_ID");
  EXPECT_EQ(found(), "OF-FILE");
  shell_["AWS_PROFILE"] = "prod";
  EXPECT_EQ(found(), "OF-PROD");
  shell_.erase("AWS_PROFILE");
  shell_["AWS_SHARED_CREDENTIALS_FILE"] = (folder_ / "none").string();
  EXPECT_TRUE(asked().empty()) << "nobody is asked for what lies here";
  EXPECT_EQ(found(), "OF-IDENTITY");
  shell_.erase("AWS_ROLE_ARN");
  EXPECT_EQ(found(), "OF-CONTAINER");
  EXPECT_EQ(net::find_header(asked().back().headers, "Authorization"), "container-token");
  shell_.erase("AWS_CONTAINER_CREDENTIALS_FULL_URI");
  EXPECT_EQ(found(), "OF-INSTANCE");
  EXPECT_EQ(net::find_header(asked().back().headers, "X-aws-ec2-metadata-token"), "imds-token");
  shell_["AWS_EC2_METADATA_DISABLED"] = "true";
  EXPECT_NE(found().find("no credentials for the source"), std::string::npos) << found();
}

TEST_F(CredentialChainTest, ANamedProfileIsTakenOrMissed) {
  shell_ = {{"AWS_ACCESS_KEY_ID", "OF-SHELL"},
            {"AWS_SECRET_ACCESS_KEY", "s"},
            {"AWS_SHARED_CREDENTIALS_FILE", credentials_file()}};
  options_.profile = "prod";
  EXPECT_EQ(found(), "OF-PROD");
  options_.profile = "nobody";
  EXPECT_NE(found().find("profile 'nobody'"), std::string::npos) << found();
  options_.profile = "";
  shell_ = {{"AWS_PROFILE", "nobody"}, {"AWS_SHARED_CREDENTIALS_FILE", credentials_file()}};
  EXPECT_NE(found().find("profile 'nobody'"), std::string::npos) << found();
}

TEST_F(CredentialChainTest, TheNodesKeysAreNotSentElsewhere) {
  shell_ = {{"AWS_ENDPOINT_URL", "http://127.0.0.1:4566"},
            {"AWS_ACCESS_KEY_ID", "OF-NODE"},
            {"AWS_SECRET_ACCESS_KEY", "s"},
            {"AWS_EC2_METADATA_DISABLED", "true"}};
  EXPECT_NE(found().find("are the node's"), std::string::npos) << found();
  shell_["AWS_SHARED_CREDENTIALS_FILE"] = credentials_file();
  EXPECT_EQ(found(), "OF-FILE");
}

TEST_F(CredentialChainTest, AContainersTokenGoesToNobodyElse) {
  for (const char* url : {"http://example.com/x", "http://10.0.0.1/x", "ftp://127.0.0.1/"}) {
    shell_ = {{"AWS_CONTAINER_CREDENTIALS_FULL_URI", url}};
    EXPECT_NE(found().find("container credentials"), std::string::npos) << found();
  }
}

TEST_F(CredentialChainTest, ARoleIsAssumedWithItsExternalId) {
  shell_ = {{"AWS_ACCESS_KEY_ID", "OF-SHELL"}, {"AWS_SECRET_ACCESS_KEY", "s"}};
  options_.sts_endpoint_url = client_->endpoint();
  options_.region = "eu-west-1";
  options_.role_arn = "arn:aws:iam::1:role/reader";
  options_.external_id = "a/b c";
  EXPECT_EQ(found(), "OF-ROLE");
  const auto call = asked().back();
  EXPECT_EQ(call.body,
            "Version=2011-06-15&Action=AssumeRole&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Freader"
            "&RoleSessionName=sextant-ingest&ExternalId=a%2Fb%20c");
  const auto signature = net::find_header(call.headers, "Authorization").value_or("");
  EXPECT_TRUE(signature.contains("Credential=OF-SHELL/")) << signature;
  EXPECT_TRUE(signature.contains("/eu-west-1/sts/aws4_request")) << signature;
  status_ = 403;
  EXPECT_TRUE(found().starts_with("assume role arn:aws:iam::1:role/reader")) << found();
}

TEST_F(CredentialChainTest, KeysAreRenewedBeforeTheyEnd) {
  shell_ = {{"AWS_ACCESS_KEY_ID", "OF-SHELL"}, {"AWS_SECRET_ACCESS_KEY", "s"}};
  options_.sts_endpoint_url = client_->endpoint();
  options_.role_arn = "arn:aws:iam::1:role/reader";
  CredentialChain chain(options_, [this](const char* name) { return shell_[name]; }, clock_);
  EXPECT_EQ(key_of(chain), "OF-ROLE");
  clock_.advance(std::chrono::minutes(54));
  EXPECT_EQ(key_of(chain), "OF-ROLE");
  EXPECT_EQ(asked().size(), 1u);

  clock_.advance(std::chrono::minutes(2));  // 4 are left, and STS is not there
  status_ = 503;
  for (int i = 0; i < 5; ++i) EXPECT_EQ(key_of(chain), "OF-ROLE");
  EXPECT_EQ(asked().size(), 2u) << "not asked at every call";
  clock_.advance(std::chrono::minutes(1));
  status_ = 200;
  expires_ = "2026-07-03T00:00:00Z";
  EXPECT_EQ(key_of(chain), "OF-ROLE");
  clock_.advance(std::chrono::minutes(30));
  EXPECT_EQ(key_of(chain), "OF-ROLE");
  EXPECT_EQ(asked().size(), 3u);

  status_ = 403;
  clock_.advance(std::chrono::hours(2));
  EXPECT_TRUE(key_of(chain).starts_with("assume role")) << "keys that ended are not used";
}

TEST_F(CredentialChainTest, AFileThatChangesIsReadAgain) {
  shell_ = {{"AWS_SHARED_CREDENTIALS_FILE", credentials_file()}};
  CredentialChain chain(options_, [this](const char* name) { return shell_[name]; }, clock_);
  EXPECT_EQ(key_of(chain), "OF-FILE");
  std::ofstream(folder_ / "credentials")
      << "[default]\naws_access_key_id = NEWER\naws_secret_access_key = s\n";
  EXPECT_EQ(key_of(chain), "OF-FILE");
  clock_.advance(std::chrono::minutes(6));
  EXPECT_EQ(key_of(chain), "NEWER");
}

}  // namespace
}  // namespace sextant::cli

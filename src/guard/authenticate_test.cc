#include "guard/authenticate.h"

#include <gtest/gtest.h>

#include <functional>

#include "adapters/memory/store.h"
#include "core/credentials_file.h"
#include "core/hash.h"
#include "core/time_text.h"
#include "tests/support/temporary_folder.h"

namespace sextant::guard {
namespace {

constexpr Time kNow{std::chrono::seconds(1'800'000'000)};
const Scope kScope{AccountId("000000000000"), Region("us-east-1")};
const std::string kEmptyHash = sha256_hex("");

// A request on its way: signed by the client, then perhaps tampered with.
struct Sent {
  std::string method = "PUT";
  std::string path = "/bucket/a%20key";
  std::string query = "partNumber=1&uploadId=x%2Fy";
  Headers headers = {{"Host", "localhost:4566"}, {"Content-Type", "text/plain"}};
  std::optional<std::string> body_sha256 = std::nullopt;

  std::string& header(std::string_view name) {
    for (auto& [key, value] : headers) {
      if (key == name) return value;
    }
    return headers.emplace_back(std::string(name), "").second;
  }
  void remove(std::string_view name) {
    std::erase_if(headers, [&](const auto& header) { return header.first == name; });
  }
};

class Authenticate : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = CredentialStore::open(kScope, clock, store, store, folder.path());
    ASSERT_TRUE(opened);
    credentials = std::move(*opened);
    keys = *read_credentials_file(folder.path() / "credentials");
  }

  Sent sign(std::string_view service = "s3", std::string_view payload = kEmptyHash,
            Time at = kNow) {
    Sent sent;
    sigv4::SignedRequest request{.method = sent.method,
                                 .path = sent.path,
                                 .query = sent.query,
                                 .headers = sent.headers,
                                 .payload_hash = std::string(payload)};
    sigv4::sign(keys, "us-east-1", service, at, request);
    sent.headers = request.headers;
    return sent;
  }
  Result<Authenticated> authenticate(const Sent& sent, std::string_view service = "s3") {
    const Authenticator authenticator(*credentials, kScope.region);
    return authenticator.authenticate({.method = sent.method,
                                       .path = sent.path,
                                       .query = sent.query,
                                       .headers = sent.headers,
                                       .body_sha256 = sent.body_sha256},
                                      service, kNow);
  }
  std::string error(const Sent& sent, std::string_view service = "s3") {
    const auto result = authenticate(sent, service);
    return result ? "" : result.error().name;
  }

  ManualClock clock{kNow};
  adapters::MemoryStore store{clock};
  test::TemporaryFolder folder;
  std::unique_ptr<CredentialStore> credentials;
  sigv4::Credentials keys;
};

TEST_F(Authenticate, AcceptsWhatTheKeySigned) {
  const auto result = authenticate(sign());
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->principal.kind, sdk::PrincipalKind::Root);
  EXPECT_EQ(result->principal.access_key_id, keys.access_key_id);
  EXPECT_EQ(result->payload, PayloadKind::Hash);
  EXPECT_EQ(result->payload_sha256, kEmptyHash);
  EXPECT_EQ(result->scope.text(), "20270115/us-east-1/s3/aws4_request");
}

TEST_F(Authenticate, RefusesEveryChangeOfWhatWasSigned) {
  const std::function<void(Sent&)> changes[] = {
      [](Sent& sent) { sent.method = "GET"; },
      [](Sent& sent) { sent.path = "/bucket/another"; },
      [](Sent& sent) { sent.query = "partNumber=2&uploadId=x%2Fy"; },
      [](Sent& sent) { sent.query += "&acl"; },
      [](Sent& sent) { sent.header("Host") = "elsewhere"; },
      [](Sent& sent) { sent.header("Content-Type") = "text/html"; },
      [](Sent& sent) { sent.header("x-amz-content-sha256") = "UNSIGNED-PAYLOAD"; },
      [](Sent& sent) { sent.header("x-amz-date").replace(13, 2, "01"); },
      [](Sent& sent) {
        auto& text = sent.header("Authorization");
        text.back() = text.back() == '0' ? '1' : '0';
      },
  };
  int number = 0;
  for (const auto& change : changes) {
    auto sent = sign();
    change(sent);
    EXPECT_EQ(error(sent), "SignatureDoesNotMatch") << "change " << number;
    ++number;
  }
  auto other = sign();
  other.method = "GET";
  EXPECT_EQ(authenticate(other).error().message, kWrongSignatureS3);
  const auto details = signature_details(
      {.method = other.method, .path = other.path, .query = other.query, .headers = other.headers});
  ASSERT_TRUE(details);
  EXPECT_TRUE(details->canonical_request.starts_with("GET\n/bucket/a%20key\n"));
  EXPECT_TRUE(details->string_to_sign.starts_with("AWS4-HMAC-SHA256\n20270115T080000Z\n"));
  EXPECT_TRUE(details->string_to_sign.ends_with(sha256_hex(details->canonical_request)));
  EXPECT_TRUE(other.header("Authorization").ends_with(details->signature));
}

TEST_F(Authenticate, WhatMattersMustBeSignedAndStandOnce) {
  auto sent = sign();
  sent.header("x-amz-acl") = "public-read";
  EXPECT_EQ(error(sent), "AccessDenied");
  sent = sign();
  sent.header("X-Amz-Security-Token") = "";
  EXPECT_EQ(error(sent), "AccessDenied");
  for (const auto* name : {"Authorization", "Host", "x-amz-date", "x-amz-content-sha256"}) {
    sent = sign();
    sent.headers.emplace_back(name, sent.header(name));
    EXPECT_EQ(error(sent), "InvalidRequest") << name;
  }
  sent = sign();
  sent.remove("Content-Type");
  EXPECT_EQ(error(sent), "SignatureDoesNotMatch");
  sent = sign();
  sent.remove("x-amz-content-sha256");
  EXPECT_EQ(error(sent), "InvalidRequest");
  sent = sign();
  sent.remove("x-amz-date");
  EXPECT_EQ(error(sent), "AccessDenied");
  sent = sign();
  auto& text = sent.header("Authorization");
  text.replace(text.find("host;"), 5, "");
  EXPECT_EQ(error(sent), "AccessDenied");
}

TEST_F(Authenticate, ClockSkewAsAwsTakesIt) {
  using std::chrono::minutes;
  using std::chrono::seconds;
  for (const auto within : {minutes(-15), minutes(0), minutes(15)}) {
    EXPECT_EQ(error(sign("s3", kEmptyHash, kNow + within)), "") << within.count();
  }
  for (const auto beyond : {-seconds(901), seconds(901), -seconds(3'600), seconds(3'600)}) {
    EXPECT_EQ(error(sign("s3", kEmptyHash, kNow + beyond)), "RequestTimeTooSkewed");
  }
  EXPECT_EQ(error(sign("iam", kEmptyHash, kNow - minutes(5)), "iam"), "");
  EXPECT_EQ(error(sign("iam", kEmptyHash, kNow - seconds(301)), "iam"), "SignatureDoesNotMatch");
  EXPECT_NE(authenticate(sign("iam", kEmptyHash, kNow - seconds(301)), "iam")
                .error()
                .message.find("Signature expired: 20270115T075459Z is now earlier than "
                              "20270115T075500Z (20270115T080000Z - 5 min.)"),
            std::string::npos);
  EXPECT_EQ(error(sign("iam", kEmptyHash, kNow + seconds(301)), "iam"), "SignatureDoesNotMatch");
}

TEST_F(Authenticate, ScopeMustBeOurs) {
  EXPECT_EQ(error(sign("iam")), "AuthorizationHeaderMalformed");
  EXPECT_EQ(error(sign("s3"), "iam"), "SignatureDoesNotMatch");
  auto sent = sign();
  auto& text = sent.header("Authorization");
  text.replace(text.find("us-east-1"), 9, "eu-west-1");
  EXPECT_EQ(authenticate(sent).error().message,
            "The authorization header is malformed; the region 'eu-west-1' is wrong; expecting "
            "'us-east-1'");
  sent = sign();
  auto& date = sent.header("Authorization");
  date.replace(date.find("20270115"), 8, "20270114");
  EXPECT_EQ(error(sent), "SignatureDoesNotMatch");
}

TEST_F(Authenticate, IamIsOneForAllRegions) {
  const Authenticator elsewhere(*credentials, Region("eu-west-1"));
  const auto error_of = [&](const std::string& service) {
    const auto sent = sign(service);
    const auto result = elsewhere.authenticate({.method = sent.method,
                                                .path = sent.path,
                                                .query = sent.query,
                                                .headers = sent.headers,
                                                .body_sha256 = kEmptyHash},
                                               service, kNow);
    return result ? "" : result.error().name;
  };
  EXPECT_EQ(error_of("iam"), "");
  EXPECT_EQ(error_of("sts"), "SignatureDoesNotMatch");
}

TEST_F(Authenticate, UnknownKeysAndSessions) {
  keys.access_key_id = "AKIANOBODY";
  EXPECT_EQ(error(sign()), "InvalidAccessKeyId");
  EXPECT_EQ(error(sign("iam"), "iam"), "InvalidClientTokenId");

  const auto issued = credentials->issue_session({.kind = sdk::PrincipalKind::AssumedRole,
                                                  .account = kScope.account,
                                                  .arn = "arn:aws:sts::…:assumed-role/r/s",
                                                  .principal_id = "AROA:s"},
                                                 std::chrono::minutes(10));
  keys = issued.keys;
  const auto result = authenticate(sign());
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->principal.arn, "arn:aws:sts::…:assumed-role/r/s");
  keys.session_token.clear();
  EXPECT_EQ(error(sign()), "InvalidAccessKeyId");
  keys.session_token = "junk";
  EXPECT_EQ(error(sign()), "InvalidToken");
  EXPECT_EQ(error(sign("iam"), "iam"), "InvalidClientTokenId");
  keys = credentials->issue_session({}, Duration(0)).keys;
  EXPECT_EQ(error(sign()), "ExpiredToken");
  EXPECT_EQ(error(sign("iam"), "iam"), "ExpiredToken");
}

TEST_F(Authenticate, WithoutASignature) {
  Sent sent;
  const auto result = authenticate(sent);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->principal.kind, sdk::PrincipalKind::Anonymous);
  EXPECT_EQ(result->payload, PayloadKind::Unsigned);
  EXPECT_EQ(error(sent, "iam"), "MissingAuthenticationToken");
  sent.header("x-amz-content-sha256") = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";
  EXPECT_EQ(authenticate(sent)->payload, PayloadKind::UnsignedChunksTrailer);
  sent.header("x-amz-content-sha256") = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
  EXPECT_EQ(error(sent), "AccessDenied");
}

TEST_F(Authenticate, PayloadForms) {
  const std::pair<const char*, PayloadKind> forms[] = {
      {"UNSIGNED-PAYLOAD", PayloadKind::Unsigned},
      {"STREAMING-AWS4-HMAC-SHA256-PAYLOAD", PayloadKind::SignedChunks},
      {"STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", PayloadKind::SignedChunksTrailer},
      {"STREAMING-UNSIGNED-PAYLOAD-TRAILER", PayloadKind::UnsignedChunksTrailer},
  };
  for (const auto& [text, kind] : forms) {
    const auto result = authenticate(sign("s3", text));
    ASSERT_TRUE(result) << text;
    EXPECT_EQ(result->payload, kind);
    EXPECT_EQ(error(sign("iam", text), "iam"), "InvalidArgument") << text;
  }
  for (const auto* bad :
       {"STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD",
        "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER", "abc", "unsigned-payload"}) {
    EXPECT_EQ(error(sign("s3", bad)), "InvalidArgument") << bad;
  }
}

TEST_F(Authenticate, OtherServicesSignTheBodyItself) {
  auto sent = sign("iam", sha256_hex("Action=ListUsers"));
  sent.body_sha256 = sha256_hex("Action=ListUsers");
  EXPECT_EQ(error(sent, "iam"), "");
  sent.body_sha256 = sha256_hex("Action=DeleteUser");
  EXPECT_EQ(error(sent, "iam"), "XAmzContentSHA256Mismatch");
}

TEST_F(Authenticate, ForgedHeadersAreRefusedWithTheirFault) {
  const std::string good_credential = keys.access_key_id + "/20270115/us-east-1/s3/aws4_request";
  const std::string signature(64, 'a');
  const std::string algorithm = "AWS4-HMAC-SHA256 ";
  const struct {
    std::string text;
    const char* says;
  } rows[] = {
      {"", "is not supported"},
      {"AWS AKIA:abc", "is not supported"},
      {"Bearer x", "is not supported"},
      {"AWS4-ECDSA-P256-SHA256 Credential=x", "4A (AWS4-ECDSA-P256-SHA256) is not supported"},
      {algorithm, "must be Credential="},
      {algorithm + "Credential=" + good_credential, "requires 'SignedHeaders'"},
      {algorithm + "Credential=" + good_credential + ", SignedHeaders=host",
       "requires 'Signature'"},
      {algorithm + "SignedHeaders=host, Signature=" + signature, "requires 'Credential'"},
      {algorithm + "Credential=a/b/c, SignedHeaders=host, Signature=" + signature, "mal-formed"},
      {algorithm +
           "Credential=a/2027/r/s3/aws4_request, SignedHeaders=host, Signature=" + signature,
       "yyyymmdd"},
      {algorithm + "Credential=a/20270115/r/s3/aws5, SignedHeaders=host, Signature=" + signature,
       "terminator"},
      {algorithm + "Credential=" + good_credential + ", SignedHeaders=Host, Signature=" + signature,
       "lower-case"},
      {algorithm + "Credential=" + good_credential +
           ", SignedHeaders=host;;a, Signature=" + signature,
       "lower-case"},
      {algorithm + "Credential=" + good_credential +
           ", SignedHeaders=host;host, Signature=" + signature,
       "twice"},
      {algorithm + "Credential=" + good_credential + ", SignedHeaders=host, Signature=ABC", "64"},
      {algorithm + "Credential=" + good_credential + ", Credential=" + good_credential +
           ", SignedHeaders=host, Signature=" + signature,
       "twice"},
      {algorithm + "Credential=" + good_credential +
           ", SignedHeaders=host, Signature=" + signature + ", Extra=1",
       "does not belong"},
  };
  for (const auto& row : rows) {
    auto sent = sign();
    sent.header("Authorization") = row.text;
    const auto result = authenticate(sent);
    ASSERT_FALSE(result) << row.text;
    const bool other_kind = std::string_view(row.says).ends_with("supported");
    EXPECT_EQ(result.error().name, other_kind ? "InvalidRequest" : "AuthorizationHeaderMalformed");
    EXPECT_NE(result.error().message.find(row.says), std::string::npos) << result.error().message;
    EXPECT_EQ(error(sent, "iam"), other_kind ? "InvalidRequest" : "IncompleteSignature");
  }
}

class Presigned : public Authenticate {
 protected:
  // As a client makes one: everything in the query, the signature last.
  Sent presign(const std::string& expires, Time at = kNow) {
    Sent sent;
    sent.method = "GET";
    const auto date = iso8601_basic(at);
    const sigv4::CredentialScope scope{
        .date = date.substr(0, 8), .region = "us-east-1", .service = "s3"};
    sent.query = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=" + keys.access_key_id + "%2F" +
                 scope.date + "%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=" + date +
                 "&X-Amz-Expires=" + expires + "&X-Amz-SignedHeaders=host";
    const auto canonical = sigv4::canonical_request({.method = sent.method,
                                                     .path = sent.path,
                                                     .query = sent.query,
                                                     .headers = {{"host", "localhost:4566"}},
                                                     .payload_hash = "UNSIGNED-PAYLOAD"},
                                                    true);
    const auto key = sigv4::signing_key(keys.secret_access_key, scope);
    sent.query +=
        "&X-Amz-Signature=" + sigv4::signature(key, sigv4::string_to_sign(date, scope, canonical));
    return sent;
  }
};

TEST_F(Presigned, AcceptedUntilItExpires) {
  const auto result = authenticate(presign("60"));
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->principal.kind, sdk::PrincipalKind::Root);
  EXPECT_EQ(result->payload, PayloadKind::Unsigned);
  EXPECT_EQ(error(presign("604800", kNow - std::chrono::hours(167))), "");
  EXPECT_EQ(error(presign("60", kNow - std::chrono::seconds(60))), "AccessDenied");
  EXPECT_EQ(error(presign("60", kNow + std::chrono::minutes(16))), "AccessDenied");
}

TEST_F(Presigned, RefusedWhenChangedOrMalformed) {
  auto sent = presign("60");
  sent.method = "PUT";
  EXPECT_EQ(error(sent), "SignatureDoesNotMatch");
  sent = presign("60");
  sent.query += "&versionId=1";
  EXPECT_EQ(error(sent), "SignatureDoesNotMatch");
  for (const auto* expires : {"0", "604801", "-1", "soon", ""}) {
    EXPECT_EQ(error(presign(expires)), "AuthorizationQueryParametersError") << expires;
  }
  sent = presign("60");
  sent.query += "&X-Amz-Expires=604800";
  EXPECT_EQ(error(sent), "AuthorizationQueryParametersError");
  sent = presign("60");
  sent.header("x-amz-acl") = "public-read";
  EXPECT_EQ(error(sent), "AccessDenied");
  sent = presign("60");
  sent.header("Authorization") = sign().header("Authorization");
  EXPECT_EQ(error(sent), "InvalidArgument");
}

TEST_F(Presigned, OfVersion4aIsToldWhatToUse) {
  auto sent = presign("60");
  sent.query.replace(sent.query.find("AWS4-HMAC-SHA256"), 16, "AWS4-ECDSA-P256-SHA256");
  sent.query += "&X-Amz-Region-Set=%2A";
  for (const auto* service : {"s3", "sts"}) {
    const auto result = authenticate(sent, service);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().name, "InvalidRequest");
    EXPECT_EQ(result.error().message,
              "Signature Version 4A (AWS4-ECDSA-P256-SHA256) is not supported: sign with "
              "AWS4-HMAC-SHA256.");
  }
}

TEST_F(Presigned, OfVersion2IsToldWhatToUse) {
  Sent sent;
  sent.query = "AWSAccessKeyId=" + keys.access_key_id + "&Signature=abc&Expires=1800000000";
  EXPECT_EQ(error(sent), "InvalidRequest");
}

TEST(Claims, AreReadWithoutBelievingThem) {
  const Headers headers = {{"Authorization",
                            "AWS4-HMAC-SHA256 Credential=AK/20270115/r/glue/aws4_request, "
                            "SignedHeaders=host, Signature=" +
                                std::string(64, '0')}};
  const SignedRequest request{.method = "POST", .path = "/", .query = "", .headers = headers};
  EXPECT_EQ(claimed_service(request), "glue");
  EXPECT_EQ(claimed_access_key(request), "AK");
  const Headers none;
  const SignedRequest bare{.method = "GET", .path = "/", .query = "", .headers = none};
  EXPECT_EQ(claimed_service(bare), std::nullopt);
  EXPECT_EQ(claimed_access_key(bare), "");
}

}  // namespace
}  // namespace sextant::guard

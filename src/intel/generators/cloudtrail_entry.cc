#include "intel/generators/cloudtrail_entry.h"

#include "core/time_text.h"
#include "intel/generators/waf_entry.h"

namespace sextant::intel {
namespace {

using namespace std::string_view_literals;

class TrailWriter {
 public:
  TrailWriter(const TrailEntry& entry, std::string& out) : entry_(entry), out_(out) {}

  void write() {
    out_ += '{';
    text("eventVersion", entry_.version);
    if (entry_.other_order) last();
    json("userIdentity", entry_.identity);
    text("eventTime", iso8601(Time(Duration(entry_.time_us / 1'000'000 * 1'000'000))));
    text("eventSource", entry_.source);
    text("eventName", entry_.name);
    text("awsRegion", entry_.region);
    text("sourceIPAddress", entry_.address);
    text("userAgent", entry_.user_agent);
    text("errorCode", entry_.error_code);
    text("errorMessage", entry_.error_message);
    json("requestParameters", entry_.request);
    json("responseElements", entry_.response);
    json("additionalEventData", entry_.additional);
    text("requestID", uuid(entry_.id));
    text("eventID", uuid(~entry_.id));
    json("readOnly", entry_.read_only ? "true" : "false");
    json("resources", entry_.resources);
    if (!entry_.other_order) last();
    out_ += entry_.more;
    out_ += entry_.blanks ? "\n}" : "}";
  }

 private:
  void last() {
    text("eventType", entry_.type);
    json("managementEvent", "true");
    text("recipientAccountId", entry_.account);
    text("eventCategory", entry_.category);
    if (!entry_.tls) return;
    json("tlsDetails", R"({"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256",)"
                       R"("clientProvidedHostHeader":")" +
                           std::string(entry_.source) + "\"}");
  }

  static std::string uuid(std::uint64_t value) {
    std::string text;
    for (int i = 0; i < 32; ++i, value = value * 0x9e3779b97f4a7c15 + 7) {
      if (i == 8 || i == 12 || i == 16 || i == 20) text += '-';
      text += "0123456789abcdef"[value >> 60];
    }
    return text;
  }

  void key(std::string_view name) {
    if (out_.back() != '{') out_ += ',';
    if (entry_.blanks) out_ += "\n  ";
    out_.append("\"").append(name).append(entry_.blanks ? "\" : " : "\":");
  }
  void json(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    key(name);
    out_ += value;
  }
  void text(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    key(name);
    out_ += '"';
    append_json_escaped(value, out_);
    out_ += '"';
  }

  const TrailEntry& entry_;
  std::string& out_;
};

using TrailChange = void (*)(TrailEntry&, Dice&);

void failed(TrailEntry& entry, std::string_view code, std::string_view message) {
  entry.error_code = code;
  entry.error_message = message;
  entry.response = "null";
}

void signed_in(TrailEntry& entry, std::string_view name, std::string_view answer) {
  entry.source = "signin.amazonaws.com";
  entry.name = name;
  entry.type = "AwsConsoleSignIn";
  entry.request = "null";
  entry.response = answer;
  entry.additional =
      R"({"LoginTo":"https://console.aws.amazon.com/console/home?a=\"b\"","MobileVersion":"No",)"
      R"("MFAUsed":"No"})";
  entry.read_only = false;
}

constexpr TrailChange kOfIdentity[] = {
    [](TrailEntry& e, Dice&) {  // without an ARN
      e.identity = R"({"type":"Root","principalId":"123456789012","accountId":"123456789012"})";
    },
    [](TrailEntry& e, Dice&) {
      e.identity = R"({"type":"AWSService","invokedBy":"autoscaling.amazonaws.com"})";
      e.address = "autoscaling.amazonaws.com";
      e.user_agent = "autoscaling.amazonaws.com";
    },
    [](TrailEntry& e, Dice&) {
      e.identity = R"({"type":"AWSAccount","principalId":"AIDAQRSTUVWXYZEXAMPLE:x","accountId":)"
                   R"("999988887777"})";
    },
    [](TrailEntry& e, Dice&) {
      e.identity = R"({"type":"WebIdentityUser","principalId":"accounts.example:app:user",)"
                   R"("userName":"user","identityProvider":"accounts.example"})";
    },
    [](TrailEntry& e, Dice&) {
      e.identity =
          R"({"type":"IdentityCenterUser","accountId":"123456789012","onBehalfOf":{"userId":)"
          R"("544894e8-80c1-707f-60e3-3ba6510dfac1","identityStoreArn":)"
          R"("arn:aws:identitystore::123456789012:identitystore/d-9067642ac7"},"credentialId":"c"})";
    },
    [](TrailEntry& e, Dice&) {
      e.identity =
          R"({"type":"AssumedRole","principalId":"AROAEXAMPLE:i-0abc","accountId":"123456789012",)"
          R"("sessionContext":{"sessionIssuer":{"type":"Role","userName":"web"},)"
          R"("webIdFederationData":{"federatedProvider":"arn:aws:iam::1:oidc-provider/x",)"
          R"("attributes":{}},"attributes":{"mfaAuthenticated":"true","creationDate":)"
          R"("2026-01-01T00:00:00Z"},"sourceIdentity":"ann","ec2RoleDelivery":"2.0","new":1}})";
    },
    [](TrailEntry& e, Dice&) { e.identity = R"({"type":"Unknown","sessionContext":null})"; },
    [](TrailEntry& e, Dice&) { e.identity = "null"; },
    [](TrailEntry& e, Dice&) { e.identity.clear(); },
    [](TrailEntry& e, Dice&) { e.address = "AWS Internal"; },
    [](TrailEntry& e, Dice&) { e.address = "secretsmanager.amazonaws.com"; },
    [](TrailEntry& e, Dice&) { e.address = "010.000.000.001"; },
    [](TrailEntry& e, Dice&) { e.address = "2001:db8:85a3::8a2e:370:7334"; },
    [](TrailEntry& e, Dice&) { e.address.clear(); },
    [](TrailEntry& e, Dice&) { e.user_agent = "[S3Console/0.4, aws-internal/3]"; },
    [](TrailEntry& e, Dice&) { e.user_agent = "caf\xE9/1.0"; },
    [](TrailEntry& e, Dice&) { e.user_agent = "Магазин \"2\""; },
    [](TrailEntry& e, Dice&) { failed(e, "AccessDenied", "User: x is not authorized"); },
    [](TrailEntry& e, Dice&) { failed(e, "Client.UnauthorizedOperation", ""); },
    [](TrailEntry& e, Dice&) { failed(e, "", "Failed authentication"); },
    [](TrailEntry& e, Dice&) { signed_in(e, "ConsoleLogin", R"({"ConsoleLogin":"Failure"})"); },
    [](TrailEntry& e, Dice&) {
      signed_in(e, "ConsoleLogin", R"({"ConsoleLogin":"Failure"})");
      e.error_message = "No username found in supplied account";
      e.identity = R"({"type":"IAMUser","accountId":"123456789012","accessKeyId":"",)"
                   R"("userName":"HIDDEN_DUE_TO_SECURITY_REASONS"})";
    },
    [](TrailEntry& e, Dice&) {
      signed_in(e, "ConsoleLogin", R"({"ConsoleLogin":"Success"})");
      e.additional = R"({"MobileVersion":"Yes","MFAUsed":"Yes","MFAIdentifier":"arn:x"})";
    },
    [](TrailEntry& e, Dice&) { signed_in(e, "SwitchRole", R"({"SwitchRole":"Failure"})"); },
    [](TrailEntry& e, Dice&) { signed_in(e, "ConsoleLogin", "null"); },
};

constexpr TrailChange kOfCall[] = {
    [](TrailEntry& e, Dice&) {
      e.source = "lambda.amazonaws.com";
      e.name = "UpdateFunctionCode20150331v2";
      e.request = R"({"functionName":"shop","publish":false,"dryRun":false})";
      e.response = R"({"functionArn":"arn:aws:lambda:us-east-1:1:function:shop","codeSize":)"
                   R"(9007199254740993,"memorySize":1.280e2,"layers":[],"vpcConfig":{}})";
    },
    [](TrailEntry& e, Dice&) { e.name = "CreateDistribution2020_05_31"; },
    [](TrailEntry& e, Dice&) { e.name = "CreateFunction20150331"; },
    [](TrailEntry& e, Dice&) { e.name = "GetApiv2"; },
    [](TrailEntry& e, Dice&) {
      e.source = "iam.amazonaws.com";
      e.name = "CreateUser";
      e.request = R"({"userName":"bob","tags":[{"key":"a","value":"b"},{"key":"c","value":null}]})";
      e.response = R"({"user":{"path":"/","userName":"bob","userId":"AIDAEXAMPLE"}})";
    },
    [](TrailEntry& e, Dice&) {
      e.source = "iam.amazonaws.com";
      e.name = "UpdateUser";
      e.request = R"({"userName":"bob","newUserName":"mallory","groupName":"admins"})";
    },
    [](TrailEntry& e, Dice&) {
      e.name = "PutBucketPolicy";
      e.request = R"({"bucketName":"b","policyText":"{\"Statement\":[{\"Effect\":\"Allow\"}]}",)"
                  R"("a.b":"c\nd","":"","deep":[[{"x":[1,[2,true]]}]]})";
    },
    [](TrailEntry& e, Dice&) { e.request = R"("as text")"; },
    [](TrailEntry& e, Dice&) { e.request = "{}"; },
    [](TrailEntry& e, Dice&) { e.request = R"({"u":"a\u0000b","v\u0000":"c","w":"d"})"; },
    [](TrailEntry& e, Dice&) { e.request.clear(); },
    [](TrailEntry& e, Dice& dice) {
      e.request = R"({"userData":")" + std::string(30'000 + dice.below(6'000), 'A') +
                  R"(","b":"c","d":")" + std::string(3'000, 'B') + R"(","e":1})";
    },
    [](TrailEntry& e, Dice&) {
      e.resources = R"([{"ARN":"arn:aws:s3:::b/k","type":"AWS::S3::Object"},{"arn":)"
                    R"("arn:aws:s3:::b","accountId":"123456789012","type":"AWS::S3::Bucket"},)"
                    R"({"accountId":"123456789012","type":"AWS::S3::Bucket","ARN":"arn:2"},7])";
      e.category = "Data";
    },
    [](TrailEntry& e, Dice&) { e.resources = "null"; },
    [](TrailEntry& e, Dice&) { e.resources = R"({"no":"list"})"; },
    [](TrailEntry& e, Dice&) {
      e.type = "AwsServiceEvent";
      e.more = R"(,"serviceEventDetails":{"snapshotId":"snap-1","ok":true})";
    },
    [](TrailEntry& e, Dice&) {
      e.type = "AwsCloudTrailInsight";
      e.category = "Insight";
      e.more = R"(,"insightDetails":{"state":"Start","eventSource":"ssm.amazonaws.com",)"
               R"("insightContext":{"statistics":{"baseline":{"average":0.0000882145},)"
               R"("insight":{"average":0.6},"insightDuration":5}}},"sharedEventID":"s-1")";
    },
    [](TrailEntry& e, Dice&) {
      e.type = "AwsVpceEvent";
      e.category = "NetworkActivity";
      e.more = R"(,"vpcEndpointId":"vpce-1","vpcEndpointAccountId":"123456789012")";
    },
    [](TrailEntry& e, Dice&) {
      e.more = R"(,"addendum":{"reason":"DELIVERY_DELAY","originalEventID":"x"},)"
               R"("sessionCredentialFromConsole":"true","edgeDeviceDetails":"d","apiVersion":"1")";
    },
    [](TrailEntry& e, Dice&) {
      e.more = R"(,"of tomorrow":{"a":[1,2.5e3,null]},"k\"":true,"readOnly":false)";
    },
    [](TrailEntry& e, Dice&) { e.more = R"(,"tlsDetails":null,"sharedEventId":"s-2")"; },
    [](TrailEntry& e, Dice&) { e.more = R"(,"tlsDetails":{"tlsVersion":"SSLv3","x":[]})"; },
    [](TrailEntry& e, Dice&) { e.tls = false; },
    [](TrailEntry& e, Dice&) { e.version = "1.05"; },
    [](TrailEntry& e, Dice&) { e.blanks = true; },
    [](TrailEntry& e, Dice&) { e.other_order = true; },
};

}  // namespace

void write_trail(const TrailEntry& entry, std::string& out) { TrailWriter(entry, out).write(); }

void make_odd(TrailEntry& entry, Dice& dice) {
  if (dice.chance(0.5)) {
    kOfIdentity[dice.below(std::size(kOfIdentity))](entry, dice);
  } else {
    kOfCall[dice.below(std::size(kOfCall))](entry, dice);
  }
}

void make_malformed_record(std::string& record, Dice& dice) {
  switch (dice.below(7)) {
    case 0: record.resize(40 + dice.below(record.size() - 41)); break;  // cut short anywhere
    case 1: record.pop_back(); break;
    case 2: record = R"({"eventVersion":"1.08","eventName":"x"})"; break;
    case 3: record.insert(50 + dice.below(record.size() - 51), "\""); break;
    case 4: record = R"({"eventVersion":null})"; break;
    case 5: record = R"({"eventVersion":"1.08","eventTime":"yesterday"})"; break;
    default: record = "{\"eventVersion\":\x00\xFF\xFE\x80 noise \xC0\xAF}"sv;
  }
}

}  // namespace sextant::intel

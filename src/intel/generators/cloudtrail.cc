#include "intel/generators/cloudtrail.h"

#include <array>

#include "core/time_text.h"
#include "intel/generators/cloudtrail_entry.h"

namespace sextant::intel {
namespace {

constexpr std::size_t kRoles = 60;

// What is done in an account on an ordinary day. # in JSON is a number that varies.
struct ApiCall {
  std::string_view source;
  std::string_view name;
  double weight;
  std::string_view request;
  std::string_view response = "null";
  bool read_only = true;
};
constexpr ApiCall kCalls[] = {
    {"ec2.amazonaws.com", "DescribeInstances", 18,
     R"({"instancesSet":{"items":[{"instanceId":"i-0a1b2c3d4e5f6#"}]},"filterSet":{}})"},
    {"ec2.amazonaws.com", "DescribeNetworkInterfaces", 7,
     R"({"networkInterfaceIdSet":{},"filterSet":{"items":[{"name":"vpc-id","valueSet":{"items":[)"
     R"({"value":"vpc-0a1b2c3d4e5f60718"}]}}]}})"},
    {"ec2.amazonaws.com", "DescribeSecurityGroups", 5,
     R"({"securityGroupSet":{},"securityGroupIdSet":{"items":[{"groupId":"sg-0123456789#"}]}})"},
    {"sts.amazonaws.com", "AssumeRole", 22,
     R"({"roleArn":"arn:aws:iam::123456789012:role/service-#","roleSessionName":"session-#",)"
     R"("durationSeconds":3600})",
     R"({"credentials":{"accessKeyId":"ASIAEXAMPLE#","expiration":"Jan 1, 2026, 1:00:00 AM",)"
     R"("sessionToken":"IQoJb3JpZ2luX2VjEXAMPLETOKEN#"},"assumedRoleUser":{"assumedRoleId":)"
     R"("AROAEXAMPLE:session-#","arn":"arn:aws:sts::123456789012:assumed-role/service-#/s"}})"},
    {"sts.amazonaws.com", "GetCallerIdentity", 4, "null"},
    {"kms.amazonaws.com", "Decrypt", 12,
     R"({"encryptionContext":{"aws:s3:arn":"arn:aws:s3:::shop-data-lake/year=2026/part-#"},)"
     R"("encryptionAlgorithm":"SYMMETRIC_DEFAULT"})"},
    {"s3.amazonaws.com", "GetBucketAcl", 5,
     R"({"bucketName":"shop-data-lake","Host":"shop-data-lake.s3.amazonaws.com","acl":""})"},
    {"s3.amazonaws.com", "ListBuckets", 2, "null"},
    {"logs.amazonaws.com", "CreateLogStream", 5,
     R"({"logGroupName":"/aws/lambda/shop-#","logStreamName":"2026/01/01/[$LATEST]#"})", "null",
     false},
    {"monitoring.amazonaws.com", "DescribeAlarms", 5, R"({"maxRecords":100})"},
    {"ssm.amazonaws.com", "UpdateInstanceInformation", 9,
     R"({"instanceId":"i-0a1b2c3d4e5f6#","agentVersion":"3.3.40.0","agentStatus":"Active",)"
     R"("platformType":"Linux","platformName":"Amazon Linux","iPAddress":"10.0.3.#"})",
     "null", false},
    {"secretsmanager.amazonaws.com", "GetSecretValue", 3, R"({"secretId":"shop/db-#"})"},
    {"dynamodb.amazonaws.com", "DescribeTable", 3, R"({"tableName":"carts-#"})"},
    {"iam.amazonaws.com", "GetUser", 1, R"({"userName":"deploy-#"})"},
    {"iam.amazonaws.com", "ListAttachedUserPolicies", 0.6, R"({"userName":"deploy-#"})"},
    {"ec2.amazonaws.com", "RunInstances", 0.7,
     R"({"instancesSet":{"items":[{"imageId":"ami-0abc","minCount":1,"maxCount":1}]},)"
     R"("instanceType":"t3.micro","monitoring":{"enabled":false}})",
     R"({"instancesSet":{"items":[{"instanceId":"i-0a1b2c3d4e5f6#","currentState":{"code":0,)"
     R"("name":"pending"}}]}})",
     false},
    {"elasticloadbalancing.amazonaws.com", "DescribeTargetHealth", 4,
     R"({"targetGroupArn":"arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/w/#"})"},
};

constexpr std::string_view kAgents[] = {
    "aws-sdk-java/2.29.20 md/io#sync md/http#Apache ua/2.1 os/Linux#6.1.112 lang/java#21.0.5",
    "Boto3/1.35.71 md/Botocore#1.35.71 ua/2.0 os/linux#6.1.112 md/arch#x86_64 lang/python#3.12.7",
    "aws-sdk-go-v2/1.32.5 ua/2.1 os/linux lang/go#1.23.3 md/GOOS#linux md/GOARCH#amd64",
    "APN/1.0 HashiCorp/1.0 Terraform/1.10.0 terraform-provider-aws/5.77.0",
    "aws-cli/2.22.7 md/awscrt#0.23.4 ua/2.0 os/linux#5.15 md/arch#x86_64 lang/python#3.12.6",
    "console.amazonaws.com"};

std::vector<double> weights_of_calls() {
  std::vector<double> weights;
  for (const auto& call : kCalls) weights.push_back(call.weight);
  return weights;
}

std::string filled(std::string_view pattern, std::uint64_t number) {
  std::string text;
  for (const char c : pattern) {
    if (c == '#') {
      text += std::to_string(number % 1'000);
    } else {
      text += c;
    }
  }
  return text;
}

class CloudTrailGenerator final : public TrafficGenerator {
 public:
  explicit CloudTrailGenerator(const GeneratorOptions& given)
      : TrafficGenerator(given), call_choice_(weights_of_calls()), role_choice_(zipf(kRoles, 1.0)) {
    plan();
  }
  std::string heading() const override { return "{\"Records\":["; }
  std::string_view between() const override { return ","; }
  std::string_view footing() const override { return "]}"; }
  std::string object_key(Time end, std::uint64_t number) const override;

 private:
  void begin(std::int64_t time_us) override;
  void ordinary() override;
  void attack(Campaign& campaign) override;
  void make_odd() override { intel::make_odd(entry_, dice()); }
  void write(std::string& out) override { write_trail(entry_, out); }
  void make_malformed(std::string& record) override { make_malformed_record(record, dice()); }
  std::string_view source() const override { return entry_.address; }
  std::string_view line_end() const override { return {}; }
  void as_role(std::size_t number);
  void as_user(std::string_view name);
  void call(const ApiCall& call, std::uint64_t number);
  void from_abroad(std::uint64_t sent);
  void open_group(bool by_modifying, std::uint64_t sent);
  void open_bucket(std::uint64_t sent);
  void sign_in_as_root();

  Choice call_choice_;
  Choice role_choice_;
  TrailEntry entry_;
};

std::string CloudTrailGenerator::object_key(Time end, std::uint64_t number) const {
  const auto& account = options().account;
  const auto& region = options().region;
  const auto basic = iso8601_basic(end);  // 20260101T000000Z
  std::string unique;
  for (auto bits = (number + 1) * 0x9e3779b97f4a7c15 + options().seed; unique.size() < 12;
       bits = bits * 0xbf58476d1ce4e5b9 + 1) {
    unique += "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789ab"[bits >> 58];
  }
  return "AWSLogs/" + account + "/CloudTrail/" + region + "/" + basic.substr(0, 4) + "/" +
         basic.substr(4, 2) + "/" + basic.substr(6, 2) + "/" + account + "_CloudTrail_" + region +
         "_" + basic.substr(0, 13) + "Z_" + unique + std::to_string(number) + ".json.gz";
}

void CloudTrailGenerator::begin(std::int64_t time_us) {
  entry_ = TrailEntry{};
  entry_.time_us = time_us;
  entry_.region = options().region;
  entry_.account = options().account;
  entry_.id = dice().next();
}

void CloudTrailGenerator::as_role(std::size_t number) {
  const auto name = "service-" + std::to_string(number);
  const auto role = "arn:aws:iam::" + options().account + ":role/" + name;
  const auto session = "i-0a1b2c3d4e5f6" + std::to_string(entry_.id % 400);
  entry_.identity =
      R"({"type":"AssumedRole","principalId":"AROAEXAMPLE)" + std::to_string(number) + ":" +
      session + R"(","arn":"arn:aws:sts::)" + options().account + ":assumed-role/" + name + "/" +
      session + R"(","accountId":")" + options().account + R"(","accessKeyId":"ASIAEXAMPLE)" +
      std::to_string(entry_.id % 5'000) +
      R"(","sessionContext":{"sessionIssuer":{"type":"Role","principalId":"AROAEXAMPLE)" +
      std::to_string(number) + R"(","arn":")" + role + R"(","accountId":")" + options().account +
      R"(","userName":")" + name +
      R"("},"attributes":{"creationDate":"2026-01-01T00:00:00Z","mfaAuthenticated":"false"}}})";
}

void CloudTrailGenerator::as_user(std::string_view name) {
  entry_.identity = R"({"type":"IAMUser","principalId":"AIDAEXAMPLE)" + std::string(name) +
                    R"(","arn":"arn:aws:iam::)" + options().account + ":user/" + std::string(name) +
                    R"(","accountId":")" + options().account +
                    R"(","accessKeyId":"AKIAEXAMPLE","userName":")" + std::string(name) + "\"}";
}

void CloudTrailGenerator::call(const ApiCall& call, std::uint64_t number) {
  entry_.source = call.source;
  entry_.name = call.name;
  entry_.request = filled(call.request, number);
  entry_.response = filled(call.response, number);
  entry_.read_only = call.read_only;
}

// Mostly programs inside, some services, few people behind the office's address.
void CloudTrailGenerator::ordinary() {
  constexpr std::string_view kPeople[] = {"ann", "bob", "deploy-7", "carol", "dave"};
  constexpr std::string_view kServices[] = {"lambda.amazonaws.com", "ecs-tasks.amazonaws.com",
                                            "cloudtrail.amazonaws.com", "config.amazonaws.com"};
  const auto kind = dice().below(100);
  call(kCalls[call_choice_.draw(dice())], entry_.id >> 32);
  if (kind < 72) {
    as_role(role_choice_.draw(dice()));
    entry_.address =
        kind < 60 ? "10.0." + std::to_string(kind % 8) + "." + std::to_string(4 + entry_.id % 200)
                  : "52.94.133." + std::to_string(1 + entry_.id % 100);
    entry_.user_agent = kAgents[entry_.id % 4];
  } else if (kind < 92) {
    const auto service = kServices[entry_.id % std::size(kServices)];
    entry_.identity = R"({"type":"AWSService","invokedBy":")" + std::string(service) + "\"}";
    entry_.address = kind < 76 ? std::string("AWS Internal") : std::string(service);
    entry_.user_agent = entry_.address;
    entry_.tls = false;
  } else {
    as_user(kPeople[entry_.id % std::size(kPeople)]);
    entry_.address = "73.162.18." + std::to_string(10 + entry_.id % 3);
    entry_.user_agent = kAgents[4 + entry_.id % 2];
  }
  if (entry_.id % 37 == 0) {
    entry_.error_code = "AccessDenied";
    entry_.error_message = "User is not authorized to perform: " + std::string(entry_.name);
    entry_.response = "null";
  }
}

// A key that was found somewhere: who am I, what is there, then keys of one's own.
void CloudTrailGenerator::from_abroad(std::uint64_t sent) {
  constexpr ApiCall kSteps[] = {
      {"sts.amazonaws.com", "GetCallerIdentity", 0, "null"},
      {"iam.amazonaws.com", "ListUsers", 0, "null"},
      {"iam.amazonaws.com", "ListAttachedUserPolicies", 0, R"({"userName":"deploy-7"})"},
      {"s3.amazonaws.com", "ListBuckets", 0, "null"},
      {"secretsmanager.amazonaws.com", "GetSecretValue", 0, R"({"secretId":"shop/db-#"})"},
      {"ec2.amazonaws.com", "DescribeInstances", 0, R"({"instancesSet":{},"filterSet":{}})"},
      {"iam.amazonaws.com", "CreateAccessKey", 0, R"({"userName":"deploy-7"})",
       R"({"accessKey":{"userName":"deploy-7","accessKeyId":"AKIAEXAMPLE2","status":"Active"}})",
       false},
  };
  call(kSteps[sent % std::size(kSteps)], sent);
}

void CloudTrailGenerator::open_group(bool by_modifying, std::uint64_t sent) {
  const auto port = std::to_string(sent % 2 == 0 ? 22 : 3389);
  const bool v6 = sent % 3 == 0;
  entry_.source = "ec2.amazonaws.com";
  entry_.read_only = false;
  entry_.response = R"({"_return":true})";
  if (by_modifying) {
    entry_.name = "ModifySecurityGroupRules";
    entry_.request =
        R"({"ModifySecurityGroupRulesRequest":{"GroupId":"sg-0123456789abcdef0",)"
        R"("SecurityGroupRule":{"SecurityGroupRuleId":"sgr-0","tag":1,"SecurityGroupRule":{)"
        R"("IpProtocol":"tcp","FromPort":)" +
        port + R"(,"ToPort":)" + port +
        (v6 ? R"(,"CidrIpv6":"::/0")" : R"(,"CidrIpv4":"0.0.0.0/0")") + "}}}}";
    return;
  }
  entry_.name = "AuthorizeSecurityGroupIngress";
  entry_.request =
      R"({"groupId":"sg-0123456789abcdef0","ipPermissions":{"items":[{"ipProtocol":"tcp",)"
      R"("fromPort":)" +
      port + R"(,"toPort":)" + port +
      (v6 ? R"(,"groups":{},"ipRanges":{},"ipv6Ranges":{"items":[{"cidrIpv6":"::/0"}]})"
          : R"(,"groups":{},"ipRanges":{"items":[{"cidrIp":"0.0.0.0/0"}]},"ipv6Ranges":{})") +
      R"(,"prefixListIds":{}}]}})";
}

void CloudTrailGenerator::open_bucket(std::uint64_t sent) {
  entry_.source = "s3.amazonaws.com";
  entry_.read_only = false;
  switch (sent % 3) {
    case 0:
      entry_.name = "DeleteBucketPublicAccessBlock";
      entry_.request = R"({"publicAccessBlock":"","bucketName":"shop-backups"})";
      break;
    case 1:
      entry_.name = "PutBucketPolicy";
      entry_.request =
          R"({"bucketName":"shop-backups","policy":"","bucketPolicy":{"Version":"2012-10-17",)"
          R"("Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject",)"
          R"("Resource":"arn:aws:s3:::shop-backups/*"}]}})";
      break;
    default:
      entry_.name = "PutBucketAcl";
      entry_.request = R"({"bucketName":"shop-backups","acl":"","x-amz-acl":["public-read"]})";
  }
}

void CloudTrailGenerator::sign_in_as_root() {
  const auto& account = options().account;
  entry_.identity = R"({"type":"Root","principalId":")" + account + R"(","arn":"arn:aws:iam::)" +
                    account + R"(:root","accountId":")" + account + R"(","accessKeyId":""})";
  entry_.source = "signin.amazonaws.com";
  entry_.name = "ConsoleLogin";
  entry_.type = "AwsConsoleSignIn";
  entry_.read_only = false;
  entry_.response = R"({"ConsoleLogin":"Success"})";
  entry_.additional =
      R"({"LoginTo":"https://console.aws.amazon.com/console/home","MobileVersion":"No",)"
      R"("MFAUsed":"No"})";
}

void CloudTrailGenerator::attack(Campaign& campaign) {
  ++campaign.sent;
  as_user("deploy-7");
  entry_.address = campaign.source_ip;
  entry_.user_agent = kAgents[4];
  switch (campaign.technique) {
    case Technique::RootLogin: return sign_in_as_root();
    case Technique::SecurityGroupOpened: return open_group(false, campaign.sent);
    case Technique::SecurityGroupModified: return open_group(true, campaign.sent);
    case Technique::PublicBucket: return open_bucket(campaign.sent);
    default: return from_abroad(campaign.sent);
  }
}

}  // namespace

std::unique_ptr<LogGenerator> make_cloudtrail_generator(const GeneratorOptions& options) {
  return std::make_unique<CloudTrailGenerator>(options);
}

}  // namespace sextant::intel

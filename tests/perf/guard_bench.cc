// links: adapters guard store model sdk ports core
// What the gate costs a call, each part alone, in CPU time of all threads:
//   guard_bench
// Build it in the release tree. Decisions alone: decision_bench.
#include <boost/json/object.hpp>
#include <cstdio>
#include <ctime>
#include <functional>
#include <string>

#include "adapters/memory/store.h"
#include "core/credentials_file.h"
#include "core/hash.h"
#include "guard/authenticate.h"
#include "guard/gate.h"
#include "guard/snapshot_policy_source.h"
#include "model/app.h"
#include "store/identities.h"
#include "tests/support/temporary_folder.h"

namespace {

using namespace sextant;
using namespace sextant::guard;

constexpr Time kNow{std::chrono::seconds(1'800'000'000)};
constexpr const char* kRoleArn = "arn:aws:iam::111122223333:role/r";
const Scope kScope{AccountId("111122223333"), Region("us-east-1")};

double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

void measure(const std::string& what, const std::function<void()>& run) {
  constexpr double kSecondsMin = 0.5;
  for (int rounds = 1'000;; rounds *= 2) {
    const double begin = cpu_seconds();
    for (int i = 0; i < rounds; ++i) run();
    const double seconds = cpu_seconds() - begin;
    if (seconds < kSecondsMin) continue;
    std::printf("%-44s %9.0f ns %12.0f /s\n", what.c_str(), seconds * 1e9 / rounds,
                rounds / seconds);
    return;
  }
}

// A role with a policy of fifty statements, every third for what is asked for, all with conditions.
model::App make_app() {
  constexpr const char* kActions[] = {"s3:GetObject", "s3:PutObject", "lambda:InvokeFunction",
                                      "s3:Get*",      "dynamodb:*",   "kinesis:PutRecord"};
  std::string text = R"({"Version":"2012-10-17","Statement":[)";
  for (int i = 0; i < 50; ++i) {
    text += std::string(i == 0 ? "" : ",") + R"({"Effect":")" + (i % 10 == 9 ? "Deny" : "Allow") +
            R"(","Action":")" + kActions[i % 6] + R"(","Resource":"arn:aws:s3:::bucket-)" +
            std::to_string(i) +
            R"(/*","Condition":{"StringEquals":{"aws:PrincipalAccount":"111122223333"},)" +
            R"("IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}})";
  }
  model::App app;
  app.roles[kRoleArn] = {
      .name = "r",
      .arn = kRoleArn,
      .trust_policy = R"({"Statement":{"Effect":"Allow","Action":"sts:AssumeRole",
                        "Principal":{"Service":"lambda.amazonaws.com"}}})",
      .inline_policies = {{.name = "p", .document = text + "]}"}},
      .managed_policy_arns = {},
      .permissions_boundary_arn = {},
      .tags = {},
      .position = {}};
  return app;
}

sdk::Call make_call(const std::string& bucket) {
  sdk::Call call;
  call.scope = kScope;
  call.principal = {.kind = sdk::PrincipalKind::AssumedRole,
                    .account = kScope.account,
                    .arn = "arn:aws:sts::111122223333:assumed-role/r/s",
                    .principal_id = store::derived_id("AROA", kRoleArn) + ":s",
                    .role_arn = kRoleArn};
  call.service = "s3";
  call.operation = "GetObject";
  call.action = "s3:GetObject";
  call.resource = "arn:aws:s3:::" + bucket + "/logs/2026/07/02/file.log.gz";
  call.time = kNow;
  call.source_ip = "192.0.2.7";
  call.request_id = RequestId("2f1a36cb-2b2c-4a6e-9b36-2f0ad3c7f0d1");
  call.user_agent = "aws-cli/2.9.19 Python/3.11.2";
  call.request_parameters = boost::json::object{{"Bucket", bucket}, {"Key", "logs/2026/07/02/f"}};
  return call;
}

void audit_records() {
  const auto call = make_call("bucket-1");
  const sdk::Decision allowed{
      .verdict = sdk::Verdict::Allow, .reason = "", .deciding_statements = {"p#1"}};
  measure("audit record", [&] { call_record(call, allowed, nullptr); });
}

// A GET, from its headers to its reply, without network and disk.
void gated_get() {
  ManualClock clock{kNow};
  adapters::MemoryStore store{clock};
  test::TemporaryFolder folder;
  const auto credentials = CredentialStore::open(kScope, clock, store, store, folder.path());
  SX_CHECK(credentials.has_value());
  const auto keys = read_credentials_file(folder.path() / kCredentialsFile);
  SX_CHECK(keys.has_value());
  sigv4::SignedRequest sent{
      .method = "GET",
      .path = "/bucket-0/logs/2026/07/02/file.log.gz",
      .query = "",
      .headers = {{"Host", "127.0.0.1:4566"}, {"User-Agent", "aws-cli/2.9.19"}},
      .payload_hash = sha256_hex("")};
  sigv4::sign(*keys, kScope.region.text(), "s3", kNow, sent);
  const Authenticator authenticator(**credentials, kScope.region);
  const SignedRequest request{
      .method = sent.method, .path = sent.path, .query = "", .headers = sent.headers};
  measure("signature",
          [&] { SX_CHECK(authenticator.authenticate(request, "s3", kNow).has_value()); });

  const SnapshotPolicySource policies(PolicySnapshot::make({make_app()}));
  AuditLog audit{kScope, clock, store};
  Gate gate{kScope, clock, policies, audit};
  const Operation get{.service = "s3",
                      .name = "GetObject",
                      .action = "s3:GetObject",
                      .access = sdk::Access::Read,
                      .category = sdk::EventCategory::Data,
                      .target = [](const Scope&, const sdk::Input&) -> Result<Target> {
                        return Target{.resource = make_call("bucket-0").resource, .context = {}};
                      },
                      .handle = [](const std::shared_ptr<Permit>&, sdk::Input,
                                   sdk::Reply reply) { reply(sdk::Output{}); }};
  const auto call = make_call("bucket-0");
  measure("gate: judged, handled, recorded, replied", [&] {
    gate.run(
        get,
        {.principal = call.principal, .request_id = call.request_id, .source_ip = call.source_ip},
        {.parameters = call.request_parameters.as_object()},
        [](const Result<sdk::Output>& output) { SX_CHECK(output.has_value()); });
  });
}

}  // namespace

int main() {
  audit_records();
  gated_get();
}

// links: server
// No way round the gate: every operation that a real node has is called over HTTP by nobody, with a
// wrong signature, with an expired one, and by somebody who may nothing; each is refused and on
// record. Only health, ready and metrics are open. What makes deliveries is judged in
// src/dispatch/dispatcher_test.cc.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <map>
#include <set>

#include "adapters/embedded/posix_disk.h"
#include "adapters/embedded/store.h"
#include "core/credentials_file.h"
#include "core/sigv4.h"
#include "guard/keys/credential_store.h"
#include "net/http_client.h"
#include "server/node/node.h"
#include "store/identity_records.h"
#include "store/keys.h"
#include "tests/support/temporary_folder.h"

namespace sextant {
namespace {

struct Wire {
  std::string method;
  std::string target;
  std::string body = {};
};

const std::map<std::string, Wire>& s3_wires() {
  static const std::map<std::string, Wire> kS3{
      {"CreateBucket", {"PUT", "/stranger"}},
      {"HeadBucket", {"HEAD", "/stranger"}},
      {"DeleteBucket", {"DELETE", "/stranger"}},
      {"ListBuckets", {"GET", "/"}},
      {"PutObject", {"PUT", "/stranger/k", "bytes"}},
      {"GetObject", {"GET", "/stranger/k"}},
      {"HeadObject", {"HEAD", "/stranger/k"}},
      {"DeleteObject", {"DELETE", "/stranger/k"}},
      {"ListObjectsV2", {"GET", "/stranger?list-type=2"}},
      {"CreateMultipartUpload", {"POST", "/stranger/k?uploads="}},
      {"UploadPart", {"PUT", "/stranger/k?partNumber=1&uploadId=u", "bytes"}},
      {"CompleteMultipartUpload",
       {"POST", "/stranger/k?uploadId=u",
        "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>e</ETag></Part>"
        "</CompleteMultipartUpload>"}},
      {"AbortMultipartUpload", {"DELETE", "/stranger/k?uploadId=u"}},
      {"ListParts", {"GET", "/stranger/k?uploadId=u"}},
      {"ListMultipartUploads", {"GET", "/stranger?uploads="}},
  };
  return kS3;
}

const std::map<std::string, Wire>& sextant_wires() {
  static const std::map<std::string, Wire> kSextant{
      {"Query", {"POST", "/_sextant/query", R"({"sql":"SELECT 1"})"}},
      {"ListTables", {"GET", "/_sextant/tables"}},
      {"DescribeTable", {"GET", "/_sextant/tables/alb"}},
      {"ListFunctions", {"GET", "/_sextant/functions"}},
      {"GetStatus", {"GET", "/_sextant/status"}},
      {"ListDeliveries", {"GET", "/_sextant/deliveries"}},
      {"SummarizeDeliveries", {"GET", "/_sextant/deliveries/summary"}},
      {"VerifyAudit", {"GET", "/_sextant/audit/verify"}},
      {"SealAudit", {"POST", "/_sextant/audit/seal", "{}"}},
      {"ListAuditDigests", {"GET", "/_sextant/audit/digests"}},
      {"GetAuditPublicKey", {"GET", "/_sextant/audit/public-key"}},
      {"PutIntakeBatch", {"POST", "/_sextant/intake/alb?source=stranger", "a line"}},
      {"ListIntakeSources", {"GET", "/_sextant/intake-sources"}},
      {"CreateIntakeSource",
       {"POST", "/_sextant/intake-sources", R"({"name":"stranger","kind":"alb"})"}},
      {"RevokeIntakeSource", {"DELETE", "/_sextant/intake-sources/stranger"}},
  };
  return kSextant;
}

// How each operation is called. The test fails when the node has one that is not here.
std::optional<Wire> wire_of(const std::string& service, const std::string& operation) {
  // What all of them need together; each reads its own.
  static const std::string kIamParameters =
      "&UserName=somebody&RoleName=somebody&PolicyName=something&AccessKeyId=AKIA0000000000000000"
      "&PolicyArn=arn%3Aaws%3Aiam%3A%3A000000000000%3Apolicy%2Fsomething&VersionId=v1"
      "&PolicySourceArn=arn%3Aaws%3Aiam%3A%3A000000000000%3Auser%2Fsomebody";
  static const std::string kRole = "arn%3Aaws%3Aiam%3A%3A000000000000%3Arole%2Fstranger";
  static const std::map<std::string, std::string> kSts{
      {"GetCallerIdentity", ""},
      {"GetSessionToken", ""},
      {"AssumeRole", "&RoleSessionName=session&RoleArn=" + kRole}};
  if (service == "sts") {
    const auto known = kSts.find(operation);
    if (known == kSts.end()) return std::nullopt;
    return Wire{"POST", "/", "Action=" + operation + "&Version=2011-06-15" + known->second};
  }
  if (service == "iam")
    return Wire{"POST", "/", "Action=" + operation + "&Version=2010-05-08" + kIamParameters};
  if (service == "cloudformation")
    return Wire{"POST", "/", "Action=" + operation + "&Version=2010-05-15&StackName=stranger"};
  const auto& known = service == "s3" ? s3_wires() : sextant_wires();
  const auto found = known.find(operation);
  return found == known.end() ? std::nullopt : std::optional(found->second);
}

class GateEverywhere : public testing::Test {
 protected:
  GateEverywhere() {
    make_stranger();
    server::NodeOptions options;
    options.data = (folder_ / "data").string();
    options.scope = scope_;
    options.port = 0;
    auto started = server::Node::start(options);
    EXPECT_TRUE(started) << started.error().message;
    node_ = std::move(*started);
    root_ = *read_credentials_file(folder_ / "data/credentials");
  }

  // A user with a key and not one policy.
  void make_stranger() {
    std::filesystem::create_directories(folder_ / "data");
    const auto store = open_store();
    auto credentials =
        *guard::CredentialStore::open(scope_, clock_, *store, *store, folder_ / "data");
    sdk::Principal user;
    user.kind = sdk::PrincipalKind::User;
    user.account = scope_.account;
    user.arn = "arn:aws:iam::000000000000:user/stranger";
    user.principal_id = "AIDASTRANGER";
    ports::Batch batch;
    stranger_ = credentials->make_access_key(user, batch);
    const store::IdentityRecord record{
        .name = "stranger", .id = user.principal_id, .arn = user.arn};
    batch.puts.push_back({store::keys::user(scope_, record.name), store::encode(record)});
    ASSERT_TRUE(ports::commit(*store, std::move(batch)));
  }

  std::unique_ptr<adapters::EmbeddedStore> open_store() {
    return *adapters::EmbeddedStore::open(folder_ / "data/store", {.clock = clock_, .disk = disk_});
  }

  using Name = std::pair<std::string, std::string>;  // service and operation
  using Names = std::set<Name>;
  Names operation_names() const {
    Names names;
    for (const auto& [name, operation] : node_->operations().all()) names.insert(name);
    return names;
  }

  // What the audit log says of who called what. The node is gone afterwards.
  struct Recorded {
    std::uint64_t calls = 0;
    std::set<std::string> errors;  // "" for none
  };
  struct OnRecord {
    std::map<std::string, std::map<Name, Recorded>> known;  // by the caller's kind
    std::uint64_t anonymous = 0;
  };
  OnRecord take_audit() {
    node_.reset();
    const auto store = open_store();
    OnRecord on_record;
    const auto records = store->read(store::keys::audit_stream(scope_), 1, 100'000, 1 << 30);
    EXPECT_TRUE(records);
    for (const auto& record : *records) note(boost::json::parse(record.payload), on_record);
    return on_record;
  }
  template <typename Wanted>
  static void expect_each_once(const OnRecord& on_record, const std::string& caller,
                               const Names& called, Wanted&& wanted) {
    const auto of_caller = on_record.known.find(caller);
    ASSERT_NE(of_caller, on_record.known.end());
    for (const auto& [service, operation] : called) {
      const auto found = of_caller->second.find({service, operation});
      ASSERT_NE(found, of_caller->second.end()) << service << ":" << operation << " has no record";
      EXPECT_EQ(found->second.calls, 1u) << service << ":" << operation;
      EXPECT_TRUE(wanted(found->second.errors)) << service << ":" << operation;
    }
  }
  static void note(const boost::json::value& record, OnRecord& on_record) {
    const auto find = [&](const char* pointer) {
      boost::system::error_code absent;
      return record.find_pointer(pointer, absent);
    };
    const auto text = [&](const char* pointer) {
      const auto* found = find(pointer);
      return found != nullptr ? std::string(found->as_string()) : std::string();
    };
    const auto type = text("/userIdentity/type");
    if (type == "AWSAccount") {
      const auto* count = find("/additionalEventData/count");
      on_record.anonymous += count != nullptr ? count->to_number<std::uint64_t>() : 1;
      EXPECT_FALSE(text("/errorCode").empty());
      return;
    }
    const auto source = text("/eventSource");
    auto& recorded =
        on_record.known[type][{source.substr(0, source.find('.')), text("/eventName")}];
    ++recorded.calls;
    recorded.errors.insert(text("/errorCode"));
  }

  struct Signed {
    std::optional<sigv4::Credentials> by = std::nullopt;
    Duration ago = {};
  };

  int status_of(const std::string& service, const Wire& wire, const Signed& how) {
    net::ClientRequest request;
    const auto host = "127.0.0.1:" + std::to_string(node_->port());
    request.method = wire.method;
    request.url = "http://" + host + wire.target;
    request.body = wire.body;
    request.headers = {{"host", host}};
    if (how.by) {
      const auto mark = wire.target.find('?');
      sigv4::SignedRequest signing{
          .method = wire.method,
          .path = wire.target.substr(0, mark),
          .query = mark == std::string::npos ? "" : wire.target.substr(mark + 1),
          .headers = request.headers,
          .payload_hash = sha256_hex(wire.body)};
      sigv4::sign(*how.by, "us-east-1", service, SystemClock().now() - how.ago, signing);
      request.headers = signing.headers;
    }
    const auto response = http_.send(request);
    EXPECT_TRUE(response) << response.error().message;
    return response ? response->status : 0;
  }

  Scope scope_{AccountId("000000000000"), Region("us-east-1")};
  SystemClock clock_;
  adapters::PosixDisk disk_;
  test::TemporaryFolder folder_;
  sigv4::Credentials stranger_;
  sigv4::Credentials root_;
  std::unique_ptr<server::Node> node_;
  net::HttpClient http_;
};

// Whoever has keys may ask who they are, as with AWS.
bool needs_no_permission(const std::string& service, const std::string& operation) {
  return service == "sts" && (operation == "GetCallerIdentity" || operation == "GetSessionToken");
}

TEST_F(GateEverywhere, EveryOperationRefusesWhoeverMayNot) {
  auto wrong_secret = root_;
  wrong_secret.secret_access_key += "x";
  auto unknown_key = root_;
  unknown_key.access_key_id = "AKIAUNKNOWNUNKNOWN00";
  const auto called = operation_names();
  ASSERT_GT(called.size(), 25u);
  for (const auto& [service, operation] : called) {
    const auto wire = wire_of(service, operation);
    ASSERT_TRUE(wire) << "say in this test how " << service << ":" << operation << " is called";
    const auto refused = [&](const char* who, const Signed& how) {
      EXPECT_EQ(status_of(service, *wire, how), 403)
          << service << ":" << operation << " by " << who;
    };
    refused("nobody", {});
    EXPECT_EQ(status_of(service, *wire, {.by = stranger_}),
              needs_no_permission(service, operation) ? 200 : 403)
        << service << ":" << operation << " by a stranger";
    refused("a forger", {.by = wrong_secret});
    refused("an unknown key", {.by = unknown_key});
    refused("somebody of yesterday", {.by = root_, .ago = std::chrono::hours(24)});
  }
  // They changed nothing.
  EXPECT_EQ(status_of("s3", {"HEAD", "/stranger"}, {.by = root_}), 404);

  const auto on_record = take_audit();
  Names needing;
  for (const auto& name : called) {
    if (!needs_no_permission(name.first, name.second)) needing.insert(name);
  }
  expect_each_once(on_record, "IAMUser", needing, [](const std::set<std::string>& errors) {
    return errors == std::set<std::string>{"AccessDenied"};
  });
  EXPECT_EQ(on_record.anonymous, 4 * called.size()) << "of the others each is counted";
}

// So that a refusal above says something: whoever may is not refused.
TEST_F(GateEverywhere, EveryOperationAnswersTheRoot) {
  auto called = operation_names();
  called.erase({"sts", "AssumeRole"});  // there is no role here that trusts anybody
  for (const auto& [service, operation] : called) {
    const auto wire = wire_of(service, operation);
    ASSERT_TRUE(wire);
    const int status = status_of(service, *wire, {.by = root_});
    EXPECT_NE(status, 403) << service << ":" << operation;
    EXPECT_NE(status, 0) << service << ":" << operation;
  }
  expect_each_once(take_audit(), "Root", called, [](const std::set<std::string>& errors) {
    return !errors.contains("AccessDenied");
  });
}

TEST_F(GateEverywhere, OnlyThreeEndpointsAreOpen) {
  for (const char* open : {"/_sextant/health", "/_sextant/ready", "/_sextant/metrics"}) {
    EXPECT_EQ(status_of("sextant", {"GET", open}, {}), 200) << open;
    EXPECT_EQ(status_of("sextant", {"HEAD", open}, {}), 200) << open;
    EXPECT_EQ(status_of("sextant", {"POST", open, "x"}, {}), 403) << open;
  }
  for (const char* shut :
       {"/_sextant/", "/_sextant", "/_sextant/status", "/_sextant/health/", "/_sextant/health/x",
        "/_sextant/Health", "/_sextant//health", "/_sextant/%68ealth", "/_sextant/none",
        "/_sextant/../_sextant/status", "//_sextant/status"}) {
    const auto status = status_of("sextant", {"GET", shut}, {});
    EXPECT_TRUE(status == 403 || status == 400) << shut << ": " << status;
  }
}

}  // namespace
}  // namespace sextant

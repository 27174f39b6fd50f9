#include "intel/parsers/inventory.h"

#include <arrow/record_batch.h>
#include <gtest/gtest.h>

#include <map>

#include "core/time_text.h"
#include "sdk/batch_text.h"

namespace sextant::intel {
namespace {

constexpr Time kReceived{std::chrono::seconds(1'783'030'980)};

// What one object becomes.
struct Read {
  std::vector<std::string> rows;       // as JSON
  std::vector<std::string> malformed;  // reasons
  std::vector<sdk::InventorySnapshot> snapshots;
};

Read read(std::string_view text, std::size_t piece = 1 << 20,
          const std::string& path = "s3://inventory/prod/eu/latest.json") {
  Read read;
  const auto emit = [&](const sdk::Rows& rows) -> Result<> {
    for (std::int64_t row = 0; row < rows.batch->num_rows(); ++row) {
      if (rows.table == "malformed") {
        read.malformed.push_back(*sdk::cell_text(rows.batch, "reason", row));
      } else {
        EXPECT_EQ(rows.table, "inventory");
        read.rows.push_back(sdk::row_json(rows.batch, row));
      }
    }
    return {};
  };
  const auto prepared = kInventoryParser.prepare({});
  const auto stage =
      (*prepared)->start({.path = path, .object_version = "7", .received = kReceived});
  for (std::size_t at = 0; at < text.size(); at += piece)
    EXPECT_TRUE(stage->text({.text = text.substr(at, piece), .offset = at}, emit));
  EXPECT_TRUE(stage->text({.text = {}, .offset = text.size(), .last = true}, emit));
  EXPECT_TRUE(stage->finish(emit));
  read.snapshots = stage->take_snapshots();
  return read;
}

constexpr std::string_view kInstances = R"({
    "Reservations": [
        {
            "Groups": [],
            "Instances": [
                {
                    "ImageId": "ami-1",
                    "InstanceId": "i-1",
                    "InstanceType": "t3.micro",
                    "LaunchTime": "2026-07-01T10:00:00+00:00",
                    "Placement": {"AvailabilityZone": "us-west-2-lax-1a"},
                    "PrivateDnsName": "ip-10-0-0-5.ec2.internal",
                    "PrivateIpAddress": "10.0.0.5",
                    "PublicIpAddress": "198.51.100.7",
                    "State": {"Code": 16, "Name": "running"},
                    "SubnetId": "subnet-1",
                    "VpcId": "vpc-1",
                    "NetworkInterfaces": [
                        {
                            "NetworkInterfaceId": "eni-1",
                            "Association": {"PublicIp": "198.51.100.7"},
                            "PrivateIpAddresses": [
                                {"Primary": true, "PrivateIpAddress": "10.0.0.5"},
                                {"Primary": false, "PrivateIpAddress": "10.0.0.6"}
                            ],
                            "Ipv6Addresses": [{"Ipv6Address": "2001:db8::5"}]
                        }
                    ],
                    "Tags": [
                        {"Key": "Name", "Value": "web \"1\" ]}"},
                        {"Key": "owner", "Value": "team-blue"}
                    ]
                },
                {"InstanceId": "i-2", "State": {"Name": "terminated"}}
            ],
            "OwnerId": "111122223333"
        }
    ]
})";

TEST(InventoryParser, ReadsInstances) {
  const auto got = read(kInstances);
  EXPECT_TRUE(got.malformed.empty());
  ASSERT_EQ(got.snapshots.size(), 1u);
  const auto& snapshot = got.snapshots.front();
  EXPECT_EQ(snapshot.series, "s3://inventory/prod/eu/instance");
  EXPECT_EQ(snapshot.time, kReceived);
  EXPECT_EQ(snapshot.version, "7");
  EXPECT_TRUE(snapshot.complete);
  ASSERT_EQ(snapshot.assets.size(), 2u);
  const sdk::Asset expected{.type = sdk::AssetType::Instance,
                            .id = "i-1",
                            .name = "web \"1\" ]}",
                            .account = "111122223333",
                            .region = "us-west-2-lax-1",
                            .vpc = "vpc-1",
                            .subnet = "subnet-1",
                            .instance = "i-1",
                            .host = "ip-10-0-0-5.ec2.internal",
                            .image = "ami-1",
                            .state = "running",
                            .owner = "team-blue",
                            .tags = R"({"Name":"web \"1\" ]}","owner":"team-blue"})",
                            .addresses = {"10.0.0.5", "10.0.0.6", "2001:db8::5"},
                            .public_addresses = {"198.51.100.7"},
                            .interfaces = {"eni-1"},
                            .since = parse_iso8601("2026-07-01T10:00:00Z")};
  auto asset = snapshot.assets[0];
  EXPECT_EQ(asset.region, "us-west-2");
  asset.region = expected.region;
  EXPECT_EQ(asset, expected);
  EXPECT_EQ(snapshot.assets[1].state, "terminated");
  ASSERT_EQ(got.rows.size(), 3u);
  EXPECT_TRUE(got.rows[0].contains(R"("sextant.asset.addresses":"[\"10.0.0.5\")")) << got.rows[0];
  EXPECT_TRUE(got.rows[2].contains(R"("sextant.asset.type":"snapshot")")) << got.rows[2];
  EXPECT_TRUE(got.rows[2].contains(R"("sextant.snapshot.things":2)")) << got.rows[2];
}

TEST(InventoryParser, ReadsTheSameHoweverTheTextIsCut) {
  const auto whole = read(kInstances);
  for (const std::size_t piece : {1u, 2u, 7u, 64u}) {
    const auto cut = read(kInstances, piece);
    EXPECT_EQ(cut.rows, whole.rows);
    EXPECT_TRUE(cut.malformed.empty());
  }
}

TEST(InventoryParser, ReadsInterfaces) {
  const auto got = read(R"({"NetworkInterfaces":[{"NetworkInterfaceId":"eni-1","OwnerId":"1",
    "AvailabilityZone":"eu-west-1a","VpcId":"vpc-1","SubnetId":"s-1","Status":"in-use",
    "Description":"ELB app/web","Attachment":{"InstanceId":"i-1",
    "AttachTime":"2026-07-01T10:00:00.000Z"},"PrivateIpAddress":"10.0.0.5",
    "Association":{"PublicIp":"198.51.100.7"},"TagSet":[]}]})");
  ASSERT_EQ(got.snapshots.size(), 1u);
  const sdk::Asset expected{.type = sdk::AssetType::NetworkInterface,
                            .id = "eni-1",
                            .name = "ELB app/web",
                            .account = "1",
                            .region = "eu-west-1",
                            .vpc = "vpc-1",
                            .subnet = "s-1",
                            .instance = "i-1",
                            .state = "in-use",
                            .addresses = {"10.0.0.5"},
                            .public_addresses = {"198.51.100.7"},
                            .interfaces = {"eni-1"},
                            .since = parse_iso8601("2026-07-01T10:00:00Z")};
  EXPECT_EQ(got.snapshots[0].assets.at(0), expected);
}

TEST(InventoryParser, ReadsTasks) {
  const auto got = read(R"({"tasks":[]}
    {"tasks":[{"taskArn":"arn:aws:ecs:eu-west-1:111122223333:task/web/abc",
    "clusterArn":"arn:aws:ecs:eu-west-1:111122223333:cluster/web","group":"service:front",
    "lastStatus":"RUNNING","startedAt":1783000000.5,
    "taskDefinitionArn":"arn:aws:ecs:eu-west-1:111122223333:task-definition/front:7",
    "attachments":[{"type":"ElasticNetworkInterface","details":[
      {"name":"subnetId","value":"s-1"},{"name":"networkInterfaceId","value":"eni-1"},
      {"name":"privateIPv4Address","value":"10.0.0.7"}]}],
    "containers":[{"name":"app","image":"repo/app:1",
      "networkInterfaces":[{"privateIpv4Address":"10.0.0.7"}]},{"name":"log","image":"repo/log"}],
    "tags":[{"key":"Owner","value":"red"}]}],"failures":[]})");
  EXPECT_TRUE(got.malformed.empty());
  ASSERT_EQ(got.snapshots.size(), 1u);
  const sdk::Asset expected{.type = sdk::AssetType::EcsTask,
                            .id = "arn:aws:ecs:eu-west-1:111122223333:task/web/abc",
                            .name = "front:7",
                            .account = "111122223333",
                            .region = "eu-west-1",
                            .subnet = "s-1",
                            .image = "repo/app:1,repo/log",
                            .container = "app,log",
                            .cluster = "web",
                            .service = "front",
                            .state = "RUNNING",
                            .owner = "red",
                            .tags = R"({"Owner":"red"})",
                            .addresses = {"10.0.0.7"},
                            .interfaces = {"eni-1"},
                            .since = Time(std::chrono::milliseconds(1'783'000'000'500))};
  EXPECT_EQ(got.snapshots[0].assets.at(0), expected);
}

TEST(InventoryParser, AnEmptyListIsASnapshotOfNothing) {
  const auto got = read(R"({"Reservations":[]}{"tasks":[]})");
  ASSERT_EQ(got.snapshots.size(), 2u);
  EXPECT_TRUE(got.snapshots[0].complete);
  EXPECT_TRUE(got.snapshots[0].assets.empty());
  EXPECT_EQ(got.rows.size(), 2u);
}

TEST(InventoryParser, WhatIsNoneIsMalformedAndEndsNothing) {
  struct Case {
    std::string_view text;
    std::string_view reason;  // of the first malformed row: how it begins
    std::size_t snapshots;
    bool complete;
  };
  const Case cases[] = {
      {"", "the object is empty", 0, false},
      {"  \n", "the object is empty", 0, false},
      {"hello", "where an answer should begin", 0, false},
      {R"([{"InstanceId":"i-1"}])", "a list: send the answer as it is", 0, false},
      {R"({"Vpcs":[]})", "has no list", 0, false},
      {R"({"Reservations":[{"Instances":[{"InstanceId":"i-1"}]},)", "the answer is cut off", 1,
       false},
      {R"({"Reservations":[{"Instances":[{"Inst)", "the answer is cut off", 1, false},
      {R"({"tasks":["arn:aws:ecs:eu-west-1:1:task/a"]})", "something that is no object", 1, false},
      {R"({"tasks":[{"taskArn":"a" "b"}]})", "is no JSON", 1, false},
      {R"({"tasks":[{"taskArn":"a"},{"lastStatus":"x"}]})", "a thing without its id", 1, true},
      {R"({"tasks":[{"taskArn":"a"},{"taskArn":"a"}]})", "a thing that is there twice", 1, true},
      {R"({"tasks":[{"taskArn":"a"}]}})", "where an answer should begin", 1, false},
      {R"({"tasks":[{"taskArn":"a"}])"
       "]",
       "a bracket closes", 1, false},
  };
  for (const auto& each : cases) {
    const auto got = read(each.text);
    ASSERT_FALSE(got.malformed.empty()) << each.text;
    EXPECT_TRUE(got.malformed[0].starts_with(each.reason)) << got.malformed[0];
    ASSERT_EQ(got.snapshots.size(), each.snapshots) << each.text;
    if (each.snapshots > 0) {
      EXPECT_EQ(got.snapshots[0].complete, each.complete) << each.text;
    }
  }
  const auto deep = read("{\"tasks\":[" + std::string(100, '{'));
  EXPECT_EQ(deep.malformed.at(0), "brackets are nested too deep");
}

TEST(InventoryParser, OnePageOfSeveralIsNotAll) {
  EXPECT_FALSE(read(R"({"Reservations":[],"NextToken":"x"})").snapshots.at(0).complete);
  EXPECT_FALSE(read(R"({"nextToken":"x","tasks":[]})").snapshots.at(0).complete);
  EXPECT_TRUE(read(R"({"Reservations":[],"NextToken":null})").snapshots.at(0).complete);
}

TEST(InventoryParser, ADamagedObjectIsNotAll) {
  const auto prepared = kInventoryParser.prepare({});
  const auto stage =
      (*prepared)->start({.path = "s3://b/k", .object_version = "1", .received = kReceived});
  std::size_t malformed = 0;
  const auto emit = [&](const sdk::Rows& rows) -> Result<> {
    malformed += rows.table == "malformed" ? static_cast<std::size_t>(rows.batch->num_rows()) : 0;
    return {};
  };
  ASSERT_TRUE(stage->text({.text = R"({"tasks":[{"taskArn":"a"}]})"}, emit));
  ASSERT_TRUE(stage->damaged(30, "cut", emit));
  ASSERT_TRUE(stage->finish(emit));
  EXPECT_EQ(malformed, 1u);
  EXPECT_FALSE(stage->take_snapshots().at(0).complete);
}

TEST(InventoryParser, TheTimeStandsInTheName) {
  EXPECT_EQ(time_in_name("s3://b/x/20260701T101500Z.json"), parse_iso8601("2026-07-01T10:15:00Z"));
  EXPECT_EQ(time_in_name("s3://b/x/instances-2026-07-01T10:15:00Z.json.gz"),
            parse_iso8601("2026-07-01T10:15:00Z"));
  EXPECT_EQ(time_in_name("s3://b/2026-07-01T10-15-00Z/Tasks.json"),
            parse_iso8601("2026-07-01T10:15:00Z"));
  EXPECT_EQ(time_in_name("s3://b/Texts/T.json"), std::nullopt);
  EXPECT_EQ(time_in_name(""), std::nullopt);
  const auto named = read(R"({"tasks":[]})", 100, "s3://b/20260701T101500Z.json");
  EXPECT_EQ(named.snapshots.at(0).time, parse_iso8601("2026-07-01T10:15:00Z"));
  const auto later = read(R"({"tasks":[]})", 100, "s3://b/20990701T101500Z.json");
  EXPECT_EQ(later.snapshots.at(0).time, kReceived);  // not later than it came
}

TEST(InventoryParser, TooManyThingsLandAndAreNotJoined) {
  std::string text = R"({"tasks":[{"taskArn":"x"})";
  for (int i = 0; i <= 100'000; ++i) text += ",{\"taskArn\":\"" + std::to_string(i) + "\"}";
  text += "]}";
  const auto prepared = kInventoryParser.prepare({});
  const auto stage =
      (*prepared)->start({.path = "s3://b/k", .object_version = "1", .received = kReceived});
  std::map<std::string, std::int64_t> rows;
  const auto emit = [&](const sdk::Rows& each) -> Result<> {
    rows[each.table] += each.batch->num_rows();
    return {};
  };
  ASSERT_TRUE(stage->text({.text = text}, emit));
  ASSERT_TRUE(stage->finish(emit));
  EXPECT_EQ(rows, (std::map<std::string, std::int64_t>{{"inventory", 100'003}, {"malformed", 1}}));
  const auto snapshots = stage->take_snapshots();
  ASSERT_EQ(snapshots.size(), 1u);
  EXPECT_TRUE(snapshots[0].complete);  // what was known ends
  EXPECT_TRUE(snapshots[0].assets.empty());
}

TEST(InventoryParser, TooManyBytesLandAndAreNotJoined) {
  std::string text = R"({"tasks":[)";
  for (int i = 0; i < 40; ++i) {
    text += i > 0 ? "," : "";
    text += "{\"taskArn\":\"" + std::to_string(i) + R"(","containers":[{"name":")" +
            std::string(512 << 10, 'n') + "\"}]}";
  }
  const auto got = read(text + "]}");
  EXPECT_EQ(got.rows.size(), 41u);
  ASSERT_EQ(got.malformed.size(), 1u);
  EXPECT_TRUE(got.malformed[0].contains("16 MiB in one object")) << got.malformed[0];
  ASSERT_EQ(got.snapshots.size(), 1u);
  EXPECT_TRUE(got.snapshots[0].assets.empty());
}

TEST(InventoryParser, WhatOneThingHasIsBounded) {
  const auto listed = [](std::size_t count, const auto& element) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += (i > 0 ? "," : "") + element(i);
    return text;
  };
  const auto tag = [](std::size_t i) {
    return R"({"Key":"k)" + std::to_string(i) + R"(","Value":"v"})";
  };
  const auto address = [](std::size_t i) {
    return R"({"PrivateIpAddress":"10.0.)" + std::to_string(i / 256) + "." +
           std::to_string(i % 256) + "\"}";
  };
  const auto interface = [](const std::string& tags, const std::string& addresses) {
    return R"({"NetworkInterfaces":[{"NetworkInterfaceId":"eni-1","TagSet":[)" + tags +
           R"(],"PrivateIpAddresses":[)" + addresses + "]}]}";
  };
  const auto fits = read(interface(listed(1'000, tag), listed(1'000, address)));
  EXPECT_TRUE(fits.malformed.empty());
  EXPECT_EQ(fits.snapshots.at(0).assets.at(0).addresses.size(), 1'000u);
  // Also so many that comparing each with each would take hours.
  for (const std::size_t count : {1'001u, 100'000u}) {
    for (const auto& text :
         {interface(listed(count, tag), ""), interface("", listed(count, address))}) {
      const auto got = read(text);
      ASSERT_EQ(got.malformed.size(), 1u);
      EXPECT_EQ(got.malformed[0], "a thing of more than 1,000 addresses, interfaces or tags");
      EXPECT_TRUE(got.snapshots.at(0).assets.empty());
      EXPECT_FALSE(got.snapshots.at(0).complete);  // it may be there all the same
    }
  }
}

TEST(InventoryParser, WhatOneReservationHasTooMuchIsOneMalformedRow) {
  std::string instances = R"({"InstanceId":"i-1"})";
  for (int i = 0; i < 1'000; ++i) instances += R"(,{"InstanceId":"i-1"},{})";
  const auto got = read(R"({"Reservations":[{"Instances":[)" + instances + "]}]}");
  EXPECT_EQ(got.malformed,
            (std::vector<std::string>{"a thing without its id", "a thing that is there twice"}));
  EXPECT_EQ(got.snapshots.at(0).assets.size(), 1u);
}

}  // namespace
}  // namespace sextant::intel

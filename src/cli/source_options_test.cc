#include "cli/source_options.h"

#include <gtest/gtest.h>

#include <map>

namespace sextant::cli {
namespace {

Environment shell(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const char* name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::string() : found->second;
  };
}

TEST(SourceOptions, WhatIsNotGivenIsTheShells) {
  const auto environment = shell({{"AWS_REGION", "eu-west-1"},
                                  {"AWS_DEFAULT_REGION", "eu-west-2"},
                                  {"AWS_CA_BUNDLE", "/ca.pem"},
                                  {"AWS_ENDPOINT_URL_S3", "http://s3.local"},
                                  {"AWS_ENDPOINT_URL_STS", "http://sts.local"}});
  const auto found = resolved({}, environment);
  EXPECT_EQ(found.region, "eu-west-1");
  EXPECT_EQ(found.ca_file, "/ca.pem");
  EXPECT_EQ(found.endpoint_url, "http://s3.local");
  EXPECT_EQ(found.sts_endpoint_url, "http://sts.local");
  SourceOptions given;
  given.region = "ap-south-1";
  given.ca_file = "/mine.pem";
  given.endpoint_url = "http://mine";
  const auto kept = resolved(given, environment);
  EXPECT_EQ(kept.region, "ap-south-1");
  EXPECT_EQ(kept.ca_file, "/mine.pem");
  EXPECT_EQ(kept.endpoint_url, "http://mine");
  EXPECT_EQ(kept.sts_endpoint_url, "http://mine");
  EXPECT_EQ(resolved({}, shell({})).region, "us-east-1");
}

// `eval "$(sextant env)"` sets all of these for the node.
TEST(SourceOptions, AShellThatIsANodesSaysNothingOfElsewhere) {
  const auto environment = shell({{"AWS_ENDPOINT_URL", "http://127.0.0.1:4566"},
                                  {"AWS_REGION", "eu-west-1"},
                                  {"AWS_CA_BUNDLE", "/node.pem"}});
  EXPECT_TRUE(shell_is_a_nodes(environment));
  const auto found = resolved({}, environment);
  EXPECT_EQ(found.region, "us-east-1");
  EXPECT_EQ(found.ca_file, "");
  EXPECT_EQ(found.endpoint_url, "");
}

TEST(SourceOptions, HostsOfAws) {
  EXPECT_EQ(aws_url("sts", "eu-west-1"), "https://sts.eu-west-1.amazonaws.com");
  EXPECT_EQ(aws_url("b.s3", "cn-north-1"), "https://b.s3.cn-north-1.amazonaws.com.cn");
  for (const char* text : {"eu-west-1", "us-gov-east-1"}) EXPECT_TRUE(is_region_name(text)) << text;
  for (const char* text : {"", "x.evil.example", "a/b", "a@b", "A", "eu west"})
    EXPECT_FALSE(is_region_name(text)) << text;
}

}  // namespace
}  // namespace sextant::cli

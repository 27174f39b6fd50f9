#include "cli/package_code.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/file.h"
#include "template/yaml_reader.h"
#include "tests/support/temporary_folder.h"

namespace sextant::cli {
namespace {

constexpr std::string_view kLogType = "name: mine # \"quoted\" ü\njson: lines\n";

std::string code_in(std::string_view text) {
  templates::Diagnostics diagnostics("");
  const auto tree = templates::read_yaml(text, diagnostics);
  EXPECT_TRUE(tree && diagnostics.empty()) << text;
  const auto* code =
      tree->find("Resources")->find("Reader")->find("Properties")->find("InlineCode");
  return code == nullptr ? "" : code->text;
}

TEST(PackageCode, TheFileBesideTheTemplateBecomesItsCode) {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "template.yaml";
  ASSERT_TRUE(write_file_atomic(folder.path() / "mine.yaml", kLogType));
  const std::string cases[] = {
      "Resources:\n  Reader:\n    Type: AWS::Serverless::Function\n    Properties:\n"
      "      CodeUri: mine.yaml # the log type\n      Handler: parsers.mine|lake.land\n",
      "Resources:\n  Reader:\n    Type: AWS::Serverless::Function\n    Properties: {Handler: x, "
      "CodeUri: 'mine.yaml'}\n",
      "Resources:\n  Reader:\n    Type: AWS::Serverless::Function\n    Properties: {Description: "
      "'üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüü CodeUri mine.yaml', CodeUri: mine.yaml}\n",
      R"({"Resources": {"Reader": {"Type": "AWS::Serverless::Function",
 "Properties": {"Description": "für", "CodeUri": "mine.yaml"}}}})",
  };
  for (const auto& text : cases) {
    const auto packaged = package_code(text, file);
    ASSERT_TRUE(packaged);
    EXPECT_EQ(code_in(*packaged), std::string(kLogType) + "# file: mine.yaml\n");
    EXPECT_EQ(std::ranges::count(*packaged, '\n'), std::ranges::count(text, '\n'));
  }
}

TEST(PackageCode, WhatIsNoTextFileOrNoTemplateStays) {
  const test::TemporaryFolder folder;
  const std::string cases[] = {
      "Resources:\n  Reader:\n    Type: AWS::Serverless::Function\n    Properties:\n"
      "      CodeUri: s3://bucket/code.yaml\n",
      "Resources:\n  Reader:\n    Type: AWS::Serverless::Function\n    Properties:\n"
      "      CodeUri: ./src\n",
      "Resources: [",
      "",
  };
  for (const auto& text : cases) EXPECT_EQ(package_code(text, folder.path() / "t.yaml"), text);
}

TEST(PackageCode, ANameThatIsWrittenOtherwiseIsRefusedAndNoOtherTextIsReplaced) {
  const test::TemporaryFolder folder;
  ASSERT_TRUE(write_file_atomic(folder.path() / "mine.yaml", kLogType));
  const std::string before =
      "Resources:\n  Reader:\n    Type: AWS::Serverless::Function\n    Properties:\n";
  const std::string cases[] = {
      before + "      CodeUri: \"mine\\u002Eyaml\"\n      Description: mine.yaml\n",
      before + "      CodeUri: >-\n        mine.yaml\n      Description: mine.yaml\n",
      before + "      \"Code\\u0055ri\": mine.yaml\n      Description: CodeUri mine.yaml\n",
      before + "      {\"Code\\u0055ri\": mine.yaml, Description: CodeUri mine.yaml}\n",
  };
  for (const auto& text : cases) {
    const auto packaged = package_code(text, folder.path() / "t.yaml");
    ASSERT_FALSE(packaged) << text << "\n" << *packaged;
    EXPECT_TRUE(packaged.error().message.contains("t.yaml:5:")) << packaged.error().message;
    EXPECT_TRUE(packaged.error().message.contains(": CodeUri: the file's name must stand there"))
        << packaged.error().message;
  }
}

TEST(PackageCode, AMissingFileIsNamedWithItsPlace) {
  const test::TemporaryFolder folder;
  const auto packaged = package_code(
      "Resources:\n  Reader:\n    Type: AWS::Serverless::Function\n    Properties:\n"
      "      CodeUri: gone.yaml\n",
      folder.path() / "t.yaml");
  ASSERT_FALSE(packaged);
  EXPECT_TRUE(packaged.error().message.contains("t.yaml:5:16: CodeUri: "))
      << packaged.error().message;
}

}  // namespace
}  // namespace sextant::cli

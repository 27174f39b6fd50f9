#include "adapters/opensearch/domain_file.h"

#include <gtest/gtest.h>

#include "core/file.h"
#include "tests/support/temporary_folder.h"

namespace sextant::adapters {
namespace {

TEST(DomainFile, SaysWhereTheDomainIsAndWhoWeAre) {
  test::TemporaryFolder folder;
  const auto path = folder / "logs.json";
  ASSERT_TRUE(write_file_atomic(path, R"({"endpoint":"https://search.example:9200","user":"u",
      "password":"p","ca_file":"ca.pem","index_template":false})",
                                0600));
  const auto file = read_domain_file(path);
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->settings.endpoint, "https://search.example:9200");
  EXPECT_EQ(file->settings.user, "u");
  EXPECT_EQ(file->settings.password, "p");
  EXPECT_EQ(file->settings.ca_file, (folder / "ca.pem").string());
  EXPECT_FALSE(file->puts_template);
}

TEST(DomainFile, APasswordThatOthersMayReadIsRefused) {
  test::TemporaryFolder folder;
  const auto path = folder / "logs.json";
  ASSERT_TRUE(write_file_atomic(
      path, R"({"endpoint":"https://s","user":"u","password":"secret-word"})", 0640));
  const auto file = read_domain_file(path);
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, Code::Invalid);
  EXPECT_TRUE(file.error().message.contains("chmod 600")) << file.error().message;
  EXPECT_FALSE(file.error().message.contains("secret-word"));
  ASSERT_TRUE(write_file_atomic(path, R"({"endpoint":"http://s"})", 0644));
  EXPECT_TRUE(read_domain_file(path));
  EXPECT_EQ(read_domain_file(folder / "other.json").error().code, Code::NotFound);
}

TEST(DomainFile, WhatIsWrongInItIsSaid) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "line 1"},
      {"[]", "no JSON object"},
      {"{}", "no 'endpoint'"},
      {R"({"endpoint":1})", "'endpoint' has another type"},
      {R"({"endpoint":"https://s","pasword":"x"})", "did you mean 'password'?"},
      {R"({"endpoint":"https://s","user":"u"})", "come together"},
      {R"({"endpoint":"https://s","user":"a:b","password":"p"})", "colon"},
      {R"({"endpoint":"https://s","index_template":"no"})", "'index_template' has another type"},
  };
  for (const auto& [text, wanted] : cases) {
    const auto file = parse_domain_file(text, "/");
    ASSERT_FALSE(file) << text;
    EXPECT_EQ(file.error().code, Code::Invalid) << text;
    EXPECT_TRUE(file.error().message.contains(wanted)) << file.error().message;
  }
}

}  // namespace
}  // namespace sextant::adapters

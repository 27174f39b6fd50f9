#include "core/file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/credentials_file.h"
#include "core/random.h"

namespace sextant {
namespace {

class File : public testing::Test {
 protected:
  void SetUp() override {
    folder = std::filesystem::temp_directory_path() / ("sextant_file_" + random_hex(8));
    std::filesystem::create_directories(folder);
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
  }
  static unsigned mode_of(const std::filesystem::path& path) {
    struct stat status{};
    EXPECT_EQ(::stat(path.c_str(), &status), 0);
    return status.st_mode & 0777;
  }
  std::filesystem::path folder;
};

TEST_F(File, WritesReplacesAndReads) {
  const auto path = folder / "a";
  const std::string big(300'000, 'x');
  ASSERT_TRUE(write_file_atomic(path, "one"));
  EXPECT_EQ(read_file(path), "one");
  ASSERT_TRUE(write_file_atomic(path, big, 0600));
  EXPECT_EQ(read_file(path), big);
  EXPECT_EQ(mode_of(path), 0600u);
  EXPECT_EQ(files(), 1u);
}

TEST_F(File, SaysWhatIsWrong) {
  EXPECT_EQ(read_file(folder / "none").error().code, Code::NotFound);
  EXPECT_EQ(read_file(folder).error().code, Code::Invalid);
  EXPECT_EQ(write_file_atomic(folder / "none" / "a", "x").error().code, Code::NotFound);
  ASSERT_TRUE(write_file_atomic(folder / "a", "12345"));
  EXPECT_EQ(read_file(folder / "a", 4).error().code, Code::Exhausted);
  EXPECT_TRUE(read_file(folder / "a", 5));
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(read_file(folder / "pipe").error().code, Code::Invalid);
}

TEST_F(File, AFailedReplaceLeavesNothingBehind) {
  std::filesystem::create_directories(folder / "a" / "full");
  EXPECT_FALSE(write_file_atomic(folder / "a", "x"));
  EXPECT_EQ(files(), 1u);
}

TEST_F(File, CredentialsRoundTrip) {
  const auto path = folder / "credentials";
  ASSERT_TRUE(write_credentials_file(path, {"AKIAX", "se/cr+et=", "tok=en=="}));
  EXPECT_EQ(mode_of(path), 0600u);
  EXPECT_EQ(read_file(path),
            "[default]\naws_access_key_id = AKIAX\naws_secret_access_key = se/cr+et=\n"
            "aws_session_token = tok=en==\n");
  const auto read = read_credentials_file(path);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->access_key_id, "AKIAX");
  EXPECT_EQ(read->secret_access_key, "se/cr+et=");
  EXPECT_EQ(read->session_token, "tok=en==");
  EXPECT_EQ(read_credentials_file(path, "other").error().code, Code::NotFound);
  EXPECT_EQ(write_credentials_file(path, {"A\n", "b"}).error().code, Code::Invalid);
  EXPECT_EQ(write_credentials_file(path, {"A", " b"}).error().code, Code::Invalid);
}

TEST(CredentialsText, AsOtherToolsWriteIt) {
  const auto read = parse_credentials(
      "# mine\n[work]\naws_access_key_id=A\naws_secret_access_key=B\nregion = us-east-1\n\n"
      "[ default ]\r\n ; more\r\nAWS_ACCESS_KEY_ID = C\r\naws_secret_access_key = D\r\n"
      "[later]\naws_session_token=E");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->access_key_id, "C");
  EXPECT_EQ(read->secret_access_key, "D");
  EXPECT_EQ(read->session_token, "");
}

TEST(CredentialsText, BadLinesAreNamed) {
  const std::pair<std::string_view, std::string_view> cases[] = {{"[default\n", "line 1"},
                                                                 {"\n[a]\nnonsense\n", "line 3"},
                                                                 {"a = b\n", "line 1"},
                                                                 {"[]\na = b\n", "line 2"}};
  for (const auto& [text, line] : cases) {
    const auto read = parse_credentials(text);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, Code::Invalid);
    EXPECT_NE(read.error().message.find(line), std::string::npos) << read.error().message;
  }
  EXPECT_EQ(parse_credentials("[default]\naws_access_key_id = A\n").error().code, Code::NotFound);
}

}  // namespace
}  // namespace sextant

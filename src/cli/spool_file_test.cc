#include "cli/spool_file.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "tests/support/temporary_folder.h"

namespace sextant::cli {
namespace {

TEST(SpoolFile, HoldsWhatIsWrittenAndHasNoName) {
  const test::TemporaryFolder folder;
  ::setenv("TMPDIR", folder.path().c_str(), 1);
  auto spool = SpoolFile::open();
  ::unsetenv("TMPDIR");
  ASSERT_TRUE(spool) << spool.error().message;
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  spool->write("gone");
  spool->clear();
  spool->write("one ");
  spool->write("two");
  EXPECT_EQ(spool->size(), 7u);
  EXPECT_EQ(spool->beginning(3), "one");
  EXPECT_EQ(spool->beginning(100), "one two");
  for (int i = 0; i < 2; ++i) {  // each reader from the beginning
    std::ifstream file(spool->path(), std::ios::binary);
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), "one two");
  }
}

TEST(SpoolFile, WithoutAFolderThereIsNone) {
  const test::TemporaryFolder folder;
  ::setenv("TMPDIR", (folder / "none").c_str(), 1);
  const auto spool = SpoolFile::open();
  ::unsetenv("TMPDIR");
  ASSERT_FALSE(spool);
  EXPECT_TRUE(spool.error().message.contains("TMPDIR")) << spool.error().message;
}

}  // namespace
}  // namespace sextant::cli

#include "cli/progress.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace sextant::cli {
namespace {

// What a program writes to standard error while `work` runs and a terminal looks on.
template <typename Work>
std::string seen_on_terminal(Work&& work) {
  const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY);
  if (terminal < 0 || ::grantpt(terminal) != 0 || ::unlockpt(terminal) != 0) return "(no terminal)";
  const int screen = ::open(::ptsname(terminal), O_RDWR | O_NOCTTY);
  const int kept = ::dup(STDERR_FILENO);
  ::dup2(screen, STDERR_FILENO);
  work();
  std::fflush(stderr);
  ::dup2(kept, STDERR_FILENO);
  ::close(kept);
  ::close(screen);
  std::string seen;
  char bytes[4096];
  for (auto count = ::read(terminal, bytes, sizeof(bytes)); count > 0;
       count = ::read(terminal, bytes, sizeof(bytes)))
    seen.append(bytes, static_cast<std::size_t>(count));
  ::close(terminal);
  return seen;
}

TEST(Progress, TellsShareAndBytesWhileATerminalLooksOn) {
  const auto half = seen_on_terminal([] {
    Progress progress(2048);
    progress.add(1000);
    progress.add(24);
  });
  EXPECT_NE(half.find("[###############...............]  50 %  1.0 KiB"), std::string::npos)
      << half;
  EXPECT_TRUE(half.ends_with("\n")) << half;
  // Bytes that were sent twice, after a failed try, are no more than all.
  const auto over = seen_on_terminal([] { Progress(10).add(25); });
  EXPECT_NE(over.find("100 %  10 B"), std::string::npos) << over;
  const auto more = seen_on_terminal([] {
    Progress progress(0);
    progress.expect(100);
    progress.expect(300);
    progress.add(100);
  });
  EXPECT_NE(more.find(" 25 %  100 B"), std::string::npos) << more;
  const auto nothing = seen_on_terminal([] { Progress(0).add(0); });
  EXPECT_NE(nothing.find("  0 %  0 B"), std::string::npos) << nothing;
}

TEST(Progress, IsSilentOtherwise) {
  testing::internal::CaptureStderr();
  Progress(10).add(5);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace sextant::cli

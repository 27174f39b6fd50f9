#include "cli/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>

#include "cli/text_table.h"

namespace sextant::cli {

Progress::Progress(std::uint64_t bytes_all)
    : all_(bytes_all),
      shown_(isatty(STDERR_FILENO) == 1),
      started_(std::chrono::steady_clock::now()),
      drawn_(started_) {}

Progress::~Progress() {
  if (!shown_) return;
  draw();
  std::fputc('\n', stderr);
}

void Progress::add(std::uint64_t bytes) {
  done_ += bytes;
  if (!shown_) return;
  std::unique_lock lock(drawing_, std::try_to_lock);
  const auto now = std::chrono::steady_clock::now();
  if (!lock || now - drawn_ < std::chrono::milliseconds(100)) return;
  drawn_ = now;
  draw();
}

void Progress::expect(std::uint64_t bytes) { all_ += bytes; }

void Progress::draw() {
  constexpr std::size_t kWidth = 30;
  const auto all = std::max<std::uint64_t>(all_, 1);
  const auto done = static_cast<double>(std::min(done_.load(), all));
  const auto share = done / static_cast<double>(all);
  const auto seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
  auto bar = std::string(static_cast<std::size_t>(share * kWidth), '#');
  bar.resize(kWidth, '.');
  std::fprintf(stderr, "\r[%s] %3.0f %%  %s  %s/s   ", bar.c_str(), share * 100,
               human_bytes(done).c_str(), human_bytes(seconds > 0 ? done / seconds : 0).c_str());
}

}  // namespace sextant::cli

#include "cli/ingest_run.h"

#include <cstdio>
#include <utility>

namespace sextant::cli {
namespace {

constexpr std::size_t kUntoldMax = 1'000;

}  // namespace

void IngestTotals::done(Uploaded what, std::uint64_t bytes) {
  if (what == Uploaded::AlreadyThere) {
    ++unchanged_;
    return;
  }
  ++sent_;
  bytes_ += bytes;
}

void IngestTotals::failed(Error error) {
  ++failed_;
  std::lock_guard lock(mutex_);
  if (tell_ == Tell::AtOnce) {
    report(error);
  } else if (untold_.size() < kUntoldMax) {
    untold_.push_back(std::move(error));
  }
}

void IngestTotals::tell_failures() {
  std::lock_guard lock(mutex_);
  for (const auto& error : untold_) report(error);
  if (untold_.size() == kUntoldMax && failed_ > kUntoldMax) {
    std::fprintf(stderr, "sextant: and %llu failures more\n",
                 static_cast<unsigned long long>(failed_ - kUntoldMax));
  }
  untold_.clear();
}

}  // namespace sextant::cli

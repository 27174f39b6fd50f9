// links: adapters
// How fast the embedded store commits, beside what the machine's own fsync costs:
//   commit_bench [folder (on the disk to measure)] [seconds per row] [seconds at rest]
// A batch is three small keys, as a delivery's start is. "lone": each batch waits for the one
// before. "n in flight": n batches wait at any time. At the end the memory and CPU time of the
// process at rest.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "adapters/embedded/posix_disk.h"
#include "adapters/embedded/store.h"
#include "tests/support/temporary_folder.h"

namespace {

using namespace sextant;
using Steady = std::chrono::steady_clock;

double micros_since(Steady::time_point begin) {
  return std::chrono::duration<double, std::micro>(Steady::now() - begin).count();
}

double cpu_micros() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) * 1e-3;
}

void report(const std::string& what, std::vector<double> micros, double seconds, double cpu) {
  if (micros.empty()) return;
  std::ranges::sort(micros);
  const auto at = [&](double part) {
    return micros[static_cast<std::size_t>(part * static_cast<double>(micros.size() - 1))];
  };
  const auto count = static_cast<double>(micros.size());
  std::printf("%-16s %9.0f /s   p50 %8.0f us   p99 %8.0f us   %6.1f us of CPU each\n", what.c_str(),
              count / seconds, at(0.5), at(0.99), cpu / count);
}

void measure_fsync(const std::filesystem::path& folder, double seconds) {
  const int file = ::open((folder / "fsync").c_str(), O_CREAT | O_WRONLY, 0600);
  const std::string bytes(512, 'x');
  std::vector<double> micros;
  const double cpu = cpu_micros();
  const auto begin = Steady::now();
  while (micros_since(begin) < seconds * 1e6) {
    const auto one = Steady::now();
    if (::write(file, bytes.data(), bytes.size()) < 0 || ::fdatasync(file) != 0) break;
    micros.push_back(micros_since(one));
  }
  report("fsync", std::move(micros), seconds, cpu_micros() - cpu);
  ::close(file);
}

class Load {
 public:
  Load(ports::CommitLog& log, std::size_t in_flight) : log_(log), in_flight_(in_flight) {}

  void run(const std::string& what, double seconds) {
    const double cpu = cpu_micros();
    const auto begin = Steady::now();
    while (micros_since(begin) < seconds * 1e6) {
      std::unique_lock lock(mutex_);
      room_.wait(lock, [&] { return waiting_ < in_flight_; });
      ++waiting_;
      lock.unlock();
      submit();
    }
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return waiting_ == 0; });
    report(what, std::move(micros_), micros_since(begin) / 1e6, cpu_micros() - cpu);
  }

 private:
  void submit() {
    ports::Batch batch;
    const std::string id = std::to_string(next_++ * 2'654'435'761u % 100'000'000);
    for (const char* kind : {"delivery/", "due/", "object/"})
      batch.puts.push_back({kind + id, std::string(100, 'v')});
    log_.submit(std::move(batch), [this, one = Steady::now()](Result<ports::Committed> done) {
      if (!done) std::abort();
      std::lock_guard lock(mutex_);
      micros_.push_back(micros_since(one));
      --waiting_;
      room_.notify_one();
    });
  }

  ports::CommitLog& log_;
  const std::size_t in_flight_;
  std::mutex mutex_;
  std::condition_variable room_;
  std::size_t waiting_ = 0;
  std::uint64_t next_ = 1;
  std::vector<double> micros_;
};

std::string anonymous_memory() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("RssAnon:")) return line;
  return "RssAnon: unknown";
}

}  // namespace

int main(int argc, char** argv) {
  const test::TemporaryFolder temporary;
  const std::filesystem::path folder = argc > 1 ? argv[1] : temporary.path();
  const double seconds = argc > 2 ? std::atof(argv[2]) : 3;
  const double rest = argc > 3 ? std::atof(argv[3]) : 0;
  std::filesystem::create_directories(folder);
  measure_fsync(folder, seconds);

  SystemClock clock;
  adapters::PosixDisk disk;
  auto store = adapters::EmbeddedStore::open(folder / "store", {.clock = clock, .disk = disk});
  if (!store) {
    std::fprintf(stderr, "%s\n", store.error().message.c_str());
    return 1;
  }
  Load(**store, 1).run("lone", seconds);
  for (const std::size_t in_flight : {8u, 64u, 512u, 4'096u})
    Load(**store, in_flight).run(std::to_string(in_flight) + " in flight", seconds);

  std::printf("%s", (anonymous_memory() + "\n").c_str());
  if (rest > 0) {
    std::this_thread::sleep_for(std::chrono::duration<double>(rest));
    const double before = cpu_micros();
    std::this_thread::sleep_for(std::chrono::duration<double>(rest));
    std::printf("at rest: %.2f ms CPU a minute\n", (cpu_micros() - before) * 0.06 / rest);
  }
  return 0;
}

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <future>
#include <limits>
#include <semaphore>
#include <thread>

#include "net/http_server.h"
#include "tests/support/raw_client.h"
#include "tests/support/server_test.h"

namespace sextant::net {
namespace {

using namespace test;
using std::chrono::milliseconds;

class HttpServerLimits : public ServerTest {
 protected:
  void start_with(const ServerOptions& options, Handler handler) {
    start(std::move(handler), options);
  }
  // Answers "ok" to everything.
  void start_plain(const ServerOptions& options) {
    start([](Request, Responder respond) { respond(text_response(200, "ok")); }, options);
  }
};

TEST_F(HttpServerLimits, ASlowHeadEndsWhenItsTimeIsUpHoweverOftenAByteComes) {
  start_plain({.header_time_max = milliseconds(100)});
  RawClient client(server_->port());
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_TRUE(client.send("GET / HTTP/1.1\r\nHost: a\r\n"));
  std::jthread drip([&](const std::stop_token& stop) {  // keeps sending while the server listens
    while (!stop.stop_requested() && client.send("X: y\r\n")) {
      pollfd nothing{};
      ::poll(&nothing, 0, 5);
    }
  });
  const auto answer = client.receive();
  drip.request_stop();
  const auto taken = std::chrono::steady_clock::now() - begin;
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 408);
  EXPECT_GE(taken, milliseconds(95));
  EXPECT_LT(taken, milliseconds(5'000));
  EXPECT_EQ(metric("sextant_http_refused_total{reason=\"slow\"}"), 1);
}

TEST_F(HttpServerLimits, WhatWaitsHalfSentIsBoundedOverAllConnections) {
  start_plain({.held_bytes_max = 100'000});
  const std::string half = "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(40'000, 'x');
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(std::make_unique<RawClient>(server_->port()));
    ASSERT_TRUE(clients.back()->send(half));
  }
  const auto refused = [&] { return metric("sextant_http_refused_total{reason=\"busy\"}"); };
  while (refused() < 1) std::this_thread::yield();  // whichever of them came last
  EXPECT_EQ(refused(), 1);
  RawClient whole(server_->port());  // holds nothing, so it is served
  ASSERT_TRUE(whole.send(kGet));
  EXPECT_EQ(whole.receive().value().body, "ok");
  int finished = 0;
  for (auto& client : clients) {
    client->send("\r\n\r\n");
    const auto answer = client->receive();
    if (answer && answer->status == 200) ++finished;
  }
  EXPECT_EQ(finished, 2);
}

TEST_F(HttpServerLimits, AnIdleConnectionIsClosedWithoutAWord) {
  start_plain({.idle_time_max = milliseconds(50)});
  RawClient fresh(server_->port());
  EXPECT_TRUE(fresh.is_closed());
  RawClient used(server_->port());
  ASSERT_TRUE(used.send(kGet));
  EXPECT_EQ(used.receive().value().body, "ok");
  EXPECT_TRUE(used.is_closed());
}

TEST_F(HttpServerLimits, ABodyThatStopsComingFailsForItsReader) {
  std::promise<Error> seen;
  start_with({.stall_time_max = milliseconds(50)}, [&](Request request, Responder respond) {
    read_all(std::move(request.body), 1'000,
             [&seen, respond = std::move(respond)](Result<std::string> bytes) mutable {
               seen.set_value(bytes.error());
               respond({.status = 408, .headers = {}});
             });
  });
  RawClient client(server_->port());
  ASSERT_TRUE(client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345"));
  const auto answer = client.receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 408);
  EXPECT_TRUE(client.is_closed());
  EXPECT_EQ(seen.get_future().get().code, Code::Unavailable);
}

// Sends a byte now and then, for ten seconds at most; true when the server has closed meanwhile.
bool is_closed_while_dripping(const RawClient& client) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (std::chrono::steady_clock::now() < end) {
    pollfd closed{.fd = client.socket(), .events = POLLRDHUP, .revents = 0};
    if (!client.send("x") || ::poll(&closed, 1, 5) > 0) return true;
  }
  return false;
}

TEST_F(HttpServerLimits, ABodyThatComesByteByByteEndsToo) {
  std::promise<Error> seen;
  start_with({.stall_time_max = milliseconds(100)}, [&](Request request, Responder respond) {
    read_all(std::move(request.body), 1 << 20,
             [&seen, respond = std::move(respond)](Result<std::string> bytes) mutable {
               seen.set_value(bytes ? Error{} : bytes.error());
               respond({.status = 408, .headers = {}});
             });
  });
  RawClient client(server_->port());
  ASSERT_TRUE(client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n"));
  EXPECT_TRUE(is_closed_while_dripping(client));
  EXPECT_EQ(seen.get_future().get().code, Code::Unavailable);
  EXPECT_EQ(metric("sextant_http_refused_total{reason=\"slow\"}"), 1);
}

TEST_F(HttpServerLimits, ASteadyClientIsNotCutHoweverLongItsBodyIs) {
  start_with({.stall_time_max = milliseconds(400), .pace_bytes_min = 10}, echo);
  RawClient client(server_->port());
  ASSERT_TRUE(client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 2000\r\n\r\n"));
  for (int i = 0; i < 200; ++i) {  // one second altogether
    ASSERT_TRUE(client.send("0123456789"));
    pollfd nothing{};
    ::poll(&nothing, 0, 5);
  }
  const auto answer = client.receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body.size(), 2000u);
}

// Fails the test if its end is read: the server must not pull what the client does not take.
class EndlessBody final : public Body {
 public:
  explicit EndlessBody(std::atomic<std::uint64_t>& given) : given_(given) {}
  ~EndlessBody() override { gone.set_value(); }
  void read(OnChunk on_chunk) override {
    given_ += kChunkBytesMax;
    on_chunk(std::string(kChunkBytesMax, 'x'));
  }
  std::promise<void> gone;

 private:
  std::atomic<std::uint64_t>& given_;
};

class HttpServerEndless : public HttpServerLimits {
 protected:
  void start_endless(const ServerOptions& options) {
    start_with(options, [this](Request, Responder respond) {
      auto body = std::make_unique<EndlessBody>(given_);
      gone_.set_value(body->gone.get_future());
      respond({.headers = {}, .body = std::move(body)});
    });
  }
  std::atomic<std::uint64_t> given_ = 0;
  std::promise<std::future<void>> gone_;  // of the one request's body
};

TEST_F(HttpServerEndless, AnAnswerThatNobodyReadsIsCutAndItsBodyNotPulledMeanwhile) {
  start_endless({.stall_time_max = milliseconds(200)});
  RawClient client(server_->port());
  ASSERT_TRUE(client.send(kGet));
  gone_.get_future().get().wait();
  EXPECT_LT(given_, 64u * 1024 * 1024);  // what the kernel's buffers took
  EXPECT_TRUE(!client.receive());
}

// It takes enough for the server to go on each time, and too little altogether.
TEST_F(HttpServerEndless, AnAnswerThatIsTakenSlowlyIsCut) {
  start_endless({.stall_time_max = milliseconds(200), .pace_bytes_min = 1u << 30});
  RawClient client(server_->port());
  ASSERT_TRUE(client.send(kGet));
  auto is_cut = gone_.get_future().get();
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (is_cut.wait_for(milliseconds(5)) != std::future_status::ready &&
         std::chrono::steady_clock::now() < end) {
    char bytes[64 * 1024];
    ASSERT_GT(::recv(client.socket(), bytes, sizeof(bytes), 0), 0);
  }
  EXPECT_EQ(is_cut.wait_for(milliseconds(0)), std::future_status::ready);
}

TEST_F(HttpServerLimits, TheSocketIsReadOnlyAsFarAsTheConsumerAsked) {
  std::promise<std::unique_ptr<Body>> held;
  std::promise<Responder> answer;
  start_with({}, [&](Request request, Responder respond) {
    held.set_value(std::move(request.body));
    answer.set_value(std::move(respond));
  });
  RawClient client(server_->port());
  ASSERT_TRUE(client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 50000000\r\n\r\n"));
  auto body = held.get_future().get();
  std::promise<void> sent_all;
  std::jthread sender([&] {
    client.send(std::string(50'000'000, 'b'));  // NOLINT(bugprone-string-constructor): meant
    sent_all.set_value();
  });
  const auto read_chunk = [&] {
    std::promise<std::size_t> size;
    body->read([&](Result<std::string> chunk) { size.set_value(chunk ? chunk->size() : 0); });
    return size.get_future().get();
  };
  std::size_t total = 0;
  for (int i = 0; i < 3; ++i) {
    const auto size = read_chunk();
    EXPECT_LE(size, kChunkBytesMax);
    total += size;
  }
  const double received = metric("sextant_http_received_bytes_total");
  EXPECT_LE(received, 3 * static_cast<double>(kChunkBytesMax) + 100'000);
  EXPECT_EQ(body->length(), 50'000'000 - total);
  auto all_sent = sent_all.get_future();
  EXPECT_EQ(all_sent.wait_for(milliseconds(0)), std::future_status::timeout);
  while (const auto size = read_chunk()) total += size;
  EXPECT_EQ(total, 50'000'000u);
  EXPECT_EQ(read_chunk(), 0u);
  answer.get_future().get()({.headers = {}});
  EXPECT_EQ(client.receive().value().status, 200);
}

TEST_F(HttpServerLimits, VitalRequestsAreLetInWhenTheServerIsFull) {
  std::promise<void> full;
  std::vector<Responder> held;  // by the one worker
  start_with(
      {.worker_threads = 1,
       .requests_in_progress_max = 2,
       .is_vital = [](std::string_view method,
                      std::string_view target) { return method == "GET" && target == "/up"; }},
      [&](const Request& request, Responder respond) {
        if (request.path() == "/up") return respond(text_response(200, "up"));
        held.push_back(std::move(respond));
        if (held.size() == 2) full.set_value();
      });
  RawClient first(server_->port());
  RawClient second(server_->port());
  ASSERT_TRUE(first.send(kGet));
  ASSERT_TRUE(second.send(kGet));
  full.get_future().wait();
  RawClient other(server_->port());
  ASSERT_TRUE(other.send(kGet));
  EXPECT_EQ(other.receive().value().status, 503);
  RawClient vital(server_->port());
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(vital.send("GET /up HTTP/1.1\r\nHost: a\r\n\r\n"));
    EXPECT_EQ(vital.receive().value().body, "up");
  }
  for (auto& respond : held) respond(text_response(200, "ok"));
  EXPECT_EQ(first.receive().value().status, 200);
  held.clear();
}

TEST_F(HttpServerLimits, ConnectionsAboveTheLimitAreClosedAtOnce) {
  start_plain({.connections_max = 2});
  RawClient first(server_->port());
  auto second = std::make_unique<RawClient>(server_->port());
  for (auto* client : {&first, second.get()}) {
    ASSERT_TRUE(client->send(kGet));
    EXPECT_EQ(client->receive().value().body, "ok");
  }
  RawClient third(server_->port());
  EXPECT_TRUE(third.is_closed());
  EXPECT_EQ(metric("sextant_http_refused_total{reason=\"connections\"}"), 1);
  second.reset();
  for (;;) {  // until the server has noticed
    RawClient next(server_->port());
    next.send(kGet);
    const auto answer = next.receive();
    if (!answer) continue;
    EXPECT_EQ(answer->body, "ok");
    break;
  }
}

TEST_F(HttpServerLimits, ClientsThatDieMidBodyLeaveNothingBehind) {
  std::atomic<int> failed = 0;
  std::atomic<std::uint64_t> given = 0;
  std::counting_semaphore<> uploads(0);
  start_with({}, [&](Request request, Responder respond) {
    if (request.method == "GET") {
      return respond({.headers = {}, .body = std::make_unique<EndlessBody>(given)});
    }
    uploads.release();
    read_all(std::move(request.body), 1 << 20,
             [&failed, respond = std::move(respond)](Result<std::string> bytes) mutable {
               if (!bytes && bytes.error().code == Code::Unavailable) ++failed;
               respond({.headers = {}});
             });
  });
  for (int i = 0; i < 40; ++i) {
    RawClient upload(server_->port());
    ASSERT_TRUE(upload.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n123"));
    uploads.acquire();
    i % 2 == 0 ? upload.reset() : upload.close();
    RawClient download(server_->port());
    ASSERT_TRUE(download.send(kGet));
    char some[1000];
    ASSERT_GT(::recv(download.socket(), some, sizeof(some), 0), 0);
    i % 2 == 0 ? download.reset() : download.close();
  }
  ASSERT_TRUE(server_->drain(std::chrono::seconds(20)));
  EXPECT_EQ(failed, 40);
}

double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

std::size_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  statm >> total >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

// The other ends of many connections, in a process of its own: it has descriptors of its own, and
// its memory is not counted. Opens `count` once told the port, reports, and holds them until its
// input ends. Only system calls between fork and _exit.
class Crowd {
 public:
  explicit Crowd(int count) {
    int in[2];
    int out[2];
    if (::pipe(in) != 0 || ::pipe(out) != 0) return;
    process_ = ::fork();
    if (process_ == 0) {
      ::close(in[1]);
      ::close(out[0]);
      live(count, in[0], out[1]);
    }
    ::close(in[0]);
    ::close(out[1]);
    to_ = in[1];
    from_ = out[0];
  }
  ~Crowd() {
    ::close(to_);
    ::close(from_);
    ::waitpid(process_, nullptr, 0);
  }
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;

  // How many connections stand.
  int connect(std::uint16_t port) const {
    int standing = -1;
    if (::write(to_, &port, sizeof(port)) != sizeof(port)) return -1;
    if (::read(from_, &standing, sizeof(standing)) != sizeof(standing)) return -1;
    return standing;
  }

 private:
  [[noreturn]] static void live(int count, int in, int out) {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    std::uint16_t port = 0;
    if (::read(in, &port, sizeof(port)) != sizeof(port)) _exit(1);
    address.sin_port = htons(port);
    int standing = 0;
    for (int i = 0; i < count; ++i) {
      const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
      if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0) {
        ++standing;
      }
    }
    if (::write(out, &standing, sizeof(standing)) != sizeof(standing)) _exit(1);
    char end;
    _exit(::read(in, &end, 1) == 0 ? 0 : 1);
  }

  pid_t process_ = -1;
  int to_ = -1;
  int from_ = -1;
};

TEST_F(HttpServerLimits, TenThousandIdleConnectionsCostLittleAndStopNobody) {
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  // The server leaves a part of the descriptors to others; see http_server.cc.
  const auto descriptors = static_cast<std::int64_t>(limit.rlim_max);
  const auto room = descriptors - std::min<std::int64_t>(descriptors / 4, 2048) - 10;
  const int count = static_cast<int>(std::min<std::int64_t>(10'000, room));
  const Crowd crowd(count);
  start_plain({});
  {
    RawClient warm(server_->port());
    ASSERT_TRUE(warm.send(kGet));
    ASSERT_TRUE(warm.receive());
  }
  const auto before = resident_bytes();
  ASSERT_EQ(crowd.connect(server_->port()), count);
  RawClient client(server_->port());
  ASSERT_TRUE(client.send(kGet));
  EXPECT_EQ(client.receive().value().body, "ok");  // so all before it have been accepted
  EXPECT_EQ(metric("sextant_http_connections_open"), count + 1);
  const auto each = (resident_bytes() - before) / static_cast<std::size_t>(count);
  RecordProperty("bytes_per_idle_connection", static_cast<int>(each));
  std::printf("%d idle connections, %zu bytes each\n", count, each);
  if (kMemoryIsOurs) {
    EXPECT_LT(each, 2'048u);
  }
}

TEST_F(HttpServerLimits, AtRestNoThreadWakesUp) {
  if (!kThreadsAreOurs) GTEST_SKIP() << "ThreadSanitizer has a thread that ticks";
  start_plain({});
  {
    RawClient client(server_->port());
    ASSERT_TRUE(client.send(kGet));
    ASSERT_TRUE(client.receive());
    client.shutdown_write();
    ASSERT_TRUE(client.is_closed());
  }
  const auto wake_ups = [] {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_nvcsw;
  };
  // The first while may still see the connection's end; a thread that ticks is seen in each.
  long fewest = std::numeric_limits<long>::max();
  for (int whiles = 0; whiles < 10 && fewest > 1; ++whiles) {
    const auto before = wake_ups();
    pollfd nothing{};
    ::poll(&nothing, 0, 300);
    fewest = std::min(fewest, wake_ups() - before);
  }
  EXPECT_LE(fewest, 1);  // this thread's own
}

// Out of descriptors, accept fails at once and for ever: the server must neither spin nor stop.
TEST_F(HttpServerLimits, RunningOutOfDescriptorsPausesAcceptingAndNoMore) {
  const Crowd crowd(5);
  start_plain({});
  RawClient client(server_->port());
  ASSERT_TRUE(client.send(kGet));
  ASSERT_TRUE(client.receive());
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  const rlimit saved = limit;
  limit.rlim_cur = 3;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
  ASSERT_EQ(crowd.connect(server_->port()), 5);  // in the kernel's queue
  const double before = cpu_seconds();
  pollfd nothing{};
  ::poll(&nothing, 0, 300);  // the time over which it must do next to nothing
  EXPECT_LT(cpu_seconds() - before, 0.1);
  EXPECT_EQ(metric("sextant_http_connections_open"), 1);
  ASSERT_TRUE(client.send(kGet));
  EXPECT_EQ(client.receive().value().body, "ok");
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &saved), 0);
  RawClient late(server_->port());
  ASSERT_TRUE(late.send(kGet));
  EXPECT_EQ(late.receive().value().body, "ok");
  EXPECT_EQ(metric("sextant_http_connections_open"), 7);
}

}  // namespace
}  // namespace sextant::net

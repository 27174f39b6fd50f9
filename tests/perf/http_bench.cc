// How much CPU the HTTP server needs for a request and for a megabyte, with clients in a process of
// their own:
//   http_bench [seconds for each row]
// Build it in the release tree. "cpu" is the server's alone: I/O thread and workers together.
// links: net core
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "net/http_server.h"

namespace {

using namespace sextant;
using namespace sextant::net;
using SteadyClock = std::chrono::steady_clock;

struct Row {
  const char* name;
  int connections;
  std::size_t upload_bytes;
  std::size_t download_bytes;
};

constexpr Row kRows[] = {
    {"GET, 11 bytes", 1, 0, 11},   {"GET, 11 bytes", 32, 0, 11},  {"GET, 11 bytes", 256, 0, 11},
    {"PUT, 2 KiB", 1, 2'048, 0},   {"PUT, 2 KiB", 32, 2'048, 0},  {"PUT, 2 KiB", 256, 2'048, 0},
    {"PUT, 8 MiB", 4, 8 << 20, 0}, {"GET, 8 MiB", 4, 0, 8 << 20},
};

class Repeated final : public Body {
 public:
  explicit Repeated(std::size_t left) : left_(left) {}
  void read(OnChunk on_chunk) override {
    const auto count = std::min(left_, kChunkBytesMax);
    left_ -= count;
    on_chunk(std::string(count, 'x'));
  }
  std::optional<std::uint64_t> length() const override { return left_; }

 private:
  std::size_t left_;
};

// GET /n answers n bytes; PUT reads its body to the end.
void serve(Request request, Responder respond) {
  if (request.method == "GET") {
    const auto bytes = std::strtoull(request.target.c_str() + 1, nullptr, 10);
    return respond({.headers = {}, .body = std::make_unique<Repeated>(bytes)});
  }
  drain(
      std::move(request.body), [](std::string_view) -> Result<> { return {}; },
      [respond = std::move(respond)](Result<>) mutable { respond({.headers = {}}); });
}

int connect_to(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) _exit(1);
  const int on = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  fcntl(socket, F_SETFL, O_NONBLOCK);
  return socket;
}

// One connection of the load: sends its request, reads its answer, again. All answers to a row are
// equally long; the first tells how long.
struct Client {
  int socket = -1;
  std::size_t sent = 0;
  std::size_t received = 0;
};

class Load {
 public:
  Load(const Row& row, std::uint16_t port) {
    const auto method = row.upload_bytes > 0 ? "PUT /" : "GET /";
    request_ = method + std::to_string(row.download_bytes) + " HTTP/1.1\r\nHost: a\r\n" +
               "Content-Length: " + std::to_string(row.upload_bytes) + "\r\n\r\n" +
               std::string(row.upload_bytes, 'u');
    download_bytes_ = row.download_bytes;
    for (int i = 0; i < row.connections; ++i) clients_.push_back({.socket = connect_to(port)});
  }

  std::uint64_t run(SteadyClock::duration time) {
    const auto end = SteadyClock::now() + time;
    std::vector<pollfd> waits;
    while (SteadyClock::now() < end) {
      waits.clear();
      for (auto& client : clients_) {
        push(client);
        const short events = client.sent < request_.size() ? POLLOUT : POLLIN;
        waits.push_back({.fd = client.socket, .events = events, .revents = 0});
      }
      ::poll(waits.data(), waits.size(), 100);
      for (std::size_t i = 0; i < waits.size(); ++i) {
        if ((waits[i].revents & POLLIN) != 0) pull(clients_[i]);
      }
    }
    return done_;
  }

 private:
  void push(Client& client) {
    while (client.sent < request_.size()) {
      const auto count = ::send(client.socket, request_.data() + client.sent,
                                request_.size() - client.sent, MSG_NOSIGNAL);
      if (count <= 0) return;
      client.sent += static_cast<std::size_t>(count);
    }
  }

  void pull(Client& client) {
    const auto count = ::recv(client.socket, buffer_.data(), buffer_.size(), 0);
    if (count <= 0) _exit(1);
    if (answer_bytes_ == 0) {
      const std::string_view head(buffer_.data(), static_cast<std::size_t>(count));
      answer_bytes_ = head.find("\r\n\r\n") + 4 + download_bytes_;
    }
    client.received += static_cast<std::size_t>(count);
    if (client.received < answer_bytes_) return;
    client = {.socket = client.socket};
    ++done_;
  }

  std::string request_;
  std::size_t download_bytes_ = 0;
  std::size_t answer_bytes_ = 0;
  std::vector<Client> clients_;
  std::vector<char> buffer_ = std::vector<char>(256 * 1024);
  std::uint64_t done_ = 0;
};

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// Forked before the server starts its threads, and then waits to be told the port.
class LoadProcess {
 public:
  LoadProcess(const Row& row, SteadyClock::duration time) {
    if (::pipe(to_) != 0 || ::pipe(from_) != 0) std::abort();
    process_ = ::fork();
    if (process_ != 0) return;
    std::uint16_t port = 0;
    if (::read(to_[0], &port, sizeof(port)) != sizeof(port)) _exit(1);
    const std::uint64_t done = Load(row, port).run(time);
    _exit(::write(from_[1], &done, sizeof(done)) == sizeof(done) ? 0 : 1);
  }
  std::uint64_t run(std::uint16_t port) {
    std::uint64_t done = 0;
    ::close(from_[1]);
    if (::write(to_[1], &port, sizeof(port)) != sizeof(port)) std::abort();
    if (::read(from_[0], &done, sizeof(done)) != sizeof(done)) std::abort();
    ::waitpid(process_, nullptr, 0);
    return done;
  }

 private:
  int to_[2];
  int from_[2];
  pid_t process_ = 0;
};

void measure(const Row& row, std::chrono::seconds time) {
  LoadProcess load(row, time);
  metrics::Registry registry;
  ServerOptions options;
  options.port = 0;
  auto server = HttpServer::start(options, serve, registry);
  if (!server) std::abort();
  const double before = cpu_seconds();
  const auto done = static_cast<double>(load.run((*server)->port()));
  const double cpu = cpu_seconds() - before;
  const double mib =
      done * static_cast<double>(row.upload_bytes + row.download_bytes) / (1024 * 1024);
  const auto seconds = static_cast<double>(time.count());
  std::printf("%-14s %4d connections %9.0f requests/s %8.1f MiB/s %8.1f us cpu/request", row.name,
              row.connections, done / seconds, mib / seconds, cpu / done * 1e6);
  if (mib / done > 1) std::printf(" %6.0f us cpu/MiB", cpu / mib * 1e6);
  std::printf("\n");
}

}  // namespace

int main(int argc, char** argv) {
  const std::chrono::seconds time(argc > 1 ? std::atoi(argv[1]) : 3);
  for (const Row& row : kRows) measure(row, time);
  return 0;
}

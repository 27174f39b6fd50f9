#include "server/node/preconditions.h"

#include <sys/stat.h>

#include <filesystem>
#include <string_view>

#include "adapters/embedded/posix_disk.h"
#include "net/http_server.h"

namespace sextant::server {
namespace fs = std::filesystem;
namespace {

bool is_region(std::string_view text) {
  return !text.empty() &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

}  // namespace

Result<std::unique_ptr<net::BoundSocket>> take_port(const NodeOptions& options) {
  auto socket = net::BoundSocket::bind(options.address, options.port);
  if (!socket && socket.error().code == Code::Conflict) socket.error().message += " (--port)";
  return socket;
}

Result<> check(const NodeOptions& options, const net::BoundSocket& socket) {
  if (!socket.is_loopback() && !options.tls && !options.insecure) {
    return fail(
        Code::Invalid,
        "address " + options.address +
            " can be reached from outside: give --tls-cert and --tls-key, or say --insecure");
  }
  const auto& account = options.scope.account.text();
  if (account.size() != 12 || account.find_first_not_of("0123456789") != std::string::npos) {
    return fail(Code::Invalid, "--account is twelve digits, not '" + account + "'");
  }
  if (const auto& region = options.scope.region.text(); !is_region(region)) {
    return fail(Code::Invalid,
                "--region is lower-case letters, digits and hyphens, not '" + region + "'");
  }
  if (!options.files.empty() && !fs::is_directory(options.files))
    return fail(Code::Invalid, "--files: there is no folder '" + options.files + "'");
  if (options.tls) SX_TRY(net::check_tls(*options.tls));
  return {};
}

Result<> make_folder(const std::string& name) {
  auto folder = fs::absolute(name).lexically_normal();
  if (!folder.has_filename()) folder = folder.parent_path();
  std::error_code ignored;
  const bool existed = fs::is_directory(folder, ignored);
  adapters::PosixDisk disk;
  if (auto made = adapters::make_directories(disk, folder); !made && !existed)
    return fail(Code::Denied, "cannot make folder '" + name + "': " + made.error().message);
  ::chmod(folder.c_str(), S_IRWXU);
  return {};
}

Result<std::unique_ptr<adapters::EmbeddedStore>> open_store(const std::string& data,
                                                            const Clock& clock,
                                                            adapters::Disk& disk) {
  auto opened =
      adapters::EmbeddedStore::open(fs::path(data) / "store", {.clock = clock, .disk = disk});
  if (opened || opened.error().code != Code::Conflict) return opened;
  return fail(Code::Conflict,
              "another node works with it. Use that one, or stop it (`pgrep -af 'sextant node'` "
              "shows which it is), or give this one a folder of its own with --data");
}

}  // namespace sextant::server

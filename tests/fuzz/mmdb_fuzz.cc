// A MaxMind DB file as an administrator got it from somewhere: refused, or each look-up gives a
// record of readable text, none, or says that the file is damaged; and twice the same.
// links: intel
#include <sys/mman.h>
#include <unistd.h>

#include "core/encoding.h"
#include "intel/enrichers/geo_database.h"
#include "tests/fuzz/fuzz_input.h"

using namespace sextant;
using namespace sextant::intel;

namespace {

// The input as a file that lies in no folder.
class InputFile {
 public:
  InputFile(const std::uint8_t* data, std::size_t size) : number_(::memfd_create("mmdb", 0)) {
    SX_CHECK(number_ >= 0);
    SX_CHECK(::write(number_, data, size) == static_cast<ssize_t>(size));
  }
  ~InputFile() { ::close(number_); }
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;
  std::string path() const { return "/proc/self/fd/" + std::to_string(number_); }

 private:
  const int number_;
};

void check_address(const GeoDatabase& database, std::string_view text) {
  const auto address = *sdk::IpAddress::parse(text);
  const auto found = database.find(address);
  if (!found) {
    SX_CHECK(found.error().code == Code::Corrupt);
    return;
  }
  if (!*found) return;
  for (const auto& value : (*found)->texts) SX_CHECK(valid_utf8(value));
  const auto again = database.find(address);
  SX_CHECK(again && *again && (*again)->texts == (*found)->texts);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const InputFile file(data, size);
  const auto database = GeoDatabase::open(file.path());
  if (!database) {
    SX_CHECK(database.error().code == Code::Corrupt);
    return 0;
  }
  for (const auto* address : {"0.0.0.0", "198.51.100.7", "203.0.113.1", "255.255.255.255",
                              "::", "2001:db8::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"})
    check_address(**database, address);
  return 0;
}

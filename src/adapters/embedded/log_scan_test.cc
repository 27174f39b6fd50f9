#include "adapters/embedded/log_scan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/crc.h"

namespace sextant::adapters {
namespace {

using State = LogScan::State;

constexpr std::size_t kBlock = 32'768;

// Writes logs as RocksDB does.
class LogBuilder {
 public:
  LogBuilder& record(std::string_view payload) {
    bool first = true;
    do {
      const std::size_t left = kBlock - bytes.size() % kBlock;
      if (left < 7) {
        bytes.append(left, '\0');
        continue;
      }
      const auto part = payload.substr(0, left - 7);
      payload.remove_prefix(part.size());
      fragment(payload.empty() ? (first ? 1 : 4) : (first ? 2 : 3), part);
      first = false;
    } while (!payload.empty() || first);
    ends.push_back(bytes.size());
    return *this;
  }

  std::string bytes;
  std::vector<std::size_t> ends;

 private:
  void fragment(int type, std::string_view payload) {
    std::string covered(1, static_cast<char>(type));
    covered.append(payload);
    const std::uint32_t crc = crc::crc32c(0, covered);
    const std::uint32_t masked = ((crc >> 15) | (crc << 17)) + 0xA282EAD8u;
    for (int i = 0; i < 4; ++i) bytes.push_back(static_cast<char>(masked >> (8 * i)));
    bytes.push_back(static_cast<char>(payload.size()));
    bytes.push_back(static_cast<char>(payload.size() >> 8));
    bytes.append(covered);
  }
};

std::string filler(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + i * 7 % 26);
  return text;
}

// Records that end a block, span several, and leave a block too small a rest for a header.
LogBuilder sample() {
  LogBuilder log;
  log.record("one").record(filler(100)).record(filler(70'000)).record("");
  const std::size_t rest = kBlock - log.bytes.size() % kBlock;
  log.record(filler(rest - 7 - 3)).record("after a trailer").record(filler(500));
  return log;
}

TEST(LogScanTest, WholeLogsAreWhole) {
  EXPECT_EQ(scan_log("").state, State::Whole);
  const LogBuilder log = sample();
  const LogScan scan = scan_log(log.bytes);
  EXPECT_EQ(scan.state, State::Whole);
  EXPECT_EQ(scan.intact, log.bytes.size());
  EXPECT_EQ(scan.records, log.ends.size());
}

TEST(LogScanTest, ALogCutAnywhereIsTornBehindItsLastWholeRecord) {
  const LogBuilder log = sample();
  for (std::size_t size = 0; size < log.bytes.size(); size += size < 98'000 ? 499 : 3) {
    const LogScan scan = scan_log(std::string_view(log.bytes).substr(0, size));
    ASSERT_NE(scan.state, State::Damaged) << size;
    ASSERT_LE(scan.intact, size);
    if (std::ranges::find(log.ends, size) != log.ends.end()) {
      EXPECT_EQ(scan.state, State::Whole) << size;
      EXPECT_EQ(scan.intact, size);
    }
    std::size_t whole = 0;
    while (whole < log.ends.size() && log.ends[whole] <= size) ++whole;
    EXPECT_EQ(scan.records, whole) << size;
  }
}

TEST(LogScanTest, AChangedByteIsDamageWhereverItIs) {
  const LogBuilder log = sample();
  for (std::size_t at = 0; at < log.bytes.size(); at += at < 120 || at > 99'500 ? 1 : 977) {
    for (const int change : {0x01, 0x80, 0xFF}) {
      std::string changed = log.bytes;
      changed[at] = static_cast<char>(changed[at] ^ change);
      ASSERT_EQ(scan_log(changed).state, State::Damaged) << at << " xor " << change;
    }
  }
}

// The case that RocksDB forgets silently: the last record claims to be longer than the file.
TEST(LogScanTest, ALengthBeyondTheEndIsDamageNotATornTail) {
  LogBuilder log;
  log.record("one").record("two").record("three");
  const std::size_t begins = log.ends[1];
  for (const int length : {6, 100, 30'000}) {
    std::string changed = log.bytes;
    changed[begins + 4] = static_cast<char>(length);
    changed[begins + 5] = static_cast<char>(length >> 8);
    EXPECT_EQ(scan_log(changed).state, State::Damaged) << length;
  }
}

TEST(LogScanTest, ZerosThatNeverReachedTheDiskAreATornTail) {
  LogBuilder log;
  log.record(filler(600)).record(filler(2'000));
  for (const std::size_t written : {608u, 700u, 1'024u, 2'048u, 2'560u}) {
    std::string cut = log.bytes.substr(0, written);
    cut.resize(log.bytes.size(), '\0');
    const LogScan scan = scan_log(cut);
    EXPECT_EQ(scan.state, State::Torn) << written;
    EXPECT_EQ(scan.intact, log.ends[0]) << written;
  }
  EXPECT_EQ(scan_log(log.bytes + std::string(5'000, '\0')).intact, log.bytes.size());
}

TEST(LogScanTest, ALostBlockIsDamage) {
  const LogBuilder log = sample();
  std::string lost = log.bytes;
  lost.replace(kBlock, kBlock, kBlock, '\0');
  EXPECT_EQ(scan_log(lost).state, State::Damaged);
  EXPECT_EQ(scan_log(log.bytes.substr(kBlock)).state, State::Damaged);
}

}  // namespace
}  // namespace sextant::adapters

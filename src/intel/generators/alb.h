#pragma once
// Makes access logs of an Application Load Balancer, as many lines as asked for, one at a time: the
// traffic of a shop with regular visitors, bots, IPv6, busy and quiet hours, the odd lines that
// real logs hold, and attacks whose truth is told. The same options give the same bytes.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "intel/generators/campaigns.h"

namespace sextant::intel {

struct AlbOptions {
  std::uint64_t lines = 1'000'000;
  std::uint64_t seed = 1;
  Time start = Time(std::chrono::sys_days{std::chrono::year{2026} / 1 / 1});
  Duration duration = std::chrono::hours(24);  // over which the lines are spread
  double odd_share = 0.05;                     // well-formed, but what naive readers stumble over
  double malformed_share = 0;                  // no entries: cut lines, other kinds of logs, noise
  std::vector<Technique> attacks = {};
  std::string account = "123456789012";
  std::string region = "us-east-1";
};

enum class LineKind { Ordinary, Odd, Malformed, Attack };

// What the generator knows about the line that it just made. Views live until the next line.
struct Truth {
  LineKind kind = LineKind::Ordinary;
  std::uint64_t number = 0;  // of the line, from 0
  Time time;
  std::string_view source_ip;
  std::uint32_t campaign = 0;  // of attacks: which one, from 1
  Technique technique = Technique::SqlInjection;
};

class AlbGenerator {
 public:
  explicit AlbGenerator(const AlbOptions& options);
  ~AlbGenerator();
  AlbGenerator(const AlbGenerator&) = delete;
  AlbGenerator& operator=(const AlbGenerator&) = delete;

  // The next line, with its newline, appended to `out`; false when all were made. `truth` may be
  // nullptr. Memory does not grow with the number of lines.
  bool next(std::string& out, Truth* truth);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// One line of the file that stands beside the logs, without newline: which campaign did what from
// where, and the object, line and byte where it is logged.
std::string truth_json(const Truth& truth, std::string_view object, std::uint64_t line,
                       std::uint64_t offset);

// Where the balancer would put the object, below the bucket's root:
// AWSLogs/<account>/elasticloadbalancing/<region>/yyyy/mm/dd/…_<number>.log.gz
std::string alb_object_key(const AlbOptions& options, Time end, std::uint64_t number);

}  // namespace sextant::intel

#pragma once
// What all generators of logs share: options, the truth about each line, and the traffic that comes
// in waves over the day with attacks in between. The same options give the same bytes.
#include <cstdint>
#include <memory>
#include <queue>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "intel/generators/campaigns.h"

namespace sextant::intel {

struct GeneratorOptions {
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

class LogGenerator {
 public:
  LogGenerator() = default;
  virtual ~LogGenerator() = default;
  LogGenerator(const LogGenerator&) = delete;
  LogGenerator& operator=(const LogGenerator&) = delete;

  // The next entry, with its newline if it is a line, appended to `out`; false when all were made.
  // An odd entry may bring heading lines along. `truth` may be nullptr. Memory does not grow with
  // the number of lines.
  virtual bool next(std::string& out, Truth* truth) = 0;
  // What each object begins with, with its newline; empty for most kinds.
  virtual std::string heading() const { return {}; }
  // What stands between two entries of an object, and behind the last one. Empty for logs of lines,
  // whose entries bring their newlines along.
  virtual std::string_view between() const { return {}; }
  virtual std::string_view footing() const { return {}; }
  // Where the service would put an object that ends at `end`, below the bucket's root; ends in .gz
  // where the service compresses.
  virtual std::string object_key(Time end, std::uint64_t number) const = 0;
};

// When the lines of a log are written: few by night, many in the evening, a little out of order.
class Rhythm {
 public:
  explicit Rhythm(const GeneratorOptions& options);
  // The time of line `number`, in microseconds since 1970; numbers must not fall.
  std::int64_t time_of(std::uint64_t number, Dice& dice);

 private:
  Time start_;
  Duration duration_;
  std::uint64_t lines_;
  std::vector<double> ends_;  // of each slice of the time, as a share of all lines
  std::size_t slice_ = 0;
};

// A generator whose lines are entries of one kind: the derived one keeps the entry in the making.
class TrafficGenerator : public LogGenerator {
 public:
  bool next(std::string& out, Truth* truth) final;

 protected:
  explicit TrafficGenerator(const GeneratorOptions& options)
      : options_(options), dice_(options.seed), rhythm_(options) {}
  // Draws the campaigns; called at the end of the derived constructor.
  void plan();

  virtual void begin(std::int64_t time_us) = 0;  // a new entry
  virtual void ordinary() = 0;
  virtual void attack(Campaign& campaign) = 0;
  virtual void make_odd() = 0;                         // of an ordinary entry, still well-formed
  virtual void write(std::string& out) = 0;            // without newline
  virtual void make_malformed(std::string& line) = 0;  // of a well-formed one
  virtual std::string_view source() const = 0;         // the address in the entry
  virtual std::string_view line_end() const { return "\n"; }
  const GeneratorOptions& options() const { return options_; }
  Dice& dice() { return dice_; }

 private:
  struct Later {
    bool operator()(const Campaign& a, const Campaign& b) const {
      return a.next_line != b.next_line ? a.next_line > b.next_line : a.id > b.id;
    }
  };
  void next_attack(Truth& told);
  GeneratorOptions options_;
  Dice dice_;
  Rhythm rhythm_;
  std::priority_queue<Campaign, std::vector<Campaign>, Later> campaigns_;
  std::uint64_t made_ = 0;
  std::string broken_;
};

// All that is left of the generator's entries, as one object.
std::string object_text(LogGenerator& generator);

// One line of the file that stands beside the logs, without newline: which campaign did what from
// where, and the object, line and byte where it is logged.
std::string truth_json(const Truth& truth, std::string_view object, std::uint64_t line,
                       std::uint64_t offset);

}  // namespace sextant::intel

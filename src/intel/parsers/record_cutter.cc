#include "intel/parsers/record_cutter.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "intel/parsers/json_lists.h"
#include "intel/parsers/malformed_rows.h"
#include "intel/parsers/record_marks.h"

namespace sextant::intel {
namespace {

constexpr std::size_t kSliceBytes = 1 << 20;
constexpr std::size_t kOpenMax = 1'000;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool is_between(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ','; }

constexpr std::string_view kMoreThanRecords = "more than its records stands in their envelope";
constexpr auto kNoMark = std::numeric_limits<std::uint64_t>::max();

std::string_view without_blanks_behind(std::string_view text) {
  return text.substr(0, text.find_last_not_of(" \t\r\n") + 1);  // npos + 1 is 0
}

// Nor the comma that the next item of a list stands behind.
std::string_view without_comma_behind(std::string_view text) {
  text = without_blanks_behind(text);
  if (text.ends_with(',')) text.remove_suffix(1);
  return without_blanks_behind(text);
}

}  // namespace

void RecordCutter::add(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto slice = bytes.substr(0, kSliceBytes);
    bytes.remove_prefix(slice.size());
    if (kept_.empty()) {
      window_ = slice;
      window_offset_ = stream_end_;
    } else {
      kept_.append(slice);
      window_ = kept_;
    }
    stream_end_ += slice.size();
    run();
    sink_.release();
    const auto from = kept_from();
    if (kept_.empty()) {
      kept_ = text(from, end());
    } else {
      kept_.erase(0, from - window_offset_);
    }
    window_offset_ = from;
  }
}

std::uint64_t RecordCutter::kept_from() const {
  switch (mode_) {
    case Mode::Between: return at_;
    case Mode::Lost: return std::max(window_offset_, at_ - std::min(at_, kMarkBefore));
    default: return start_;
  }
}

bool RecordCutter::finish(std::string_view reason) {
  finishing_ = true;
  window_ = kept_;
  if (kept_.empty()) window_offset_ = stream_end_;
  run();
  while (mode_ != Mode::Between && mode_ != Mode::Lost) {  // something was not finished
    fail(end(), mode_ == Mode::Junk ? "it is no JSON object" : reason);
    run();
  }
  const bool lost = mode_ == Mode::Lost;
  if (lost) {
    end_lost(end());
  } else if (base_ > 0) {
    sink_.broken({{}, end()}, 0, reason);
  }
  sink_.release();
  kept_.clear();
  return lost || base_ > 0;
}

void RecordCutter::run() {
  if (window_offset_ == 0 && at_ == 0) {
    if (end() < kByteOrderMark.size() && !finishing_) return;
    if (window_.starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
  }
  auto step = Step::On;
  while (step == Step::On && at_ < end()) {
    switch (mode_) {
      case Mode::Between: step = between(); break;
      case Mode::Inside:
      case Mode::Tail: step = inside(); break;
      case Mode::Junk: step = junk(); break;
      case Mode::Lost: step = lost(); break;
    }
  }
}

RecordCutter::Step RecordCutter::between() {
  while (at_ < end() && is_between(byte(at_))) ++at_;
  if (at_ == end()) return Step::On;
  start_ = at_;
  const char c = byte(at_);
  if (c == '{' || c == '[') {
    mode_ = Mode::Inside;
    brackets_.reset();
  } else if (base_ > 0 && c == ']') {  // the list ends
    open_.pop_back();
    base_ = 0;
    start_ = ++at_;
    brackets_.reset();
    if (!open_.empty()) mode_ = Mode::Tail;
  } else if (c == '}' || c == ']') {
    sink_.broken({text(at_, at_ + 1), at_}, 0, "a bracket closes that was not open");
    ++at_;
  } else {
    mode_ = Mode::Junk;
  }
  return Step::On;
}

RecordCutter::Step RecordCutter::inside() {
  const auto limit = this->limit();
  while (at_ < std::min(end(), limit)) {
    const auto count =
        std::min<std::uint64_t>(std::min(end(), limit) - at_, JsonBrackets::kWordBytes);
    const auto word = at_;
    const auto marks = brackets_.read(window_.data() + (at_ - window_offset_), count);
    at_ += count;
    for (auto events = marks.brackets | marks.newlines; events != 0; events &= events - 1) {
      const auto event = word + static_cast<unsigned>(std::countr_zero(events));
      const bool newline = byte(event) == '\n';
      const auto mode = mode_;
      const auto step =
          newline ? fail(event + 1, "a string does not end on its line") : bracket(event);
      if (step == Step::NeedsMore) {
        at_ = event;
        brackets_.reset(newline);
        return step;
      }
      if (mode_ != mode || at_ != word + count) return Step::On;
    }
  }
  if (at_ < limit) return Step::On;
  if (limit < start_ + kRecordBytesMax) {
    hand_over(start_, limit);
    restart(limit);
    return Step::On;
  }
  return fail(limit, "the record is longer than 1 MiB");
}

// Up to where what began at start_ may go.
std::uint64_t RecordCutter::limit() {
  const auto longest = start_ + kRecordBytesMax;
  if (start_ >= suspect_until_) return longest;
  if (next_mark_ <= start_) {
    const auto found = find_mark(window_, start_ + 1 - window_offset_,
                                 suspect_until_ - window_offset_, base_ == 0);
    next_mark_ = found == std::string_view::npos ? kNoMark : window_offset_ + found;
  }
  return std::min(next_mark_, longest);
}

// Sets at_ or mode_ where the record does not simply go on.
RecordCutter::Step RecordCutter::bracket(std::uint64_t at) {
  const char c = byte(at);
  return c == '{' || c == '[' ? opening(at) : closing(at);
}

RecordCutter::Step RecordCutter::opening(std::uint64_t at) {
  if (open_.size() >= kOpenMax) return fail(at + 1, "it is nested too deeply");
  open_ += byte(at);
  if (mode_ == Mode::Inside && base_ == 0 && open_.back() == '[' && is_list(at)) {
    base_ = open_.size();
    mode_ = Mode::Between;
    at_ = at + 1;
  }
  return Step::On;
}

// Of records: the first thing in the text, or a member of the first object that is called so.
bool RecordCutter::is_list(std::uint64_t at) const {
  return at == start_ || (open_ == "{[" && is_list_of_records(text(start_, at), at - start_));
}

RecordCutter::Step RecordCutter::closing(std::uint64_t at) {
  constexpr std::string_view kDoNotMatch = "its brackets and quotes do not match";
  const char opened = byte(at) == '}' ? '{' : '[';
  if (open_.empty() || open_.back() != opened) return fail(at + 1, kDoNotMatch);
  if (open_.size() == base_ + 1) {
    const auto next = next_in_list(at + 1);
    if (next == Next::NotYetSeen) return Step::NeedsMore;
    JsonElement element;
    if (next == Next::Wrong && !read_json(text(start_, at + 1), element)) {
      return fail(at + 1, kDoNotMatch);
    }
  }
  open_.pop_back();
  if (open_.size() == base_) end_record(at + 1);
  return Step::On;
}

// Behind a record in a list stands a comma and the next one, or the list's end; that a comma is
// forgotten does no harm.
RecordCutter::Next RecordCutter::next_in_list(std::uint64_t at) const {
  if (base_ == 0) return Next::Right;
  bool comma = false;
  for (std::size_t i = 0; at < end() && i <= kMarkBefore; ++at, ++i) {
    const char c = byte(at);
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') continue;
    if (c == '{' || c == ']') return Next::Right;
    if (c != ',' || comma) return Next::Wrong;
    comma = true;
  }
  return at < end() || finishing_ ? Next::Right : Next::NotYetSeen;
}

void RecordCutter::end_record(std::uint64_t end) {
  at_ = end;
  const bool tail = mode_ == Mode::Tail;
  mode_ = Mode::Between;
  if (tail) {
    end_tail(text(start_, end));
  } else {
    sink_.record({text(start_, end), start_});
  }
}

// More members of the envelope, single values that tell nothing about records; or whatever stands
// there.
void RecordCutter::end_tail(std::string_view text) {
  JsonElement element;
  const bool single = text.find_first_of("{[") == std::string_view::npos;
  if (single && read_json("{\"\":0" + std::string(text), element)) return;
  const auto mark = find_mark(text, 0, text.size(), false);
  sink_.broken({without_comma_behind(text.substr(0, mark)), start_}, 0, kMoreThanRecords);
  if (mark != std::string_view::npos) cut_again(text.substr(mark), start_ + mark, sink_);
}

RecordCutter::Step RecordCutter::junk() {
  const auto from = at_ - window_offset_;
  const auto stop = window_.find_first_of(base_ > 0 ? "{]," : "\n", from);
  const auto limit = start_ + kRecordBytesMax;
  const auto stopped = std::min<std::uint64_t>(
      stop == std::string_view::npos ? end() : window_offset_ + stop, limit);
  if (stopped == limit) return fail(limit, "it is no JSON object");
  at_ = stopped;
  if (stopped == end()) return Step::On;
  sink_.broken({without_blanks_behind(text(start_, at_)), start_}, 0, "it is no JSON object");
  mode_ = Mode::Between;
  return Step::On;
}

std::string_view RecordCutter::tidied(std::string_view text) const {
  return base_ > 0 ? without_comma_behind(text) : without_blanks_behind(text);
}

// What began at start_ is no record, as seen at `at`: goes on where the next one seems to begin.
RecordCutter::Step RecordCutter::fail(std::uint64_t at, std::string_view reason) {
  if (end() - at < kMarkBehind && !finishing_) return Step::NeedsMore;
  const auto all = text(start_, end());
  const auto failed = at - start_;
  const bool lines = base_ == 0;
  if (const auto mark = find_mark(all, 1, failed, lines); mark != std::string_view::npos) {
    suspect_until_ = std::max(suspect_until_, at);
    next_mark_ = 0;
    hand_over(start_, start_ + mark);
    restart(start_ + mark);
    return Step::On;
  }
  head_ = all.substr(0, std::min<std::uint64_t>(failed, kRawBytesMax));
  reason_ = reason;
  mode_ = Mode::Lost;
  at_ = at;
  return Step::On;
}

void RecordCutter::hand_over(std::uint64_t begin, std::uint64_t end) {
  const auto piece = tidied(text(begin, end));
  if (mode_ == Mode::Tail) return sink_.broken({piece, begin}, 0, kMoreThanRecords);
  if (!piece.empty()) sink_.record({piece, begin});
}

void RecordCutter::restart(std::uint64_t at) {
  const bool envelope = mark_at(window_, at - window_offset_, base_ == 0) == Mark::Envelope;
  if (envelope) base_ = 0;
  open_.resize(base_);
  at_ = start_ = at;
  mode_ = Mode::Between;
}

RecordCutter::Step RecordCutter::lost() {
  const auto sure = finishing_ ? end() : end() - std::min<std::uint64_t>(end() - at_, kMarkBehind);
  const auto found = find_mark(window_, at_ - window_offset_, sure - window_offset_, base_ == 0);
  if (found == std::string_view::npos) {
    lose(sure);
    return finishing_ ? Step::On : Step::NeedsMore;
  }
  end_lost(window_offset_ + found);
  restart(window_offset_ + found);
  return Step::On;
}

// Passes over the text up to `to`; of the first of it, the malformed row will have a copy.
void RecordCutter::lose(std::uint64_t to) {
  const auto room = kRawBytesMax - head_.size();
  head_ += text(at_, std::min<std::uint64_t>(to, at_ + room));
  at_ = to;
}

void RecordCutter::end_lost(std::uint64_t at) {
  lose(at);
  const auto seen = std::min<std::uint64_t>({at - start_, at - window_offset_, kMarkBefore});
  const auto last = at - seen + tidied(text(at - seen, at)).size();
  const auto kept = std::string_view(head_).substr(0, last - start_);
  sink_.broken({kept, start_}, last - start_ - kept.size(), reason_);
  head_.clear();
  mode_ = Mode::Between;
}

void RecordCutter::cut_again(std::string_view text, std::uint64_t offset, Sink& sink) {
  RecordCutter cutter(sink);
  cutter.at_ = cutter.stream_end_ = offset;
  cutter.suspect_until_ = offset + text.size();
  cutter.open_ = "[";
  cutter.base_ = 1;
  cutter.finishing_ = true;
  cutter.add(text);
  cutter.open_.clear();
  cutter.base_ = 0;
  cutter.finish("the record does not end");
}

}  // namespace sextant::intel

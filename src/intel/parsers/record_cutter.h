#pragma once
// Cuts a stream of JSON text into its records, whole ones, in bounded memory: objects one behind
// the other (JSON lines, or with nothing between), a list of them, or the list inside an envelope,
// {"Records":[…]}, however long it is. Where text is broken it goes on with the next record that
// can be told by how it begins.
#include <cstdint>
#include <string>
#include <string_view>

#include "intel/parsers/json_brackets.h"
#include "intel/parsers/line_reader.h"

namespace sextant::intel {

inline constexpr std::size_t kRecordBytesMax = 1 << 20;

class RecordCutter {
 public:
  class Sink {
   public:
    virtual ~Sink() = default;
    // One record, an object or not. Its text is valid until release().
    virtual void record(const Line& record) = 0;
    // Text that is none. `cut_bytes` more are not kept.
    virtual void broken(const Line& text, std::uint64_t cut_bytes, std::string_view reason) = 0;
    virtual void release() = 0;
  };

  explicit RecordCutter(Sink& sink) : sink_(sink) {}
  // Of text from the middle of a list, at `offset`, whose brackets close but which is no record: a
  // quote too many joins records. None of them goes on where the next one seems to begin.
  static void cut_again(std::string_view text, std::uint64_t offset, Sink& sink);
  void add(std::string_view bytes);
  // The stream has ended. True when a record or a list of them was not finished, which has then
  // been told as broken for this reason.
  bool finish(std::string_view reason);

 private:
  enum class Mode {
    Between,  // records, or in front of the first
    Inside,   // of a record, or of the envelope around the list
    Tail,     // of the envelope, behind the list
    Junk,     // no record: up to the end of the line; in a list, of the item
    Lost,     // up to the next record that can be told
  };
  enum class Step { On, NeedsMore };
  enum class Next { Right, Wrong, NotYetSeen };

  void run();
  Step between();
  Step inside();
  Step bracket(std::uint64_t at);
  Step opening(std::uint64_t at);
  Step closing(std::uint64_t at);
  bool is_list(std::uint64_t at) const;
  std::uint64_t limit();
  Step junk();
  Step lost();
  Next next_in_list(std::uint64_t at) const;
  void end_record(std::uint64_t end);
  void end_tail(std::string_view text);
  Step fail(std::uint64_t at, std::string_view reason);
  std::string_view tidied(std::string_view text) const;
  void hand_over(std::uint64_t begin, std::uint64_t end);
  void restart(std::uint64_t at);
  void lose(std::uint64_t to);
  void end_lost(std::uint64_t at);
  std::uint64_t kept_from() const;

  std::uint64_t end() const { return window_offset_ + window_.size(); }
  char byte(std::uint64_t at) const { return window_[at - window_offset_]; }
  std::string_view text(std::uint64_t begin, std::uint64_t end) const {
    return window_.substr(begin - window_offset_, end - begin);
  }

  Sink& sink_;
  Mode mode_ = Mode::Between;
  JsonBrackets brackets_;
  std::string open_;      // the brackets that are open
  std::size_t base_ = 0;  // how many of them are around each record
  // Offsets in the stream.
  std::uint64_t at_ = 0;     // of the next byte to look at
  std::uint64_t start_ = 0;  // of what at_ is inside of
  std::uint64_t stream_end_ = 0;
  std::string_view window_;  // the bytes at hand
  std::uint64_t window_offset_ = 0;
  std::string kept_;  // of a record that has begun; the window, when not empty
  // Text that failed is read again up to here, and a record ends where the next one seems to begin.
  std::uint64_t suspect_until_ = 0;
  std::uint64_t next_mark_ = 0;  // that place, for what begins before it; kNoMark
  std::string head_;             // of what is lost: its beginning
  std::string reason_;
  bool finishing_ = false;
};

}  // namespace sextant::intel

#pragma once
// How one field of a delimited log becomes one or more columns. A table of FieldSpec describes a
// kind of log; make_field_reader() makes the object that does the work for one delivery.
#include <array>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "intel/parsers/line_reader.h"
#include "sdk/column_builders.h"

namespace sextant::intel {

// In every form "-" and the empty text are null; only "ts", which places the row, must be there.
enum class Form {
  Text,          // repeats: dictionary<int32, utf8>
  Unique,        // hardly repeats: utf8
  Time,          // ISO 8601: timestamp[us, UTC]
  PlainTime,     // ISO 8601, which may lack the zone: UTC then; timestamp[us, UTC]
  ClockTime,     // [06/Feb/2019:00:00:38 +0000]: timestamp[us, UTC]
  Epoch,         // whole seconds since 1970: timestamp[us, UTC]
  EpochMillis,   // whole milliseconds since 1970: timestamp[us, UTC]
  Integer,       // int64
  Port,          // int32
  Milliseconds,  // whole ones: int64, in nanoseconds
  Seconds,       // decimal number: double
  Address,       // an IP address: dictionary<int32, utf8>
  Endpoint,      // address:port, cut at the last colon: dictionary of addresses, and int32
  Split,         // columns computed once per distinct value
  Made,          // by the field's own maker
};

enum class PartType { Text, Integer };  // dictionary<int32, utf8>, int32

struct PartSpec {
  std::string_view column;
  PartType type = PartType::Text;
};

// Fills `parts`, one for each column of the field; empty is null, and integers are decimal text.
// Pure: the same value gives the same parts. Views are used until the next call: they point into
// `value`, `facts`, static text or the thread's own memory.
// Returns nullptr, or what the value is not ("a status code"): then the line is malformed.
using Split = const char* (*)(std::string_view value, const ObjectFacts& facts,
                              std::span<std::string_view> parts);

inline constexpr std::size_t kPartsMax = 8;

class FieldMaker;

struct FieldSpec {
  std::string_view name;  // as the log's own documentation calls it
  Form form = Form::Text;
  std::array<PartSpec, kPartsMax> columns = {};  // those used come first
  Split split = nullptr;                         // of Form::Split
  const FieldMaker* maker = nullptr;             // of Form::Made; outlives its readers
};

struct NamedColumn {
  std::string name;
  ArrayPtr values;
};

// The texts of one field in a group of lines.
class FieldTexts {
 public:
  FieldTexts(const std::string_view* first, std::size_t stride, std::size_t count)
      : first_(first), stride_(stride), count_(count) {}
  std::string_view operator[](std::size_t line) const { return first_[line * stride_]; }
  std::size_t count() const { return count_; }  // at most kGroupLines

 private:
  const std::string_view* first_;
  std::size_t stride_;
  std::size_t count_;
};

struct WrongText {
  std::size_t line = 0;            // of the group
  const char* expected = nullptr;  // what the text is not ("a number"); nullptr: all is well
};

class FieldReader {
 public:
  virtual ~FieldReader() = default;
  // Sets the cells of the rows from `row` on, one a text; stops at the first wrong text. Rows are
  // set in order, and the last ones may be set again.
  virtual WrongText set(std::size_t row, const FieldTexts& texts) = 0;
  virtual std::size_t bytes(std::size_t rows) const = 0;  // of text held, about
  virtual void finish(std::size_t rows, std::vector<NamedColumn>& columns) = 0;
};

// Makes readers of a field that no other form describes.
class FieldMaker {
 public:
  virtual ~FieldMaker() = default;
  virtual std::unique_ptr<FieldReader> make(const FieldSpec& spec,
                                            const ObjectFacts& facts) const = 0;
};

// `facts` must outlive the reader.
std::unique_ptr<FieldReader> make_field_reader(const FieldSpec& spec, const ObjectFacts& facts);

}  // namespace sextant::intel

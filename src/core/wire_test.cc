#include "core/wire.h"

#include <gtest/gtest.h>

#include <limits>

namespace sextant::wire {
namespace {

using namespace std::string_literals;

// The examples of protobuf.dev/programming-guides/encoding, behind our version byte.
TEST(Wire, WritesProtobufsBytes) {
  EXPECT_EQ(Writer(1).number(1, 150).finish(), "\x01\x08\x96\x01");
  EXPECT_EQ(Writer(1).text(2, "testing").finish(), "\x01\x12\x07testing");
  EXPECT_EQ(Writer(7).number(1, 0).text(2, "").element(3, "").finish(), "\x07\x1a\x00"s);
}

TEST(Wire, TimesComeBack) {
  for (const Time time : {Time(Duration(1'783'030'980'000'001)), Time(Duration(-1))}) {
    const auto bytes = Writer(1).time(1, time).finish();
    auto reader = Reader::open(bytes, 1);
    ASSERT_TRUE(reader && reader->next());
    EXPECT_EQ(reader->time(), time);
  }
}

TEST(Wire, ReadsWhatItWrote) {
  const std::string bytes = Writer(3)
                                .number(1, std::numeric_limits<std::uint64_t>::max())
                                .text(2, std::string(300, 'x'))
                                .element(9, "")
                                .number((1 << 29) - 1, 1)
                                .finish();
  auto reader = Reader::open(bytes, 3);
  ASSERT_TRUE(reader);
  ASSERT_TRUE(reader->next());
  EXPECT_EQ(reader->field(), 1);
  EXPECT_EQ(reader->number(), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(reader->text(), "");
  ASSERT_TRUE(reader->next());
  EXPECT_EQ(reader->field(), 2);
  EXPECT_EQ(reader->text(), std::string(300, 'x'));
  EXPECT_EQ(reader->number(), 0u);
  ASSERT_TRUE(reader->next());
  EXPECT_EQ(reader->field(), 9);
  EXPECT_EQ(reader->text(), "");
  ASSERT_TRUE(reader->next());
  EXPECT_EQ(reader->field(), (1 << 29) - 1);
  EXPECT_FALSE(reader->next());
  EXPECT_TRUE(reader->finish());
}

TEST(Wire, AnotherVersionIsCorrupt) {
  EXPECT_EQ(Reader::open("", 1).error().code, Code::Corrupt);
  EXPECT_EQ(Reader::open("\x02", 1).error().code, Code::Corrupt);
  EXPECT_TRUE(Reader::open("\x01", 1)->finish());
}

TEST(Wire, MalformedFieldsAreCorrupt) {
  const std::string ten_bytes(9, '\xff');
  const std::string cases[] = {
      "\x01\x08"s,        // a number is missing
      "\x01\x08\x96"s,    // it has no last byte
      "\x01\x12\x05zz"s,  // the text is shorter than it says
      "\x01\x12"s,        // its length is missing
      "\x01\x0d"
      "abcd"s,                                  // a type that is never written
      "\x01\x00\x01"s,                          // field 0
      "\x01\x80\x80\x80\x80\x10\x01"s,          // a field number beyond 29 bits
      "\x01\x08"s + ten_bytes + "\x02",         // more than 64 bits
      "\x01\x12"s + ten_bytes + "\x01" + "ab",  // a length beyond memory
  };
  for (const auto& bytes : cases) {
    auto reader = Reader::open(bytes, 1);
    ASSERT_TRUE(reader);
    EXPECT_FALSE(reader->next()) << testing::PrintToString(bytes);
    EXPECT_FALSE(reader->next());
    const auto end = reader->finish();
    ASSERT_FALSE(end) << testing::PrintToString(bytes);
    EXPECT_EQ(end.error().code, Code::Corrupt);
  }
}

TEST(Wire, ARecordCutAnywhereIsShorterOrCorrupt) {
  const std::string bytes = Writer(1).number(1, 300).text(2, "abc").number(3, 7).finish();
  for (std::size_t size = 1; size < bytes.size(); ++size) {
    auto reader = Reader::open(std::string_view(bytes).substr(0, size), 1);
    int fields = 0;
    while (reader->next()) ++fields;
    EXPECT_LT(fields, 3) << size;
  }
}

}  // namespace
}  // namespace sextant::wire

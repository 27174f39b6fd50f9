#include "model/codec.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <typeinfo>

#include "model/fields.h"
#include "model/model_test_app.h"

namespace sextant::model {
namespace {

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text.push_back(kDigits[byte >> 4]);
    text.push_back(kDigits[byte & 15]);
  }
  return text;
}

TEST(AppCodec, KeepsEveryField) {
  const auto app = full_app();
  const auto read = decode_app(encode(app));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, app);
  const auto& position = read->roles.begin()->second.position;  // equality ignores positions
  EXPECT_EQ(position.file, "template.yaml");
  EXPECT_EQ(position.line, 12);
  EXPECT_EQ(position.column, 5);
}

TEST(AppCodec, KeepsAnEmptyApp) {
  const auto read = decode_app(encode(App{}));
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, App{});
}

TEST(AppCodec, TellsUnreservedFromNoConcurrency) {
  auto app = full_app();
  app.functions["collector"].reserved_concurrency = std::nullopt;
  const auto read = decode_app(encode(app));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->functions.at("collector").reserved_concurrency, std::nullopt);
}

TEST(AppCodec, EveryCutIsCorruptOrALegalPrefix) {
  const auto bytes = encode(full_app());
  EXPECT_FALSE(decode_app(""));
  int refused = 0;
  for (std::size_t size = 1; size < bytes.size(); ++size) {
    const auto read = decode_app(std::string_view(bytes).substr(0, size));
    if (read) continue;
    EXPECT_EQ(read.error().code, Code::Corrupt);
    ++refused;
  }
  EXPECT_GT(refused, static_cast<int>(bytes.size()) - 20);
}

TEST(AppCodec, RefusesAnotherVersion) {
  auto bytes = encode(full_app());
  bytes[0] = 9;
  const auto read = decode_app(bytes);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Code::Corrupt);
}

// Version 1 as it was first written. A difference means that apps already deployed can no longer be
// read: add a field with a new number instead.
TEST(AppCodec, Version1IsAsItEverWas) {
  App app;
  app.name = "a";
  Function function;
  function.name = FunctionName("f");
  function.arn = "arn:f";
  function.handler = "parsers.alb";
  function.role_arn = "arn:r";
  function.environment = {{"K", "v"}};
  function.reserved_concurrency = 4;
  function.retry.on_failure_arn = "arn:b";
  app.functions["f"] = function;
  app.outputs = {{"O", "x"}};
  EXPECT_EQ(
      to_hex(encode(app)),
      "010a01612248010a0166120561726e3a661801220b706172736572732e616c622a0561726e3a723207010a014b12"
      "017638044081014805520e01080310e1a8011a0561726e3a626a0501100118014a07010a014f120178");
}

// Visits a record and the records in it, and remembers which numbers each kind has.
class NumberVisit {
 public:
  template <typename Record>
  void visit(const Record& record) {
    NumberVisit inner{kinds_};
    fields(inner, record);
    kinds_[typeid(Record).name()] = inner.numbers_;
  }
  template <typename Member>
  void operator()(int number, std::string_view, const Member& member) {
    numbers_.push_back(number);
    look_into(member);
  }

  using Kinds = std::map<std::string, std::vector<int>>;
  explicit NumberVisit(Kinds& kinds) : kinds_(kinds) {}

 private:
  template <typename T>
  static constexpr bool kIsRecord =
      requires(NumberVisit& visit, const T& record) { fields(visit, record); };

  template <typename T>
    requires kIsRecord<T>
  void look_into(const T& record) {
    visit(record);
  }
  template <typename T>
    requires kIsRecord<T>
  void look_into(const std::vector<T>&) {
    visit(T{});
  }
  template <typename T>
    requires kIsRecord<T>
  void look_into(const std::map<std::string, T>&) {
    visit(T{});
  }
  template <typename T>
  void look_into(const T&) {}

  Kinds& kinds_;
  std::vector<int> numbers_;
};

TEST(AppCodec, NoFieldNumberIsUsedTwice) {
  NumberVisit::Kinds kinds;
  NumberVisit(kinds).visit(App{});
  EXPECT_EQ(kinds.size(), 13u);  // every record of fields.h
  for (const auto& [kind, numbers] : kinds) {
    EXPECT_GT(*std::ranges::min_element(numbers), 0) << kind;
    EXPECT_EQ(std::set<int>(numbers.begin(), numbers.end()).size(), numbers.size()) << kind;
  }
}

}  // namespace
}  // namespace sextant::model

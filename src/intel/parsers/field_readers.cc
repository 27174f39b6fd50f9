#include "intel/parsers/field_readers.h"

#include <arrow/type.h>

#include "intel/parsers/numbers.h"
#include "sdk/ip_address.h"

namespace sextant::intel {
namespace {

constexpr auto kNullInt32 = sdk::NumberColumn<std::int32_t>::kNull;
constexpr auto kNullInt64 = sdk::NumberColumn<std::int64_t>::kNull;
constexpr auto kNullDouble = sdk::NumberColumn<double>::kNull;

bool is_null(std::string_view text) { return text.empty() || text == "-"; }
std::string_view without_null(std::string_view text) { return text == "-" ? "" : text; }

class TextField final : public FieldReader {
 public:
  explicit TextField(const FieldSpec& spec) : column_(spec.columns[0].column) {}
  const char* set(std::size_t row, std::string_view text) override {
    values_.set(row, without_null(text));
    return nullptr;
  }
  std::size_t bytes(std::size_t) const override { return values_.bytes(); }
  void finish(std::size_t rows, std::vector<NamedColumn>& columns) override {
    columns.push_back({column_, values_.finish(rows)});
  }

 private:
  std::string column_;
  sdk::DictionaryColumn values_;
};

class UniqueField final : public FieldReader {
 public:
  explicit UniqueField(const FieldSpec& spec) : column_(spec.columns[0].column) {}
  const char* set(std::size_t row, std::string_view text) override {
    values_.set(row, without_null(text));
    return nullptr;
  }
  std::size_t bytes(std::size_t rows) const override { return values_.bytes(rows); }
  void finish(std::size_t rows, std::vector<NamedColumn>& columns) override {
    columns.push_back({column_, values_.finish_text(rows)});
  }

 private:
  std::string column_;
  sdk::StringColumn values_;
};

class TimeField final : public FieldReader {
 public:
  explicit TimeField(const FieldSpec& spec) : column_(spec.columns[0].column) {}
  const char* set(std::size_t row, std::string_view text) override {
    if (is_null(text) && column_ != "ts") {
      values_.set(row, kNullInt64);
      return nullptr;
    }
    const auto time = reader_.read(text);
    if (!time) return "a time";
    values_.set(row, *time);
    return nullptr;
  }
  std::size_t bytes(std::size_t) const override { return 0; }
  void finish(std::size_t rows, std::vector<NamedColumn>& columns) override {
    columns.push_back(
        {column_, values_.finish(rows, arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"))});
  }

 private:
  std::string column_;
  TimeReader reader_;
  sdk::NumberColumn<std::int64_t> values_;
};

class IntegerField final : public FieldReader {
 public:
  explicit IntegerField(const FieldSpec& spec) : column_(spec.columns[0].column) {}
  const char* set(std::size_t row, std::string_view text) override {
    const auto number = is_null(text) ? kNullInt64 : read_integer(text);
    if (!number) return "a whole number";
    values_.set(row, *number);
    return nullptr;
  }
  std::size_t bytes(std::size_t) const override { return 0; }
  void finish(std::size_t rows, std::vector<NamedColumn>& columns) override {
    columns.push_back({column_, values_.finish(rows, arrow::int64())});
  }

 private:
  std::string column_;
  sdk::NumberColumn<std::int64_t> values_;
};

class SecondsField final : public FieldReader {
 public:
  explicit SecondsField(const FieldSpec& spec) : column_(spec.columns[0].column) {}
  const char* set(std::size_t row, std::string_view text) override {
    const auto number = is_null(text) ? kNullDouble : read_decimal(text);
    if (!number) return "a number of seconds";
    values_.set(row, *number);
    return nullptr;
  }
  std::size_t bytes(std::size_t) const override { return 0; }
  void finish(std::size_t rows, std::vector<NamedColumn>& columns) override {
    columns.push_back({column_, values_.finish(rows, arrow::float64())});
  }

 private:
  std::string column_;
  sdk::NumberColumn<double> values_;
};

class EndpointField final : public FieldReader {
 public:
  explicit EndpointField(const FieldSpec& spec)
      : address_column_(spec.columns[0].column), port_column_(spec.columns[1].column) {}
  const char* set(std::size_t row, std::string_view text) override {
    if (is_null(text)) {
      addresses_.set(row, kNullInt32);
      ports_.set(row, kNullInt32);
      return nullptr;
    }
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return kExpected;
    const auto port = read_integer(text.substr(colon + 1));
    if (!port || *port < 0 || *port > 65535) return kExpected;
    const auto address = text.substr(0, colon);
    const auto hash = sdk::Dictionary::hash(address);
    auto index = distinct_.find(address, hash);
    if (index == sdk::Dictionary::kNone) {
      if (!sdk::IpAddress::parse(address)) return kExpected;
      index = distinct_.add(address, hash);
    }
    addresses_.set(row, index);
    ports_.set(row, static_cast<std::int32_t>(*port));
    return nullptr;
  }
  std::size_t bytes(std::size_t) const override { return distinct_.bytes(); }
  void finish(std::size_t rows, std::vector<NamedColumn>& columns) override {
    columns.push_back(
        {address_column_, sdk::make_dictionary_array(addresses_, rows, distinct_.finish())});
    columns.push_back({port_column_, ports_.finish(rows, arrow::int32())});
  }

 private:
  static constexpr const char* kExpected = "an address and port";
  std::string address_column_;
  std::string port_column_;
  sdk::Dictionary distinct_;
  sdk::NumberColumn<std::int32_t> addresses_;
  sdk::NumberColumn<std::int32_t> ports_;
};

// One column of a Split field: what each distinct value of the field gives.
struct Part {
  std::string column;
  PartType type = PartType::Text;
  sdk::Dictionary texts;
  std::vector<std::int32_t> by_value;  // index into texts, or the integer
};

class SplitField final : public FieldReader {
 public:
  SplitField(const FieldSpec& spec, const ObjectFacts& facts) : facts_(facts), split_(spec.split) {
    for (const auto& column : spec.columns) {
      if (column.column.empty()) break;
      parts_.push_back({std::string(column.column), column.type, {}, {}});
    }
  }
  const char* set(std::size_t row, std::string_view text) override {
    if (last_ < 0 || values_.at(last_) != text) {
      const auto hash = sdk::Dictionary::hash(text);
      auto index = values_.find(text, hash);
      if (index == sdk::Dictionary::kNone) {
        if (const char* expected = split(text)) return expected;
        index = values_.add(text, hash);
      }
      last_ = index;
    }
    indices_.set(row, last_);
    return nullptr;
  }
  std::size_t bytes(std::size_t) const override { return 2 * values_.bytes(); }
  void finish(std::size_t rows, std::vector<NamedColumn>& columns) override {
    for (auto& part : parts_) {
      sdk::NumberColumn<std::int32_t> cells;
      if (rows > 0) cells.set(rows - 1, kNullInt32);  // room for all at once
      for (std::size_t row = 0; row < rows; ++row) {
        cells.set(row, part.by_value[static_cast<std::size_t>(indices_.at(row))]);
      }
      columns.push_back(
          {part.column, part.type == PartType::Integer
                            ? cells.finish(rows, arrow::int32())
                            : sdk::make_dictionary_array(cells, rows, part.texts.finish())});
      part.by_value.clear();
    }
    indices_.finish(rows, arrow::int32());
    values_.finish();
    last_ = -1;
  }

 private:
  const char* split(std::string_view text) {
    std::array<std::string_view, kPartsMax> texts = {};
    if (const char* expected = split_(text, facts_, texts)) return expected;
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      auto& part = parts_[i];
      std::int32_t value = kNullInt32;
      if (!texts[i].empty()) {
        value = part.type == PartType::Text
                    ? part.texts.add(texts[i])
                    : static_cast<std::int32_t>(read_integer(texts[i]).value_or(kNullInt32));
      }
      part.by_value.push_back(value);
    }
    return nullptr;
  }

  const ObjectFacts& facts_;
  Split split_;
  sdk::Dictionary values_;
  sdk::NumberColumn<std::int32_t> indices_;
  std::int32_t last_ = -1;
  std::vector<Part> parts_;
};

}  // namespace

std::unique_ptr<FieldReader> make_field_reader(const FieldSpec& spec, const ObjectFacts& facts) {
  switch (spec.form) {
    case Form::Text: return std::make_unique<TextField>(spec);
    case Form::Unique: return std::make_unique<UniqueField>(spec);
    case Form::Time: return std::make_unique<TimeField>(spec);
    case Form::Integer: return std::make_unique<IntegerField>(spec);
    case Form::Seconds: return std::make_unique<SecondsField>(spec);
    case Form::Endpoint: return std::make_unique<EndpointField>(spec);
    case Form::Split: return std::make_unique<SplitField>(spec, facts);
  }
  std::unreachable();
}

}  // namespace sextant::intel

#include "intel/parsers/field_readers.h"

#include <arrow/type.h>

#include "intel/parsers/numbers.h"
#include "intel/parsers/scalar_fields.h"
#include "sdk/ip_address.h"

namespace sextant::intel {
namespace {

constexpr auto kNullInt32 = sdk::NumberColumn<std::int32_t>::kNull;

bool is_null(std::string_view text) { return text.empty() || text == "-"; }
std::string_view without_null(std::string_view text) { return text == "-" ? "" : text; }

// The hashes of a group's texts. When the dictionary is large, its memory is on the way when this
// returns.
class Hashes {
 public:
  void make(const Dictionary& dictionary, const FieldTexts& texts) {
    for (std::size_t i = 0; i < texts.count(); ++i) {
      each_[i] = Dictionary::hash(texts[i]);
      dictionary.prefetch(each_[i]);
    }
  }
  std::uint64_t operator[](std::size_t line) const { return each_[line]; }

 private:
  std::array<std::uint64_t, kGroupLines> each_;
};

class TextField final : public FieldReader {
 public:
  explicit TextField(const FieldSpec& spec) : column_(spec.columns[0].column) {}
  WrongText set(std::size_t row, const FieldTexts& texts) override {
    auto& dictionary = values_.dictionary();
    if (!dictionary.large()) {
      for (std::size_t i = 0; i < texts.count(); ++i) values_.set(row + i, without_null(texts[i]));
      return {};
    }
    Hashes hashes;
    hashes.make(dictionary, texts);
    for (std::size_t i = 0; i < texts.count(); ++i) {
      const auto text = texts[i];
      values_.set_number(row + i, is_null(text) ? kNullInt32 : dictionary.add(text, hashes[i]));
    }
    return {};
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
  WrongText set(std::size_t row, const FieldTexts& texts) override {
    for (std::size_t i = 0; i < texts.count(); ++i) values_.set(row + i, without_null(texts[i]));
    return {};
  }
  std::size_t bytes(std::size_t rows) const override { return values_.bytes(rows); }
  void finish(std::size_t rows, std::vector<NamedColumn>& columns) override {
    columns.push_back({column_, values_.finish_text(rows)});
  }

 private:
  std::string column_;
  sdk::StringColumn values_;
};

// Addresses are checked once per distinct text.
class AddressColumn {
 public:
  WrongText set(std::size_t row, const FieldTexts& texts, const char* expected) {
    Hashes hashes;
    hashes.make(distinct_, texts);
    for (std::size_t i = 0; i < texts.count(); ++i) {
      const auto address = texts[i];
      auto number = kNullInt32;
      if (!is_null(address)) {
        number = distinct_.find(address, hashes[i]);
        if (number == Dictionary::kNone) {
          if (!sdk::IpAddress::parse(address)) return {i, expected};
          number = distinct_.add(address, hashes[i]);
        }
      }
      numbers_.set(row + i, number);
    }
    return {};
  }
  std::size_t bytes() const { return distinct_.bytes(); }
  ArrayPtr finish(std::size_t rows) {
    return sdk::make_dictionary_array(numbers_, rows, distinct_.finish());
  }

 private:
  Dictionary distinct_;
  sdk::NumberColumn<std::int32_t> numbers_;
};

class AddressField final : public FieldReader {
 public:
  explicit AddressField(const FieldSpec& spec) : column_(spec.columns[0].column) {}
  WrongText set(std::size_t row, const FieldTexts& texts) override {
    return addresses_.set(row, texts, "an address");
  }
  std::size_t bytes(std::size_t) const override { return addresses_.bytes(); }
  void finish(std::size_t rows, std::vector<NamedColumn>& columns) override {
    columns.push_back({column_, addresses_.finish(rows)});
  }

 private:
  std::string column_;
  AddressColumn addresses_;
};

class EndpointField final : public FieldReader {
 public:
  explicit EndpointField(const FieldSpec& spec)
      : address_column_(spec.columns[0].column), port_column_(spec.columns[1].column) {}

  WrongText set(std::size_t row, const FieldTexts& texts) override {
    std::array<std::string_view, kGroupLines> addresses;
    for (std::size_t i = 0; i < texts.count(); ++i) {
      const auto text = texts[i];
      ports_.set(row + i, kNullInt32);
      if (is_null(text)) continue;
      const auto colon = text.rfind(':');
      if (colon == std::string_view::npos) return {i, kExpected};
      const auto port = read_integer(text.substr(colon + 1));
      if (!port || *port < 0 || *port > 65535) return {i, kExpected};
      ports_.set(row + i, static_cast<std::int32_t>(*port));
      addresses[i] = text.substr(0, colon);
    }
    return addresses_.set(row, {addresses.data(), 1, texts.count()}, kExpected);
  }
  std::size_t bytes(std::size_t) const override { return addresses_.bytes(); }
  void finish(std::size_t rows, std::vector<NamedColumn>& columns) override {
    columns.push_back({address_column_, addresses_.finish(rows)});
    columns.push_back({port_column_, ports_.finish(rows, arrow::int32())});
  }

 private:
  static constexpr const char* kExpected = "an address and port";
  std::string address_column_;
  std::string port_column_;
  AddressColumn addresses_;
  sdk::NumberColumn<std::int32_t> ports_;
};

// One column of a Split field: what each distinct value of the field gives.
struct Part {
  std::string column;
  PartType type = PartType::Text;
  Dictionary texts;
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
  WrongText set(std::size_t row, const FieldTexts& texts) override {
    const bool large = values_.large();
    Hashes hashes;
    if (large) hashes.make(values_, texts);
    for (std::size_t i = 0; i < texts.count(); ++i) {
      const auto text = texts[i];
      if (large || last_ < 0 || values_.at(last_) != text) {
        const auto hash = large ? hashes[i] : Dictionary::hash(text);
        auto number = values_.find(text, hash);
        if (number == Dictionary::kNone) {
          if (const char* expected = split(text)) return {i, expected};
          number = values_.add(text, hash);
        }
        last_ = number;
      }
      indices_.set(row + i, last_);
    }
    return {};
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
  Dictionary values_;
  sdk::NumberColumn<std::int32_t> indices_;
  std::int32_t last_ = -1;
  std::vector<Part> parts_;
};

}  // namespace

std::unique_ptr<FieldReader> make_field_reader(const FieldSpec& spec, const ObjectFacts& facts) {
  switch (spec.form) {
    case Form::Text: return std::make_unique<TextField>(spec);
    case Form::Unique: return std::make_unique<UniqueField>(spec);
    case Form::Address: return std::make_unique<AddressField>(spec);
    case Form::Endpoint: return std::make_unique<EndpointField>(spec);
    case Form::Split: return std::make_unique<SplitField>(spec, facts);
    case Form::Made: return spec.maker->make(spec, facts);
    default: return make_scalar_field(spec);
  }
}

}  // namespace sextant::intel

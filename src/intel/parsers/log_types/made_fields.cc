#include "intel/parsers/log_types/made_fields.h"

#include <arrow/array/builder_primitive.h>
#include <arrow/type.h>

#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

#include "core/strings.h"
#include "intel/parsers/scalar_fields.h"

namespace sextant::intel {
namespace {

constexpr auto kNullInt32 = sdk::NumberColumn<std::int32_t>::kNull;

bool is_null(std::string_view text) { return text.empty() || text == "-"; }

// A maker that is one function.
template <typename Make>
class FunctionMaker final : public FieldMaker {
 public:
  explicit FunctionMaker(Make make) : make_(std::move(make)) {}
  std::unique_ptr<FieldReader> make(const FieldSpec& spec,
                                    const ObjectFacts& facts) const override {
    return make_(spec, facts);
  }

 private:
  Make make_;
};

template <typename Make>
std::unique_ptr<FieldMaker> maker(Make make) {
  return std::make_unique<FunctionMaker<Make>>(std::move(make));
}

class ChangedTextField final : public FieldReader {
 public:
  ChangedTextField(std::string column, const TextChange& change)
      : column_(std::move(column)), change_(change) {}
  WrongText set(std::size_t row, const FieldTexts& texts) override {
    for (std::size_t i = 0; i < texts.count(); ++i) numbers_.set(row + i, number_of(texts[i]));
    return {};
  }
  std::size_t bytes(std::size_t) const override { return raw_.bytes() + changed_.bytes(); }
  void finish(std::size_t rows, std::vector<NamedColumn>& columns) override {
    columns.push_back({column_, sdk::make_dictionary_array(numbers_, rows, changed_.finish())});
    raw_.finish();
    by_raw_.clear();
    last_ = Dictionary::kNone;
  }

 private:
  std::int32_t number_of(std::string_view text) {
    if (is_null(text)) return kNullInt32;
    if (last_ != Dictionary::kNone && raw_.at(last_) == text)
      return by_raw_[static_cast<std::size_t>(last_)];
    const auto hash = Dictionary::hash(text);
    last_ = raw_.find(text, hash);
    if (last_ == Dictionary::kNone) {
      last_ = raw_.add(text, hash);
      by_raw_.push_back(changed(text));
    }
    return by_raw_[static_cast<std::size_t>(last_)];
  }

  std::int32_t changed(std::string_view text) {
    const auto lower = change_.lowercase ? to_lower(text) : std::string();
    if (change_.lowercase) text = lower;
    const auto found = change_.values.find(text);
    if (found != change_.values.end()) {
      text = found->second;
    } else if (change_.otherwise) {
      text = *change_.otherwise;
    }
    return text.empty() ? kNullInt32 : changed_.add(text);
  }

  const std::string column_;
  const TextChange& change_;
  Dictionary raw_;
  Dictionary changed_;
  std::vector<std::int32_t> by_raw_;  // what each raw text became
  sdk::NumberColumn<std::int32_t> numbers_;
  std::int32_t last_ = Dictionary::kNone;
};

class BooleanField final : public FieldReader {
 public:
  explicit BooleanField(std::string column) : column_(std::move(column)) {}
  WrongText set(std::size_t row, const FieldTexts& texts) override {
    for (std::size_t i = 0; i < texts.count(); ++i) {
      const auto value = value_of(texts[i]);
      if (!value) return {i, "true or false"};
      values_.set(row + i, *value);
    }
    return {};
  }
  std::size_t bytes(std::size_t) const override { return 0; }
  void finish(std::size_t rows, std::vector<NamedColumn>& columns) override {
    arrow::BooleanBuilder builder;
    SX_CHECK(builder.Reserve(static_cast<std::int64_t>(rows)).ok());
    for (std::size_t row = 0; row < rows; ++row) {
      if (values_.at(row) == kNullInt32) {
        builder.UnsafeAppendNull();
      } else {
        builder.UnsafeAppend(values_.at(row) != 0);
      }
    }
    auto made = builder.Finish();
    SX_CHECK(made.ok());
    columns.push_back({column_, std::move(*made)});
  }

 private:
  static std::optional<std::int32_t> value_of(std::string_view text) {
    if (is_null(text)) return kNullInt32;
    for (const std::string_view yes : {"true", "1", "yes"}) {
      if (iequals(text, yes)) return 1;
    }
    for (const std::string_view no : {"false", "0", "no"}) {
      if (iequals(text, no)) return 0;
    }
    return std::nullopt;
  }

  const std::string column_;
  sdk::NumberColumn<std::int32_t> values_;
};

class RequiredField final : public FieldReader {
 public:
  explicit RequiredField(std::unique_ptr<FieldReader> inner) : inner_(std::move(inner)) {}
  WrongText set(std::size_t row, const FieldTexts& texts) override {
    for (std::size_t i = 0; i < texts.count(); ++i) {
      if (is_null(texts[i])) return {i, "there, and it is required"};
    }
    return inner_->set(row, texts);
  }
  std::size_t bytes(std::size_t rows) const override { return inner_->bytes(rows); }
  void finish(std::size_t rows, std::vector<NamedColumn>& columns) override {
    inner_->finish(rows, columns);
  }

 private:
  std::unique_ptr<FieldReader> inner_;
};

std::optional<double> read_double(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
    return std::nullopt;
  return value;
}

// Times of one second follow each other: the last text is read once.
class DateReader {
 public:
  DateReader(const std::vector<TimeFormat>& formats, Time received)
      : formats_(formats), received_(received) {}
  std::optional<std::int64_t> operator()(std::string_view text) {
    if (text == last_text_) return last_;
    for (const auto& format : formats_) {
      last_ = format.read(text, received_);
      if (last_) break;
    }
    last_text_ = text;
    return last_;
  }

 private:
  const std::vector<TimeFormat>& formats_;
  Time received_;
  std::string last_text_;
  std::optional<std::int64_t> last_;
};

}  // namespace

std::unique_ptr<FieldMaker> make_changed_text(TextChange change) {
  return maker([change = std::move(change)](const FieldSpec& spec,
                                            const ObjectFacts&) -> std::unique_ptr<FieldReader> {
    return std::make_unique<ChangedTextField>(std::string(spec.columns[0].column), change);
  });
}

std::unique_ptr<FieldMaker> make_date(std::vector<TimeFormat> formats, Need need) {
  return maker(
      [formats = std::move(formats), need](
          const FieldSpec& spec, const ObjectFacts& facts) -> std::unique_ptr<FieldReader> {
        using Field = ScalarField<std::int64_t, DateReader>;
        return std::make_unique<Field>(Field::Facts{std::string(spec.columns[0].column),
                                                    arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"),
                                                    "a time of its format", need == Need::Required},
                                       DateReader(formats, facts.received));
      });
}

std::unique_ptr<FieldMaker> make_double() {
  return maker([](const FieldSpec& spec, const ObjectFacts&) {
    return make_scalar<double>(spec, arrow::float64(), "a number", read_double);
  });
}

std::unique_ptr<FieldMaker> make_boolean() {
  return maker([](const FieldSpec& spec, const ObjectFacts&) -> std::unique_ptr<FieldReader> {
    return std::make_unique<BooleanField>(std::string(spec.columns[0].column));
  });
}

std::unique_ptr<FieldMaker> make_duration(std::int64_t nanos_of_unit) {
  return maker([nanos_of_unit](const FieldSpec& spec, const ObjectFacts&) {
    const auto read = [nanos_of_unit](std::string_view text) -> std::optional<std::int64_t> {
      const auto units = read_double(text);
      if (!units || *units < 0) return std::nullopt;
      const auto nanos = *units * static_cast<double>(nanos_of_unit);
      if (nanos >= 9.2e18) return std::nullopt;
      return std::llround(nanos);
    };
    return make_scalar<std::int64_t>(spec, arrow::int64(), "a length of time", read);
  });
}

std::unique_ptr<FieldMaker> make_required(const FieldSpec& inner) {
  return maker([inner](const FieldSpec&, const ObjectFacts& facts) -> std::unique_ptr<FieldReader> {
    return std::make_unique<RequiredField>(make_field_reader(inner, facts));
  });
}

}  // namespace sextant::intel

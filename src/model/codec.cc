#include "model/codec.h"

#include "core/wire.h"
#include "model/fields.h"

namespace sextant::model {
namespace {

constexpr std::uint8_t kVersion = 1;

const std::string& key_of(const Role& role) { return role.arn; }
const std::string& key_of(const ManagedPolicy& policy) { return policy.arn; }
const std::string& key_of(const Function& function) { return function.name.text(); }
const std::string& key_of(const Bucket& bucket) { return bucket.name.text(); }
const std::string& key_of(const Database& database) { return database.name; }
const std::string& key_of(const Table& table) { return table.name.text(); }

std::uint64_t stored(Runtime runtime) { return static_cast<std::uint64_t>(runtime) + 1; }

// Writes one record; the overloads say how each kind of field is stored.
class FieldWriter {
 public:
  std::string finish() { return writer_.finish(); }

  void operator()(int field, std::string_view, const std::string& value) {
    writer_.text(field, value);
  }
  void operator()(int field, std::string_view, bool value) { writer_.number(field, value ? 1 : 0); }
  // One more than the value: the format leaves zero out, and then a default would take its place.
  void operator()(int field, std::string_view, int value) {
    SX_CHECK(value >= 0);
    writer_.number(field, static_cast<std::uint64_t>(value) + 1);
  }
  void operator()(int field, std::string_view, Runtime value) {
    writer_.number(field, stored(value));
  }
  template <typename Tag>
  void operator()(int field, std::string_view, const Id<Tag>& value) {
    writer_.text(field, value.text());
  }
  void operator()(int field, std::string_view, const std::optional<std::string>& value) {
    if (value) writer_.element(field, *value);
  }
  void operator()(int field, std::string_view name, const std::optional<int>& value) {
    if (value) (*this)(field, name, *value);
  }
  void operator()(int field, std::string_view, const std::vector<std::string>& values) {
    for (const auto& value : values) writer_.element(field, value);
  }
  void operator()(int field, std::string_view, const std::map<std::string, std::string>& values) {
    for (const auto& [name, value] : values) {
      writer_.element(field, wire::Writer(kVersion).text(1, name).text(2, value).finish());
    }
  }
  template <typename T>
  void operator()(int field, std::string_view, const std::vector<T>& records) {
    for (const auto& record : records) nested(field, record);
  }
  template <typename T>
  void operator()(int field, std::string_view, const std::map<std::string, T>& records) {
    for (const auto& [key, record] : records) nested(field, record);
  }
  template <typename T>
    requires std::is_class_v<T>
  void operator()(int field, std::string_view, const T& record) {
    nested(field, record);
  }

 private:
  template <typename T>
  void nested(int field, const T& record) {
    FieldWriter inner;
    fields(inner, record);
    writer_.element(field, inner.finish());
  }
  wire::Writer writer_{kVersion};
};

template <typename T>
Result<T> read_record(std::string_view bytes);

// Takes the reader's current field into the member that has its number.
class FieldReader {
 public:
  explicit FieldReader(const wire::Reader& reader) : reader_(reader) {}
  Result<> result() && { return std::move(result_); }

  template <typename T>
  void operator()(int field, std::string_view, T& member) {
    if (field == reader_.field()) take(member);
  }

 private:
  void take(std::string& member) { member = reader_.text(); }
  void take(bool& member) { member = reader_.number() != 0; }
  void take(int& member) {
    constexpr std::uint64_t kMax = 1'000'000'000;
    const auto number = reader_.number();
    if (number == 0 || number > kMax)
      return keep({Code::Corrupt, "stored app holds a number out of range"});
    member = static_cast<int>(number - 1);
  }
  void take(Runtime& member) {
    if (reader_.number() != stored(Runtime::Native)) {
      result_ = fail(Code::Corrupt, "stored app names a runtime that this program does not know");
    }
    member = Runtime::Native;
  }
  template <typename Tag>
  void take(Id<Tag>& member) {
    member = Id<Tag>(std::string(reader_.text()));
  }
  void take(std::optional<std::string>& member) { member = std::string(reader_.text()); }
  void take(std::optional<int>& member) { take(member.emplace()); }
  void take(std::vector<std::string>& member) { member.emplace_back(reader_.text()); }
  void take(std::map<std::string, std::string>& member) {
    auto pair = wire::Reader::open(reader_.text(), kVersion);
    if (!pair) return keep(std::move(pair.error()));
    std::string name;
    std::string value;
    while (pair->next()) (pair->field() == 1 ? name : value) = pair->text();
    if (auto end = pair->finish(); !end) return keep(std::move(end.error()));
    member[name] = value;
  }
  template <typename T>
  void take(std::vector<T>& member) {
    if (auto record = nested<T>()) member.push_back(std::move(*record));
  }
  template <typename T>
  void take(std::map<std::string, T>& member) {
    if (auto record = nested<T>()) {
      std::string key = key_of(*record);
      member.insert_or_assign(std::move(key), std::move(*record));
    }
  }
  template <typename T>
    requires std::is_class_v<T>
  void take(T& member) {
    if (auto record = nested<T>()) member = std::move(*record);
  }

  template <typename T>
  std::optional<T> nested() {
    auto record = read_record<T>(reader_.text());
    if (record) return std::move(*record);
    keep(std::move(record.error()));
    return std::nullopt;
  }
  void keep(Error error) {
    if (result_) result_ = std::unexpected(std::move(error));
  }

  const wire::Reader& reader_;
  Result<> result_;
};

template <typename T>
Result<T> read_record(std::string_view bytes) {
  SX_TRY_AS(auto reader, wire::Reader::open(bytes, kVersion));
  T record;
  while (reader.next()) {
    FieldReader visit(reader);
    fields(visit, record);
    SX_TRY(std::move(visit).result());
  }
  SX_TRY(reader.finish());
  return record;
}

}  // namespace

std::string encode(const App& app) {
  FieldWriter writer;
  fields(writer, app);
  return writer.finish();
}

Result<App> decode_app(std::string_view bytes) { return read_record<App>(bytes); }

}  // namespace sextant::model

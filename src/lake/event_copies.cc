#include "lake/event_copies.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <utility>

namespace sextant::lake {
namespace {

struct NamedRows {
  std::shared_ptr<arrow::StringArray> names;
  std::shared_ptr<arrow::StringArray> places;
  std::shared_ptr<arrow::Int64Array> offsets;
};

template <typename Array>
std::shared_ptr<Array> column_of(const arrow::RecordBatch& batch, const std::string& name) {
  return std::dynamic_pointer_cast<Array>(batch.GetColumnByName(name));
}

Result<NamedRows> named_rows(const arrow::RecordBatch& batch) {
  NamedRows rows{.names = column_of<arrow::StringArray>(batch, "__event_name"),
                 .places = column_of<arrow::StringArray>(batch, "__event_place"),
                 .offsets = column_of<arrow::Int64Array>(batch, "__event_offset")};
  if (rows.names && rows.places && rows.offsets) return rows;
  return fail(Code::Invalid, "rows came without what names their events");
}

// Nulls last.
std::int64_t offset_at(const NamedRows& rows, std::int64_t row) {
  return rows.offsets->IsNull(row) ? std::numeric_limits<std::int64_t>::max()
                                   : rows.offsets->Value(row);
}

}  // namespace

// Lengths, so that "ab" and "c" are not "a" and "bc". Null when one of them is.
std::string EventCopies::columns(const EventColumns& events) {
  std::string name;
  for (const auto& column : events.names) {
    const auto text = "CAST(" + column + " AS VARCHAR)";
    name += (name.empty() ? "strlen(" : " || strlen(") + text + ") || ':' || " + text;
  }
  return name + " AS __event_name, " + events.place + " AS __event_place, " + events.offset +
         " AS __event_offset";
}

bool EventCopies::is_before(const First& left, const First& right) const {
  if (left.place == right.place) return left.offset < right.offset;
  if (left.place == kNowhere || right.place == kNowhere) return right.place == kNowhere;
  return places_.at(left.place) < places_.at(right.place);
}

std::uint64_t EventCopies::memory_bytes() const {
  return names_.memory_bytes() + places_.memory_bytes() + firsts_.capacity() * sizeof(First);
}

// A name comes with a first, and what grows is there twice meanwhile.
bool EventCopies::has_room(const Dictionary& texts, std::size_t length) const {
  const auto grows = texts.memory_bytes_to_add(length) - texts.memory_bytes();
  const bool firsts_grow = firsts_.size() == firsts_.capacity();
  const auto firsts =
      firsts_grow ? 2 * std::max<std::size_t>(1, firsts_.size()) * sizeof(First) : 0;
  return memory_bytes() + grows + firsts <= memory_bytes_max_;
}

std::int32_t EventCopies::number_of(Dictionary& texts, std::string_view text) {
  const auto hash = Dictionary::hash(text);
  const auto found = texts.find(text, hash);
  if (found != Dictionary::kNone || is_full_) return found;
  is_full_ = !has_room(texts, text.size());
  return is_full_ ? Dictionary::kNone : texts.add(text, hash);
}

Result<> EventCopies::learn(const BatchPtr& batch) {
  SX_TRY_AS(const auto rows, named_rows(*batch));
  for (std::int64_t row = 0; row < batch->num_rows(); ++row) {
    if (rows.names->IsNull(row)) continue;
    First here{.offset = offset_at(rows, row)};
    if (!rows.places->IsNull(row)) here.place = number_of(places_, rows.places->GetView(row));
    if (here.place == Dictionary::kNone) continue;
    const auto name = number_of(names_, rows.names->GetView(row));
    if (name == Dictionary::kNone) continue;
    ++compared_;
    const auto at = static_cast<std::size_t>(name);
    if (at == firsts_.size()) firsts_.push_back(here);
    if (is_before(here, firsts_[at])) firsts_[at] = here;
  }
  return {};
}

Result<std::vector<std::int32_t>> EventCopies::choose(const BatchPtr& batch) {
  SX_TRY_AS(const auto rows, named_rows(*batch));
  const auto stays = [&](std::int64_t row) {
    if (rows.names->IsNull(row)) return true;
    const auto name = names_.find(rows.names->GetView(row));
    const auto place =
        rows.places->IsNull(row) ? kNowhere : places_.find(rows.places->GetView(row));
    if (name == Dictionary::kNone || place == Dictionary::kNone) return true;
    auto& first = firsts_[static_cast<std::size_t>(name)];
    const bool is_it = first.place == place && first.offset == offset_at(rows, row);
    return is_it && !std::exchange(first.is_taken, true);
  };
  std::vector<std::int32_t> chosen;
  chosen.reserve(static_cast<std::size_t>(batch->num_rows()));
  for (std::int64_t row = 0; row < batch->num_rows(); ++row) {
    if (stays(row)) chosen.push_back(static_cast<std::int32_t>(row));
  }
  return chosen;
}

}  // namespace sextant::lake

#include "intel/parsers/record_stage.h"

#include "intel/parsers/json_lists.h"
#include "intel/parsers/packed_records.h"
#include "intel/parsers/record_envelope.h"
#include "intel/parsers/record_marks.h"
#include "intel/parsers/text_bytes.h"

namespace sextant::intel {
namespace {

constexpr std::size_t kMagicBytes = 4;
constexpr std::size_t kPieceBytes = 1 << 20;

}  // namespace

RecordStage::RecordStage(const Parser& parser, const sdk::Source& source,
                         const ReaderOptions& options)
    : rows_(parser, source, options), cutter_(*this) {}

Result<> RecordStage::text(const sdk::TextBlock& block, const sdk::Emit& emit) {
  const bool known = bytes_ >= kMagicBytes;
  bytes_ += block.text.size();
  if (known) return inflater_ ? inflate(block.text, emit) : add(block.text, emit);
  first_ += block.text;
  if (bytes_ < kMagicBytes) return {};
  if (const auto compression = sniff_compression(first_); compression != Compression::None) {
    inflater_ = Inflater::make(compression);
  }
  const auto first = std::exchange(first_, {});
  return inflater_ ? inflate(first, emit) : add(first, emit);
}

Result<> RecordStage::inflate(std::string_view bytes, const sdk::Emit& emit) {
  std::string piece;
  while (!ended_ && !bytes.empty()) {
    piece.clear();
    const auto inflated = inflater_->inflate(bytes, piece, kPieceBytes);
    SX_TRY(add(piece, emit));
    if (!inflated) end(bytes_, "what is compressed in it is damaged: " + inflated.error().message);
  }
  return {};
}

Result<> RecordStage::add(std::string_view bytes, const sdk::Emit& emit) {
  while (!ended_ && !bytes.empty()) {
    const auto piece = bytes.substr(0, kPieceBytes);
    bytes.remove_prefix(piece.size());
    cutter_.add(piece);
    SX_TRY(rows_.emit_large(emit));
  }
  return {};
}

Result<> RecordStage::damaged(std::uint64_t offset, std::string_view reason, const sdk::Emit&) {
  if (!ended_) end(offset, "the object is damaged from here on: " + std::string(reason));
  return {};
}

void RecordStage::end(std::uint64_t offset, const std::string& reason) {
  ended_ = true;
  if (!inflater_) cutter_.add(first_);
  if (!cutter_.finish(reason)) rows_.malformed({{}, offset}, 0, reason);
}

Result<> RecordStage::finish(const sdk::Emit& emit) {
  if (!ended_ && inflater_) {
    if (const auto whole = inflater_->finish(); !whole) {
      end(bytes_, "what is compressed in it is damaged: " + whole.error().message);
    }
  }
  if (!ended_) {
    if (!inflater_) cutter_.add(first_);
    cutter_.finish("the object ends before its records do");
  }
  return rows_.emit_all(emit);
}

void RecordStage::record(const Line& record) {
  JsonElement element;
  if (holds_another(record.text) && !read_json(record.text, element)) {
    return RecordCutter::cut_again(record.text, record.offset, *this);
  }
  if (is_bare_record(record.text)) return take(record, record);
  auto unwrapped = unwrap(record.text);
  if (unwrapped.packed && !in_packed_) {
    rows_.read_group();  // the text of those before goes when the first one inside is released
    in_packed_ = true;
    read_packed(unwrapped.text, record, *this);
    in_packed_ = false;
    return;
  }
  if (!unwrapped.wrapped) return take(record, record);
  if (unwrapped.text.empty()) return;
  unwrapped_.push_back(std::move(unwrapped.text));
  take({unwrapped_.back(), record.offset}, record);
}

void RecordStage::take(const Line& entry, const Line& raw) {
  rows_.take(entry, raw, is_plain(entry.text));
}

void RecordStage::broken(const Line& text, std::uint64_t cut_bytes, std::string_view reason) {
  rows_.read_group();  // malformed rows too come in order
  rows_.malformed(text, cut_bytes, reason);
}

void RecordStage::release() {
  rows_.read_group();
  unwrapped_.clear();
}

}  // namespace sextant::intel

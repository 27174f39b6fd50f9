#include "intel/parsers/packed_records.h"

#include <string>

#include "core/encoding.h"
#include "core/inflate.h"

namespace sextant::intel {
namespace {

constexpr std::size_t kPieceBytes = 1 << 20;

class Placed final : public RecordCutter::Sink {
 public:
  Placed(const Line& around, RecordCutter::Sink& sink) : around_(around), sink_(sink) {}
  void record(const Line& record) override {
    if (has_place()) sink_.record({record.text, around_.offset + count_++});
  }
  void broken(const Line& text, std::uint64_t cut_bytes, std::string_view reason) override {
    if (has_place()) sink_.broken({text.text, around_.offset + count_++}, cut_bytes, reason);
  }
  void release() override { sink_.release(); }

  // Whether there were more records than the record around them has bytes.
  bool full() const { return full_; }

 private:
  // The last byte is kept for saying so.
  bool has_place() {
    full_ = full_ || count_ + 1 >= around_.text.size();
    return !full_;
  }

  const Line& around_;
  RecordCutter::Sink& sink_;
  std::uint64_t count_ = 0;
  bool full_ = false;
};

// The first reason for which not all of it can be read; "" when it can.
std::string unpack(std::string_view bytes, RecordCutter& cutter, const Placed& placed) {
  const auto inflater = Inflater::make(sniff_compression(bytes), {.bytes_max = kPackedBytesMax});
  std::string piece;
  do {
    piece.clear();
    const auto inflated = inflater->inflate(bytes, piece, kPieceBytes);
    for (std::string_view rest = piece; !rest.empty();
         rest.remove_prefix(std::min(rest.size(), kPieceBytes))) {
      cutter.add(rest.substr(0, kPieceBytes));
    }
    if (!inflated) return inflated.error().message;
    if (placed.full()) return "it holds more records than the text around them has bytes";
  } while (!bytes.empty() || piece.size() >= kPieceBytes);
  const auto whole = inflater->finish();
  return whole ? "" : whole.error().message;
}

}  // namespace

void read_packed(std::string_view base64, const Line& around, RecordCutter::Sink& sink) {
  constexpr std::string_view kWrong = "what is packed in it cannot be read: ";
  const Line last{around.text, around.offset + around.text.size() - 1};
  const auto bytes = from_base64(base64);
  if (!bytes) return sink.broken(around, 0, std::string(kWrong) + "it is no base64");
  Placed placed(around, sink);
  RecordCutter cutter(placed);
  const auto wrong = unpack(*bytes, cutter, placed);
  cutter.finish(wrong.empty() ? "what is packed in it ends before its records do"
                              : std::string(kWrong) + wrong);
  sink.release();
  if (!wrong.empty()) sink.broken(last, 0, std::string(kWrong) + wrong);
}

}  // namespace sextant::intel

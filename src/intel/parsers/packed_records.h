#pragma once
// Records that are packed into a text of another one: base64 of JSON, compressed or not, as Lambda
// gets the subscriptions of CloudWatch Logs, {"awslogs":{"data":"…"}}.
#include <string_view>

#include "intel/parsers/record_cutter.h"

namespace sextant::intel {

// Of what is packed in one record, decompressed.
inline constexpr std::size_t kPackedBytesMax = std::size_t{64} << 20;

// Hands what is packed to the sink, piece by piece. The n-th piece has the offset of the n-th byte
// of `around`, the record that it is packed in: so each has its own. What cannot be unpacked is
// told as broken.
void read_packed(std::string_view base64, const Line& around, RecordCutter::Sink& sink);

}  // namespace sextant::intel

#pragma once
// `parsers.auto`: the parser for objects whose kind nobody says. It holds back the beginning of an
// object, finds out what reads it (kind_guess.h), and is that parser from there on. What no kind
// reads is kept line by line in "malformed". Each kind has its own table, as with its own parser.
#include "sdk/function.h"

namespace sextant::intel {

// The kind is decided on this much of an object (decompressed), or on all of it when it is smaller;
// only that much is read twice. When no kind reads any of it, on the larger amount.
inline constexpr std::size_t kSampleBytes = std::size_t{64} << 10;
inline constexpr std::size_t kSampleBytesMax = sdk::kLineBytesMax;

// Of malformed lines that none of the kinds reads: malformed.kind.
inline constexpr std::string_view kUnknownKind = "unknown";

// Configuration: KINDS, KEEP_ORIGINAL.
sdk::Function auto_parser_function();

}  // namespace sextant::intel

#pragma once
// Which kind of log an object holds, where nobody says. The object's name is a first guess. Parsers
// are the judges of it: the beginning of the object is read by the one that was guessed, and when
// that refuses too much, by all others.
#include <cstdint>
#include <string_view>
#include <vector>

#include "intel/log_kinds.h"

namespace sextant::intel {

using Kinds = std::vector<const LogKind*>;

// Share of the sample's entries that may be malformed before other kinds are tried.
inline constexpr double kRejectedShareMax = 0.5;

// The kind, among these, whose objects AWS names so (Parser::object_names; the longest pattern that
// matches counts); nullptr when the name tells nothing.
const LogKind* kind_of_name(std::string_view path, const Kinds& among);

// The beginning of an object, decompressed.
struct Sample {
  std::string_view text;
  bool whole = false;  // all of the object
};

// What a kind's parser makes of a sample.
struct Trial {
  const LogKind* kind = nullptr;
  std::uint64_t entries = 0;
  std::uint64_t malformed = 0;  // what only the sample's end broke is not counted
  bool whole = false;
  std::vector<sdk::Rows> rows = {};  // all of them, in the order in which the parser gave them

  double rejected_share() const;
  // Some of it; or the object has nothing but what this kind knows to be no entry (headings).
  bool reads() const { return entries > 0 || (whole && kind != nullptr && malformed == 0); }
};

// The guess (nullptr: there is none), unless it refuses more than kRejectedShareMax and another one
// less; else the kind that refuses least, the first of them in the catalogue's order. When none
// reads() the sample, the guess again. Errors: none of the sample's.
Result<Trial> try_kinds(const Sample& sample, const sdk::Source& source,
                        const ReaderOptions& options, const Kinds& among, const LogKind* guess);

}  // namespace sextant::intel

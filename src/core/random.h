#pragma once
// Unpredictable bytes from the operating system, for keys, ids and request ids. Seeded sequences
// for tests and generators use <random> where they stand.
#include <string>

namespace sextant {

std::string random_bytes(std::size_t count);
std::string random_hex(std::size_t bytes);
std::string make_uuid();  // RFC 9562 version 4, as AWS request ids look

}  // namespace sextant

#pragma once
// What the HTTP intake stores: who may push (a source, whose token is known by its hash only), and
// which batches were taken. Format: docs/formats/intake.md.
#include <cstdint>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/result.h"

namespace sextant::store {

struct IntakeSource {
  std::string name = {};  // unique
  std::string kind = {};  // of the logs it sends: "alb"
  std::string bucket = {};
  std::string prefix = {};  // of its keys there: "intake/web-1/"
  std::string suffix = {};  // … which the notification asks for
  std::string token_id = {};
  std::string token_sha256 = {};  // raw, of the whole token
  Time created = {};
  std::string created_by = {};  // ARN
  std::uint64_t requests_per_s = 0;
  std::uint64_t bytes_per_s = 0;
  friend bool operator==(const IntakeSource&, const IntakeSource&) = default;
};

struct IntakeBatch {
  std::string sha256 = {};  // raw, of its lines as they were before compression
  std::uint64_t lines = 0;
  std::uint64_t bytes = 0;  // before compression
  std::string bucket = {};  // of the object that holds it
  std::string key = {};
  Time accepted = {};
  friend bool operator==(const IntakeBatch&, const IntakeBatch&) = default;
};

std::string encode(const IntakeSource& source);
std::string encode(const IntakeBatch& batch);
Result<IntakeSource> decode_intake_source(std::string_view bytes);  // Corrupt
Result<IntakeBatch> decode_intake_batch(std::string_view bytes);    // Corrupt

}  // namespace sextant::store

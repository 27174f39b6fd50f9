#pragma once
// One entry of an access log before it is text: every field, and how many of them are written.
#include <cstdint>
#include <string>
#include <string_view>

#include "core/clock.h"

namespace sextant::intel {

struct AlbEntry {
  std::string_view type = "https";
  std::int64_t time_us = 0;  // when the response was sent
  std::string_view balancer;
  std::string_view client;
  std::uint32_t client_port = 0;
  std::string_view target = "-";        // address:port
  std::string_view second_target = {};  // tried as well
  std::int64_t request_ms = -1;         // -1: it never came that far
  std::int64_t target_ms = -1;
  std::int64_t response_ms = -1;
  int status = 0;         // 0: none
  int target_status = 0;  // 0: none
  std::int64_t received_bytes = 0;
  std::int64_t sent_bytes = 0;
  std::string request;  // without quotes
  std::string user_agent = "-";
  std::string_view cipher = "-";
  std::string_view protocol = "-";
  std::string_view target_group = "-";
  std::uint64_t trace = 0;  // 0: none
  std::string_view domain = "-";
  std::string_view certificate = "-";
  int priority = 0;
  std::string_view actions = "forward";
  std::string redirect = "-";
  std::string_view error = "-";
  std::string_view classification = "-";
  std::string_view classification_reason = "-";
  std::uint64_t connection = 0;
  std::string_view transformed_host = "-";
  std::string_view transformed_uri = "-";
  std::string_view transform_status = "-";
  // how the line is written
  int fields = 30;                 // 25, 29, 30 or 33: the generations of the format
  bool bare_lists = false;         // lists without quotes
  std::string_view trailing = {};  // behind the last field
};

// Writes entries as lines. Remembers the last minute's text.
class AlbWriter {
 public:
  void write(const AlbEntry& entry, std::string& out);  // without newline
  void time(std::int64_t micros, std::string& out);     // 2026-01-01T00:00:00.000000Z

 private:
  std::int64_t minute_ = INT64_MIN;
  std::string minute_text_;  // "2026-01-01T00:00:"
};

}  // namespace sextant::intel

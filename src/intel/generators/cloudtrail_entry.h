#pragma once
// One record of CloudTrail before it is text. What is JSON is written as it is; what is empty is
// left out.
#include <cstdint>
#include <string>
#include <string_view>

#include "intel/generators/dice.h"

namespace sextant::intel {

struct TrailEntry {
  std::string_view version = "1.11";
  std::string identity;  // JSON
  std::int64_t time_us = 0;
  std::string_view source = "ec2.amazonaws.com";
  std::string_view name = "DescribeInstances";
  std::string_view region;
  std::string address;
  std::string user_agent;
  std::string_view error_code = {};
  std::string error_message = {};
  std::string request = "null";   // JSON
  std::string response = "null";  // JSON
  std::string additional = {};    // JSON
  std::uint64_t id = 0;
  bool read_only = true;
  std::string_view resources = {};  // JSON
  std::string_view type = "AwsApiCall";
  std::string_view account;
  std::string_view category = "Management";
  bool tls = true;
  std::string_view more = {};  // members behind the last
  bool blanks = false;         // and newlines between members
  bool other_order = false;
};

void write_trail(const TrailEntry& entry, std::string& out);
// Turns an ordinary record into an odd one, still well-formed.
void make_odd(TrailEntry& entry, Dice& dice);
// Replaces a record by something that is none, or breaks it.
void make_malformed_record(std::string& record, Dice& dice);

}  // namespace sextant::intel

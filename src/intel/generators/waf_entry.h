#pragma once
// One entry of AWS WAF before it is text. Members that are JSON already are written as they are;
// empty ones are left out.
#include <cstdint>
#include <string>
#include <string_view>

namespace sextant::intel {

struct WafEntry {
  std::int64_t time_us = 0;
  std::string web_acl;
  std::string_view rule = "Default_Action";
  std::string_view rule_type = "REGULAR";
  std::string_view action = "ALLOW";
  std::string match_details = "[]";
  std::string_view source = "ALB";
  std::string_view source_id = "123456789012-app/shop/50dc6c495c0c9188";
  std::string rule_groups = "[]";
  std::string rate_rules = "[]";
  std::string other_rules = "[]";  // nonTerminatingMatchingRules
  std::string_view headers_inserted = "null";
  std::string_view response_code = "null";
  std::string client;
  std::string_view country = "US";
  std::string_view host = "www.shop.example";
  std::string user_agent;
  std::string_view more_headers = {};  // {…},{…}, behind the usual ones
  std::string_view headers = {};       // instead of all of them
  std::string uri = "/";
  std::string args;
  std::string_view version = "HTTP/2.0";
  std::string_view method = "GET";
  std::uint64_t request = 0;
  std::string_view fragment_and_scheme = {};  // members behind requestId
  std::string labels;
  std::string_view more = {};        // members behind the last
  std::string_view time_form = "#";  // # is the number of milliseconds
  bool blanks = false;               // between members
  bool other_order = false;
};

// One line, without newline.
void write_waf(const WafEntry& entry, std::string& out);
// `text` as it stands between the quotes of a JSON string.
void append_json_escaped(std::string_view text, std::string& out);

}  // namespace sextant::intel

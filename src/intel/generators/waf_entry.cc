#include "intel/generators/waf_entry.h"

namespace sextant::intel {
namespace {

class WafWriter {
 public:
  WafWriter(const WafEntry& entry, std::string& out) : entry_(entry), out_(out) {}

  void write() {
    open("");
    if (entry_.other_order) request();
    json("timestamp", time());
    json("formatVersion", "1");
    text("webaclId", entry_.web_acl);
    text("terminatingRuleId", entry_.rule);
    text("terminatingRuleType", entry_.rule_type);
    text("action", entry_.action);
    json("terminatingRuleMatchDetails", entry_.match_details);
    text("httpSourceName", entry_.source);
    text("httpSourceId", entry_.source_id);
    json("ruleGroupList", entry_.rule_groups);
    json("rateBasedRuleList", entry_.rate_rules);
    json("nonTerminatingMatchingRules", entry_.other_rules);
    json("requestHeadersInserted", entry_.headers_inserted);
    json("responseCodeSent", entry_.response_code);
    if (!entry_.other_order) request();
    json("labels", entry_.labels);
    out_ += entry_.more;
    out_ += entry_.blanks ? " }\t" : "}";
  }

 private:
  std::string time() const {
    std::string text(entry_.time_form);
    if (const auto at = text.find('#'); at != std::string::npos) {
      text.replace(at, 1, std::to_string(entry_.time_us / 1'000));
    }
    return text;
  }

  void open(std::string_view name) {
    if (!name.empty()) key(name);
    out_ += '{';
    first_ = true;
  }

  void key(std::string_view name) {
    if (!first_) out_ += ',';
    first_ = false;
    if (entry_.blanks) out_ += ' ';
    out_.append("\"").append(name).append(entry_.blanks ? "\" : " : "\":");
  }

  void json(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    key(name);
    out_ += value;
  }

  void text(std::string_view name, std::string_view value) {
    key(name);
    out_ += '"';
    append_json_escaped(value, out_);
    out_ += '"';
  }

  void header(std::string_view name, std::string_view value) {
    if (out_.back() != '[') out_ += ',';
    out_.append(R"({"name":")").append(name).append(R"(","value":")");
    append_json_escaped(value, out_);
    out_ += "\"}";
  }

  void headers() {
    if (!entry_.headers.empty()) return json("headers", entry_.headers);
    key("headers");
    out_ += '[';
    header("host", entry_.host);
    header("user-agent", entry_.user_agent);
    header("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");
    header("accept-language", "en-US,en;q=0.5");
    header("accept-encoding", "gzip, deflate, br");
    if (entry_.request % 3 != 0) {
      header("referer", "https://www.shop.example/garden/" + std::to_string(entry_.request % 97));
    }
    header("cookie", "session=" + std::to_string(entry_.request));
    if (!entry_.more_headers.empty()) out_.append(",").append(entry_.more_headers);
    out_ += ']';
  }

  void request() {
    open("httpRequest");
    text("clientIp", entry_.client);
    text("country", entry_.country);
    headers();
    text("uri", entry_.uri);
    text("args", entry_.args);
    text("httpVersion", entry_.version);
    text("httpMethod", entry_.method);
    std::string id = "1-";
    for (int i = 0; i < 24; ++i) {
      id += "0123456789abcdef"[(entry_.request * 0x9e3779b97f4a7c15 >> (i * 5 % 60)) & 15];
    }
    text("requestId", id);
    out_ += entry_.fragment_and_scheme;
    out_ += '}';
    first_ = false;
  }

  const WafEntry& entry_;
  std::string& out_;
  bool first_ = true;
};

}  // namespace

void write_waf(const WafEntry& entry, std::string& out) { WafWriter(entry, out).write(); }

void append_json_escaped(std::string_view text, std::string& out) {
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
}

}  // namespace sextant::intel

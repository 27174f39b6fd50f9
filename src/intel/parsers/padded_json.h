#pragma once
// simdjson's reader of values in the order of the text, for text that has no room behind it.
// Include it in .cc files only: simdjson is heavy.
#include <simdjson.h>

#include <cstring>
#include <string_view>
#include <vector>

namespace sextant::intel {

class PaddedJson {
 public:
  // The document, until the next call.
  simdjson::ondemand::document& read(std::string_view text) {
    const auto room = text.size() + simdjson::SIMDJSON_PADDING;
    if (bytes_.size() < room) bytes_.resize(2 * room);
    if (!text.empty()) std::memcpy(bytes_.data(), text.data(), text.size());
    std::memset(bytes_.data() + text.size(), 0, simdjson::SIMDJSON_PADDING);
    error_ = parser_.iterate(bytes_.data(), text.size(), room).get(document_);
    return document_;
  }
  // Of the last call; the document is of no use then.
  simdjson::error_code error() const { return error_; }

 private:
  std::vector<char> bytes_;
  simdjson::ondemand::parser parser_;
  simdjson::ondemand::document document_;
  simdjson::error_code error_ = simdjson::SUCCESS;
};

}  // namespace sextant::intel

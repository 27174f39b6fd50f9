#pragma once
// Rows for a terminal: columns as wide as their widest cell, numbers to the right.
#include <string>
#include <vector>

namespace sextant::cli {

class TextTable {
 public:
  explicit TextTable(std::vector<std::string> header) : rows_{std::move(header)} {}
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  bool empty() const { return rows_.size() == 1; }
  std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

std::string human_bytes(double bytes);      // "1.5 MiB"
std::string grouped(std::uint64_t number);  // "1,000,000"

}  // namespace sextant::cli

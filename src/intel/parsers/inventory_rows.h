#pragma once
// Rows of the table `inventory`: one for each thing that a snapshot has, and one for the snapshot.
#include <cstdint>
#include <string>
#include <string_view>

#include "sdk/column_builders.h"
#include "sdk/inventory.h"

namespace sextant::intel {

const SchemaPtr& inventory_schema();

class InventoryRows {
 public:
  // Where the rows come from.
  struct Place {
    Time time;
    std::string_view series;
    std::string_view path;
    std::uint64_t offset = 0;
  };
  void add(const sdk::Asset& asset, const Place& place);
  // `things` of them, or more when it is not complete.
  void add_snapshot(sdk::AssetType type, std::uint64_t things, bool complete, const Place& place);
  std::size_t rows() const { return rows_; }
  std::size_t bytes() const { return tags_.bytes(rows_) + texts_bytes_; }
  BatchPtr finish();  // empty after

 private:
  static constexpr std::size_t kTexts = 22;
  void set(std::size_t column, std::string_view text);
  void place(const Place& place);

  std::size_t rows_ = 0;
  std::size_t texts_bytes_ = 0;
  sdk::NumberColumn<std::int64_t> time_;
  sdk::NumberColumn<std::int64_t> since_;
  sdk::NumberColumn<std::int64_t> things_;
  sdk::NumberColumn<std::int64_t> offset_;
  sdk::StringColumn tags_;
  sdk::DictionaryColumn texts_[kTexts];
};

}  // namespace sextant::intel

#include "intel/parsers/inventory_cutter.h"

#include <optional>

namespace sextant::intel {
namespace {

constexpr std::size_t kKeyBytesMax = 64;

bool is_space(char byte) { return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t'; }

std::optional<AssetList> list_named(std::string_view key) {
  if (key == "Reservations") return AssetList::Reservations;
  if (key == "NetworkInterfaces") return AssetList::NetworkInterfaces;
  if (key == "tasks") return AssetList::Tasks;
  return std::nullopt;
}

}  // namespace

void InventoryCutter::add(std::string_view bytes) {
  for (const char byte : bytes) {
    take(byte);
    if (!open_.empty() && head_.size() < kHeadBytesMax) head_ += byte;
    if (in_item_ && item_.size() <= kItemBytesMax) item_ += byte;
    if (in_item_ && open_.size() == 2) end_item();
    ++at_;
    if (lost_ && lost_head_.size() < kHeadBytesMax) lost_head_ += byte;
  }
}

void InventoryCutter::take(char byte) {
  if (lost_) return;
  if (string_) return in_string(byte);
  if (is_space(byte)) return;
  if (byte == '{' || byte == '[') return open(byte);
  if (open_.empty()) return lose("where an answer should begin");
  if (byte == '}' || byte == ']') return close(byte);
  if (is_in_list() && byte != ',') return lose("something that is no object in a list of things");
  if (byte == '"') {
    string_ = true;
    text_.clear();
  } else if (open_.size() == 1 && byte == ':') {
    key_ = text_;
    has_key_ = true;
  } else if (open_.size() == 1 && byte == ',') {
    has_key_ = false;
  }
}

void InventoryCutter::in_string(char byte) {
  if (escaped_) {
    escaped_ = false;
  } else if (byte == '\\') {
    escaped_ = true;
  } else if (byte == '"') {
    string_ = false;
    if (open_.size() == 1) end_member_string();
    return;
  }
  if (open_.size() == 1 && text_.size() < kKeyBytesMax) text_ += byte;
}

void InventoryCutter::end_member_string() {
  if (has_key_ && (key_ == "NextToken" || key_ == "nextToken") && !text_.empty()) next_page_ = true;
}

void InventoryCutter::open(char byte) {
  if (open_.empty()) {
    if (byte == '[') return lose("a list: send the answer as it is, without --query");
    answer_from_ = at_;
    answer_has_list_ = next_page_ = has_key_ = false;
    head_.clear();
  }
  if (is_in_list()) {
    if (byte == '[') return lose("something that is no object in a list of things");
    begin_item();
  }
  if (open_.size() == kDepthMax) return lose("brackets are nested too deep");
  open_ += byte;
  if (open_ != "{[" || !has_key_) return;
  const auto list = list_named(key_);
  if (!list) return;
  list_open_ = answer_has_list_ = true;
  list_ = *list;
  sink_.list(list_);
}

void InventoryCutter::close(char byte) {
  const char opening = byte == '}' ? '{' : '[';
  if (open_.back() != opening) return lose("a bracket closes that was not opened");
  open_.pop_back();
  if (open_.size() == 1) list_open_ = false;
  if (open_.empty()) end_answer();
}

void InventoryCutter::begin_item() {
  in_item_ = true;
  item_from_ = at_;
  item_.clear();
}

void InventoryCutter::end_item() {
  in_item_ = false;
  if (item_.size() <= kItemBytesMax) return sink_.item(list_, item_, item_from_);
  sink_.broken(std::string_view(item_).substr(0, kHeadBytesMax), item_from_, at_ + 1 - item_from_,
               "larger than 16 MiB", false);
}

void InventoryCutter::end_answer() {
  if (!answer_has_list_) {
    sink_.broken(head_ + "}", answer_from_, at_ + 1 - answer_from_,
                 "has no list Reservations, NetworkInterfaces or tasks", false);
  } else if (next_page_) {
    sink_.unfinished(list_);
  }
}

// What went before in an item or an answer that breaks is part of what is broken.
void InventoryCutter::lose(std::string_view reason) {
  lost_ = true;
  reason_ = reason;
  lost_from_ = at_;
  if (in_item_) {
    lost_from_ = item_from_;
    lost_head_ = item_.substr(0, kHeadBytesMax);
  } else if (!open_.empty() && !answer_has_list_) {
    lost_from_ = answer_from_;
    lost_head_ = head_;
  }
  in_item_ = list_open_ = false;
}

void InventoryCutter::finish() {
  if (!lost_ && !open_.empty()) lose("the answer is cut off");
  if (lost_) sink_.broken(lost_head_, lost_from_, at_ - lost_from_, reason_, true);
}

}  // namespace sextant::intel

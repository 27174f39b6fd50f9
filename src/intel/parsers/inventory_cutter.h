#pragma once
// Cuts what `aws ec2 describe-instances`, `aws ec2 describe-network-interfaces` and
// `aws ecs describe-tasks` answer into the things that they list, in bounded memory: one answer, or
// several one behind the other.
#include <cstdint>
#include <string>
#include <string_view>

namespace sextant::intel {

enum class AssetList { Reservations, NetworkInterfaces, Tasks };

class InventoryCutter {
 public:
  static constexpr std::size_t kItemBytesMax = 16u << 20;
  static constexpr std::size_t kDepthMax = 64;
  static constexpr std::size_t kHeadBytesMax = 4096;

  class Sink {
   public:
    virtual ~Sink() = default;
    virtual void list(AssetList list) = 0;  // begins, and may be empty
    // One thing of it, a JSON object as far as its brackets tell. Valid in the call only.
    virtual void item(AssetList list, std::string_view text, std::uint64_t offset) = 0;
    // An answer whose last page did not come: there are more things.
    virtual void unfinished(AssetList list) = 0;
    // Text that is none of these, from `offset` on; `head` is its beginning. `fatal`: nothing is
    // read behind it.
    virtual void broken(std::string_view head, std::uint64_t offset, std::uint64_t length,
                        std::string_view reason, bool fatal) = 0;
  };

  explicit InventoryCutter(Sink& sink) : sink_(sink) {}
  void add(std::string_view bytes);
  void finish();

 private:
  void take(char byte);
  void in_string(char byte);
  void open(char byte);
  void close(char byte);
  void begin_item();
  void end_item();
  void end_answer();
  void end_member_string();
  void lose(std::string_view reason);
  bool is_in_list() const { return list_open_ && open_.size() == 2; }

  Sink& sink_;
  std::uint64_t at_ = 0;  // of the byte at hand
  std::string open_;      // the brackets that are open
  bool string_ = false;
  bool escaped_ = false;
  std::string text_;  // of the string at hand in an answer itself, and then the last one
  std::string key_;   // of the member at hand in an answer
  bool has_key_ = false;
  bool list_open_ = false;
  AssetList list_ = AssetList::Reservations;
  bool answer_has_list_ = false;
  bool next_page_ = false;
  std::uint64_t answer_from_ = 0;
  std::string head_;  // of the answer
  bool in_item_ = false;
  std::uint64_t item_from_ = 0;
  std::string item_;
  bool lost_ = false;
  std::uint64_t lost_from_ = 0;
  std::string lost_head_;
  std::string reason_;
};

}  // namespace sextant::intel

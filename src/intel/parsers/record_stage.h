#pragma once
// The parsing stage of logs that are JSON records, however they are wrapped: every record becomes
// exactly one row, of the kind's table or of "malformed". log.offset is where the record begins in
// the decompressed object. Understood are
//   {"Records":[…]}     the files of CloudTrail, any size: one record is at hand at a time
//   {…}\n{…}            JSON lines; also without newline between, or a list of records
//   {"detail-type":…,"detail":{…}}         events of EventBridge
//   {"logEvents":[{"message":"{…}"}]}      subscriptions of CloudWatch Logs; what they say about
//                                          themselves (CWL CONTROL MESSAGE) is no record
//   {"awslogs":{"data":"…"}}               the same as Lambda gets them, base64 of compressed text;
//                                          their records have the offsets of the event's first
//                                          bytes
//   {"Events":[{"CloudTrailEvent":"{…}"}]} answers of LookupEvents
// and any of these compressed once more inside the object, as CloudWatch Logs hands them over.
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "core/inflate.h"
#include "intel/parsers/entry_rows.h"
#include "intel/parsers/record_cutter.h"

namespace sextant::intel {

class RecordStage final : public sdk::Stage, private RecordCutter::Sink {
 public:
  RecordStage(const Parser& parser, const sdk::Source& source, const ReaderOptions& options);
  Result<> text(const sdk::TextBlock& block, const sdk::Emit& emit) override;
  Result<> damaged(std::uint64_t offset, std::string_view reason, const sdk::Emit& emit) override;
  Result<> finish(const sdk::Emit& emit) override;

 private:
  void record(const Line& record) override;
  void broken(const Line& text, std::uint64_t cut_bytes, std::string_view reason) override;
  void release() override;

  Result<> add(std::string_view bytes, const sdk::Emit& emit);
  Result<> inflate(std::string_view bytes, const sdk::Emit& emit);
  void take(const Line& entry, const Line& raw);
  void end(std::uint64_t offset, const std::string& reason);

  EntryRows rows_;
  RecordCutter cutter_;
  std::string first_;        // bytes of the object, until it is known whether they are compressed
  std::uint64_t bytes_ = 0;  // of the object so far
  std::unique_ptr<Inflater> inflater_;
  bool in_packed_ = false;  // records inside of one
  bool ended_ = false;      // by damage: what comes is not read
  std::deque<std::string> unwrapped_;
};

}  // namespace sextant::intel

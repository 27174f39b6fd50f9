#pragma once
// `search.index` at work on one delivery: rows become documents, documents are put in groups, and
// what the domain cannot take now is put again, document by document.
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/guarded.h"
#include "ports/sink.h"
#include "runtime/native/dead_letters.h"
#include "runtime/native/documents.h"
#include "sdk/function.h"

namespace sextant::runtime::native {

// When a domain wants the next call: shared by all functions, and revisions of them, that call it.
using LeftAloneUntil = Guarded<Time>;

// A search domain, and what those who put documents into it know of it together.
struct SearchDomain {
  SearchDomain(std::unique_ptr<ports::Sink> to, std::shared_ptr<LeftAloneUntil> until)
      : sink(std::move(to)), left_alone_until(std::move(until)) {}
  const std::unique_ptr<ports::Sink> sink;
  const std::shared_ptr<LeftAloneUntil> left_alone_until;
};

class SearchStage final : public sdk::Stage {
 public:
  struct Parts {
    Result<std::shared_ptr<SearchDomain>> domain;  // an error fails the delivery's first rows
    Clock& clock;
    std::string prefix;  // of indices
    bool passes_rows;    // a stage comes behind this one
  };
  SearchStage(Parts parts, sdk::Source source)
      : parts_(std::move(parts)), source_(std::move(source)) {}

  // Errors: Unavailable (the domain does not take the documents now, whatever it says: a later
  // attempt repeats them), Invalid (a column that no document can hold).
  Result<> rows(sdk::Rows rows, const sdk::Emit& emit) override;
  Result<> finish(const sdk::Emit& emit) override;

 private:
  // Those of one index, and what a dead letter tells of each.
  struct Group {
    std::vector<ports::Document> documents;
    std::vector<Time> times;
    std::vector<std::optional<std::int64_t>> offsets;
  };

  Result<> add(const std::string& table, const Documents& documents, std::int64_t row,
               const sdk::Emit& emit);
  std::string document_id(const std::string& table, std::optional<std::int64_t> offset);
  Result<> flush(const sdk::Emit& emit);
  Result<> put(const std::string& index, Group group);
  Result<> leave_alone();
  Result<Group> put_once(const std::string& index, Group group, Error& reason);
  void bury(const std::string& index, Group& group, std::size_t position, std::string reason);

  Parts parts_;
  const sdk::Source source_;
  std::map<std::string, Group> groups_;  // by index
  std::vector<DeadLetter> letters_;
  std::size_t bytes_ = 0;
  std::size_t documents_ = 0;
  // The offset of the last row of each table, and how many rows in a row had it.
  std::map<std::string, std::pair<std::int64_t, std::uint64_t>> last_;
};

// "sextant-alb-2026.07.02": a day's index, whatever the day of its arrival.
std::string search_index_name(const std::string& prefix, const std::string& table, Time time);

}  // namespace sextant::runtime::native

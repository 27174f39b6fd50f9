#pragma once
// The calls that one delivery attempt makes, and the gate's answer to each: the source's service
// invokes the function; the function assumes its role, which reads the object, lands rows in
// tables, calls systems outside, writes to the failure destination.
#include <optional>
#include <vector>

#include "core/result.h"
#include "dispatch/dispatcher.h"
#include "guard/audit/record.h"
#include "model/app.h"
#include "sdk/function.h"

namespace sextant::dispatch {

class AttemptJudge {
 public:
  // All outlive it. One thread.
  AttemptJudge(const DispatcherParts& parts, const store::Delivery& delivery,
               const model::Function& function, const RequestId& request_id)
      : parts_(parts), delivery_(delivery), function_(function), request_id_(request_id) {}

  // Each: Denied ("AccessDenied", with the gate's sentence).
  Result<> invoke();
  Result<> read_object();
  Result<> land_in(const model::Table& table);
  Result<> read_table(const model::Table& table);
  Result<> call_outside(const sdk::OutsideCall& what);
  Result<> write_failure(const std::string& bucket, const std::string& key);

  // Everything that was asked so far, for the attempt's record.
  const std::vector<guard::JudgedCall>& judged() const { return judged_; }

 private:
  sdk::Call call(std::string service, std::string operation, std::string action,
                 std::string resource) const;
  Result<> take_role();
  Result<> judge_as_role(sdk::Call call);
  Result<> judge(sdk::Call call);
  Result<> decided(sdk::Call call, sdk::Decision decision);

  const DispatcherParts& parts_;
  const store::Delivery& delivery_;
  const model::Function& function_;
  const RequestId& request_id_;
  std::optional<sdk::Principal> role_;  // as it was at the first call in it
  std::vector<guard::JudgedCall> judged_;
};

}  // namespace sextant::dispatch

#pragma once
// What lands in the table "cloudtrail" when an app collects CloudTrail's logs, for rows of the
// node's own audit log: the same parser, and the columns of the enrichers behind it. Places of
// source addresses come from the databases that the app's collector names; without one their
// columns are empty.
#include <map>
#include <memory>
#include <string>

#include "core/id.h"
#include "sdk/function.h"
#include "services/audit/audit_rows.h"
#include "store/configuration.h"

namespace sextant::server {

class AuditRowMaker {
 public:
  // `configuration` outlives it; `files` is the folder of data files.
  AuditRowMaker(Scope scope, const store::ConfigurationStore& configuration, std::string files)
      : scope_(std::move(scope)), configuration_(configuration), files_(std::move(files)) {}

  // log.file.path of the rows is the audit log's stream, log.offset a record's sequence. What it
  // returns may outlive it. One thread at a time.
  std::unique_ptr<services::audit::CloudTrailRows> make();

 private:
  using Variables = std::map<std::string, std::string>;
  std::shared_ptr<const sdk::Prepared> geoip();
  std::shared_ptr<const sdk::Prepared> load(const Variables& variables) const;

  const Scope scope_;
  const store::ConfigurationStore& configuration_;
  const std::string files_;
  Variables variables_;  // of these, or of those that could not be read
  std::shared_ptr<const sdk::Prepared> geoip_;
};

}  // namespace sextant::server

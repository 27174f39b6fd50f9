#pragma once
// Lake files that fail now and then, over real ones.
#include "adapters/faulty/faults.h"
#include "ports/lake_files.h"

namespace sextant::adapters {

class FaultyLakeFiles final : public ports::LakeFiles {
 public:
  // Both outlive this and its writers.
  FaultyLakeFiles(ports::LakeFiles& inner, Faults& faults) : inner_(inner), faults_(faults) {}
  Result<std::unique_ptr<ports::LakeWriter>> create(std::string_view folder) override;
  Result<> verify(const ports::LakeFile& file) const override;
  Result<> remove(std::string_view path) override;
  Result<std::vector<std::string>> list(std::string_view folder) const override;
  Result<> publish(std::string_view path, std::string_view bytes,
                   ports::IfExists if_exists) override;
  Result<std::string> published(std::string_view path) const override;
  Result<std::unique_ptr<ports::RowReader>> query(std::string_view sql,
                                                  const std::vector<ports::LakeTable>& tables,
                                                  const ports::QueryLimits& limits) override;
  void rest() override { inner_.rest(); }

 private:
  ports::LakeFiles& inner_;
  Faults& faults_;
};

}  // namespace sextant::adapters

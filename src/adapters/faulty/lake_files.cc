#include "adapters/faulty/lake_files.h"

namespace sextant::adapters {
namespace {

using Access = Faults::Access;

class FaultyLakeWriter final : public ports::LakeWriter {
 public:
  FaultyLakeWriter(std::unique_ptr<ports::LakeWriter> inner, Faults& faults)
      : inner_(std::move(inner)), faults_(faults) {}
  Result<> write(const BatchPtr& batch, std::span<const std::int32_t> rows) override {
    SX_TRY(faults_.before("write rows", Access::Write));
    return inner_->write(batch, rows);
  }
  Result<> write(const BatchPtr& batch) override {
    SX_TRY(faults_.before("write rows", Access::Write));
    return inner_->write(batch);
  }
  std::uint64_t written_bytes() const override { return inner_->written_bytes(); }
  std::uint64_t buffered_bytes() const override { return inner_->buffered_bytes(); }
  Result<ports::LakeFile> finish() override {
    SX_TRY(faults_.before("finish a lake file", Access::Write));
    SX_TRY_AS(auto file, inner_->finish());
    SX_TRY(faults_.after("finish a lake file"));
    return file;
  }

 private:
  std::unique_ptr<ports::LakeWriter> inner_;
  Faults& faults_;
};

}  // namespace

Result<std::unique_ptr<ports::LakeWriter>> FaultyLakeFiles::create(std::string_view folder) {
  SX_TRY(faults_.before("create a lake file", Access::Write));
  SX_TRY_AS(auto writer, inner_.create(folder));
  return std::make_unique<FaultyLakeWriter>(std::move(writer), faults_);
}

Result<> FaultyLakeFiles::verify(const ports::LakeFile& file) const {
  SX_TRY(faults_.before("verify a lake file", Access::Read));
  return inner_.verify(file);
}

Result<> FaultyLakeFiles::remove(std::string_view path) {
  SX_TRY(faults_.before("remove a lake file", Access::Read));
  SX_TRY(inner_.remove(path));
  return faults_.after("remove a lake file");
}

Result<std::vector<std::string>> FaultyLakeFiles::list(std::string_view folder) const {
  SX_TRY(faults_.before("list lake files", Access::Read));
  return inner_.list(folder);
}

Result<> FaultyLakeFiles::publish(std::string_view path, std::string_view bytes,
                                  ports::IfExists if_exists) {
  SX_TRY(faults_.before("publish", Access::Write));
  SX_TRY(inner_.publish(path, bytes, if_exists));
  return faults_.after("publish");
}

Result<std::string> FaultyLakeFiles::published(std::string_view path) const {
  SX_TRY(faults_.before("read what was published", Access::Read));
  return inner_.published(path);
}

Result<std::unique_ptr<ports::RowReader>> FaultyLakeFiles::query(
    std::string_view sql, const std::vector<ports::LakeTable>& tables,
    const ports::QueryLimits& limits) {
  SX_TRY(faults_.before("query", Access::Read));
  return inner_.query(sql, tables, limits);
}

}  // namespace sextant::adapters

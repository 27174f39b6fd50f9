#pragma once
// Objects that others of the node put: S3's part of patterns/event/object_writer.h.
#include <memory>

#include "patterns/event/object_writer.h"
#include "services/s3/s3_service.h"

namespace sextant::services::s3 {

class ObjectPutter final : public patterns::event::ObjectWriter {
 public:
  explicit ObjectPutter(std::shared_ptr<S3Context> s3) : s3_(std::move(s3)) {}
  void put(patterns::event::ObjectPut put,
           std::move_only_function<void(Result<>)> on_done) override;

 private:
  const std::shared_ptr<S3Context> s3_;
};

}  // namespace sextant::services::s3

#include "api/unverified_bodies.h"

namespace sextant::api {

UnverifiedBodies::Share::~Share() {
  held_->bytes -= bytes_;
  --held_->requests;
}

bool UnverifiedBodies::Share::add(std::size_t bytes) {
  const auto held = held_->bytes += bytes;
  if (held > held_->limits.bytes_max) {
    held_->bytes -= bytes;
    return false;
  }
  bytes_ += bytes;
  return true;
}

std::shared_ptr<UnverifiedBodies::Share> UnverifiedBodies::enter() {
  const std::shared_ptr<Share> share(new Share(held_));
  return ++held_->requests <= held_->limits.requests_max ? share : nullptr;
}

}  // namespace sextant::api

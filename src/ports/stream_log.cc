#include "ports/stream_log.h"

namespace sextant::ports {

Sha256Digest chain_hash(const Sha256Digest& previous, std::string_view payload) {
  std::string bytes(previous.begin(), previous.end());
  bytes.append(payload);
  return sha256(bytes);
}

}  // namespace sextant::ports

#pragma once
// The node's own endpoints as a Protocol.
#include "api/protocol.h"

namespace sextant::api::sextant_http {

class SextantProtocol final : public Protocol {
 public:
  Result<WireCall> parse(const net::Request& request) const override;
  Result<> add_document(std::string_view document, WireCall& call) const override;
  net::Response to_response(const WireCall& call, sdk::Output output,
                            const std::string& request_id) const override;
  net::Response to_error(const net::Request& request, const Error& error,
                         const std::string& request_id) const override;
};

}  // namespace sextant::api::sextant_http

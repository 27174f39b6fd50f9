#pragma once
// TLS 1.2 and 1.3 over OpenSSL, by certificate files. One context a server, one session a
// connection.
#include <openssl/types.h>

#include <memory>

#include "core/result.h"
#include "net/http_server.h"

namespace sextant::net {

struct SslDelete {
  void operator()(SSL_CTX* context) const;
  void operator()(SSL* session) const;
};
using TlsContext = std::unique_ptr<SSL_CTX, SslDelete>;
using TlsSession = std::unique_ptr<SSL, SslDelete>;

// Errors: Invalid (a file is missing, is not PEM, or key and certificate do not belong together).
Result<TlsContext> load_tls(const TlsFiles& files);

// A server's side of a connection on that socket; null when memory is out.
TlsSession make_tls_session(SSL_CTX& context, int socket);

}  // namespace sextant::net

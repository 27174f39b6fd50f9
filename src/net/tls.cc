#include "net/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cstring>
#include <string>
#include <string_view>

namespace sextant::net {
namespace {

std::unexpected<Error> tls_failure(const std::string& what) {
  const auto error = ERR_peek_error();  // the first has the cause
  const char* reason = ERR_SYSTEM_ERROR(error) ? std::strerror(ERR_GET_REASON(error))
                                               : ERR_reason_error_string(error);
  ERR_clear_error();
  return fail(Code::Invalid, what + ": " + (reason != nullptr ? reason : "unknown TLS error"));
}

// ALPN: HTTP/1.1 or nothing; a client that insists on h2 learns it in the handshake.
int choose_http_1_1(SSL* /*session*/, const unsigned char** chosen, unsigned char* chosen_length,
                    const unsigned char* offered, unsigned int offered_length, void* /*unused*/) {
  static constexpr unsigned char kHttp11[] = "\x08http/1.1";
  unsigned char* found = nullptr;
  if (SSL_select_next_proto(&found, chosen_length, kHttp11, sizeof(kHttp11) - 1, offered,
                            offered_length) != OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  *chosen = found;
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

void SslDelete::operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
void SslDelete::operator()(SSL* session) const { SSL_free(session); }

Result<TlsContext> load_tls(const TlsFiles& files) {
  ERR_clear_error();
  TlsContext context(SSL_CTX_new(TLS_server_method()));
  if (!context) return tls_failure("set up TLS");
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                         SSL_OP_CIPHER_SERVER_PREFERENCE |
                                         SSL_OP_IGNORE_UNEXPECTED_EOF);
  // Idle sessions keep no record buffers; a write that waits may go on from another address.
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_alpn_select_cb(context.get(), choose_http_1_1, nullptr);
  if (SSL_CTX_use_certificate_chain_file(context.get(), files.certificate_chain.c_str()) != 1) {
    return tls_failure("read the certificate chain " + files.certificate_chain);
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), files.private_key.c_str(), SSL_FILETYPE_PEM) !=
      1) {
    return tls_failure("read the private key " + files.private_key);
  }
  if (SSL_CTX_check_private_key(context.get()) != 1) {
    return tls_failure("match " + files.private_key + " with " + files.certificate_chain);
  }
  return context;
}

TlsSession make_tls_session(SSL_CTX& context, int socket) {
  TlsSession session(SSL_new(&context));
  if (!session || SSL_set_fd(session.get(), socket) != 1) return nullptr;
  SSL_set_accept_state(session.get());
  return session;
}

}  // namespace sextant::net

#pragma once
// For tests of the HTTP server and client: a server on a free port, handlers and bodies that many
// of them need, and a certificate of their own.
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include "net/http_server.h"
#include "tests/support/temporary_folder.h"

namespace sextant::test {

inline constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

// So many equal bytes, made as they are asked for.
class RepeatedBody final : public Body {
 public:
  explicit RepeatedBody(std::uint64_t bytes, bool tells_length = true)
      : left_(bytes), tells_length_(tells_length) {}
  void read(OnChunk on_chunk) override {
    const auto count = std::min<std::uint64_t>(left_, kChunkBytesMax);
    left_ -= count;
    on_chunk(std::string(count, 'x'));
  }
  std::optional<std::uint64_t> length() const override {
    return tells_length_ ? std::optional(left_) : std::nullopt;
  }

 private:
  std::uint64_t left_;
  const bool tells_length_;
};

inline net::Response text_response(int status, std::string body) {
  return {.status = status, .headers = {}, .body = make_body(std::move(body))};
}

// Answers 200 with the request's body, 400 when that cannot be read.
inline void echo(net::Request request, net::Responder respond) {
  read_all(std::move(request.body), 1 << 20,
           [respond = std::move(respond)](Result<std::string> bytes) mutable {
             if (!bytes) return respond(text_response(400, bytes.error().message));
             respond(text_response(200, *bytes));
           });
}

class ServerTest : public testing::Test {
 protected:
  void start(net::Handler handler, net::ServerOptions options = {}) {
    options.port = 0;
    auto server = net::HttpServer::start(options, std::move(handler), registry_);
    ASSERT_TRUE(server) << server.error().message;
    server_ = std::move(*server);
  }
  std::string url(const std::string& target) const {
    return "http://127.0.0.1:" + std::to_string(server_->port()) + target;
  }
  std::string secure_url(const std::string& target) const {
    return "https://127.0.0.1:" + std::to_string(server_->port()) + target;
  }
  // The value of a metric, written as Prometheus has it; -1 when there is none of that name.
  double metric(const std::string& name) const {
    const std::string text = registry_.prometheus();
    const auto at = text.find("\n" + name + " ");
    return at == std::string::npos ? -1 : std::stod(text.substr(at + name.size() + 2));
  }

  TemporaryFolder folder_;
  metrics::Registry registry_;
  std::unique_ptr<net::HttpServer> server_;
};

// Sanitizers keep what has been freed: memory is measured without them.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kMemoryIsOurs = false;
#else
inline constexpr bool kMemoryIsOurs = true;
#endif
#if defined(__SANITIZE_THREAD__)
inline constexpr bool kThreadsAreOurs = false;
#else
inline constexpr bool kThreadsAreOurs = true;
#endif

inline std::size_t peak_resident_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::size_t>(usage.ru_maxrss) * 1024;
}

// A self-signed certificate for 127.0.0.1 and its key, as files in that folder.
class TestCertificate {
 public:
  explicit TestCertificate(const std::filesystem::path& folder) {
    std::filesystem::create_directories(folder);
    files = {(folder / "chain.pem").string(), (folder / "key.pem").string()};
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"),
                                                                  EVP_PKEY_free);
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), X509_free);
    fill(certificate.get(), key.get());
    write(files.certificate_chain,
          [&](std::FILE* file) { return PEM_write_X509(file, certificate.get()); });
    write(files.private_key, [&](std::FILE* file) {
      return PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
  }
  net::TlsFiles files;

 private:
  static void fill(X509* certificate, EVP_PKEY* key) {
    constexpr long kDay = 24L * 3600L;
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_set_version(certificate, X509_VERSION_3);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -kDay);
    X509_gmtime_adj(X509_getm_notAfter(certificate), kDay);
    X509_set_pubkey(certificate, key);
    X509_NAME* name = X509_get_subject_name(certificate);
    const auto* text = reinterpret_cast<const unsigned char*>("sextant test");
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, text, -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    X509_EXTENSION* names =
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1");
    X509_add_ext(certificate, names, -1);
    X509_EXTENSION_free(names);
    X509_sign(certificate, key, EVP_sha256());
  }

  template <typename Write>
  static void write(const std::string& path, Write&& write_to) {
    const std::unique_ptr<std::FILE, decltype(&std::fclose)> file(std::fopen(path.c_str(), "w"),
                                                                  std::fclose);
    ASSERT_TRUE(file && write_to(file.get()) == 1) << path;
  }
};

}  // namespace sextant::test

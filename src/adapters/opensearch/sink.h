#pragma once
// Documents into OpenSearch or Elasticsearch over HTTP: `_bulk` with `create`, so that an id that
// is there stays as it is. One of these stands for one domain under one account's credentials.
#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/guarded.h"
#include "net/http_client.h"
#include "ports/sink.h"

namespace sextant::adapters {

struct OpenSearchSettings {
  std::string endpoint = {};  // https://search.example:9200
  std::string user = {};      // basic authentication; "" for none
  std::string password = {};  // never in a message
  std::string ca_file = {};   // PEM; "" for the system's list
  // Put before the first document; "" for none: whoever runs the domain has his own.
  std::string template_name = {};
  std::string template_json = {};
  std::chrono::milliseconds time_max{30'000};  // of one HTTP call
  std::size_t request_bytes_max = 5u << 20;    // of one bulk body; a larger document goes alone
};

class OpenSearchSink final : public ports::Sink {
 public:
  // Connects to nothing yet. Errors: Invalid (the endpoint; credentials that would travel in the
  // clear: http to another address than loopback).
  static Result<std::unique_ptr<OpenSearchSink>> open(OpenSearchSettings settings);

  Result<ports::SinkReport> put(std::string_view index,
                                std::span<const ports::Document> documents) override;
  Result<std::optional<ports::Document>> get(std::string_view index,
                                             std::string_view id) const override;
  Result<std::uint64_t> count(std::string_view index) const override;

 private:
  explicit OpenSearchSink(OpenSearchSettings settings);
  struct Piece;
  struct Call;
  Result<> put_piece(const Piece& piece, Call& call);
  Result<> halve(const Piece& piece, Call& call);
  Result<> ensure_template(Call& call);
  Result<net::ClientResponse> send(const std::string& method, const std::string& target,
                                   std::string body = {}, std::string_view type = {}) const;

  const OpenSearchSettings settings_;
  const std::string authorization_;  // "" without credentials
  std::atomic<bool> template_is_there_ = false;
  // Connections between calls; a call takes one, or makes one.
  mutable Guarded<std::vector<std::unique_ptr<net::HttpClient>>> idle_;
};

}  // namespace sextant::adapters

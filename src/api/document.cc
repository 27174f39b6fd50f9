#include "api/document.h"

#include <utility>

namespace sextant::api {
namespace {

std::unexpected<Error> refuse_size(std::string_view name) {
  return fail(
      Code::Invalid,
      "The body of this request may have at most " + std::to_string(kDocumentBytesMax) + " bytes",
      std::string(name));
}

}  // namespace

std::unexpected<Error> too_many_unverified() {
  return fail(Code::Exhausted,
              "too many requests whose signature is not yet checked are being read; try again",
              "ServiceUnavailable");
}

void read_document(std::unique_ptr<Body> body, std::shared_ptr<UnverifiedBodies::Share> share,
                   std::string_view too_large,
                   std::move_only_function<void(Result<std::string>)> on_done) {
  if (body->length().value_or(0) > kDocumentBytesMax) return on_done(refuse_size(too_large));
  auto text = std::make_shared<std::string>();
  drain(
      std::move(body),
      [text, share = std::move(share), too_large](std::string_view chunk) -> Result<> {
        if (text->size() + chunk.size() > kDocumentBytesMax) return refuse_size(too_large);
        if (share && !share->add(chunk.size())) return too_many_unverified();
        text->append(chunk);
        return {};
      },
      [text, on_done = std::move(on_done)](Result<> done) mutable {
        if (!done) return on_done(std::unexpected(std::move(done).error()));
        on_done(std::move(*text));
      });
}

}  // namespace sextant::api

#include "services/s3/received_body.h"

#include <functional>
#include <map>
#include <utility>

#include "core/body.h"
#include "core/encoding.h"
#include "ports/in_doubt.h"
#include "services/s3/checksums.h"
#include "services/s3/names.h"

namespace sextant::services::s3 {
namespace {

constexpr std::uint64_t kPutBytesMax = 5ull << 30;  // S3's limit for one PUT or part

}  // namespace

void receive_body(const std::shared_ptr<S3Context>& s3, sdk::Input input,
                  std::move_only_function<void(Result<ReceivedBody>)> on_done) {
  auto expected = expected_checksums(input.parameters);
  if (!expected) return on_done(std::unexpected(std::move(expected).error()));
  if (!input.body) input.body = make_body(std::string());
  if (input.body->length().value_or(0) > kPutBytesMax) {
    return on_done(fail(Code::Invalid, "Your proposed upload exceeds the maximum allowed size",
                        "EntityTooLarge"));
  }
  struct State {
    store::BodyWriter writer;
    ChecksumTaker taker;
    std::uint64_t size = 0;
    std::function<std::map<std::string, std::string>()> trailers;
  };
  auto state = std::make_shared<State>(
      State{s3->parts.bodies.write(), ChecksumTaker(*expected), 0, std::move(input.trailers)});
  drain(
      std::move(input.body),
      [state](std::string_view chunk) -> Result<> {
        state->size += chunk.size();
        if (state->size > kPutBytesMax) {
          return fail(Code::Invalid, "Your proposed upload exceeds the maximum allowed size",
                      "EntityTooLarge");
        }
        state->taker.update(chunk);
        auto appended = state->writer.append(chunk);
        if (!appended) return std::unexpected(as_s3_error(std::move(appended).error()));
        return {};
      },
      [state, on_done = std::move(on_done)](Result<> read) mutable {
        if (!read) return on_done(std::unexpected(as_body_error(std::move(read).error())));
        auto taken = state->taker.finish(state->trailers ? state->trailers()
                                                         : std::map<std::string, std::string>{});
        if (!taken) return on_done(std::unexpected(std::move(taken).error()));
        auto staged = state->writer.finish();
        if (!staged) return on_done(std::unexpected(as_s3_error(std::move(staged).error())));
        on_done(ReceivedBody{std::move(*staged), state->size, hex(taken->md5),
                             std::move(taken->checksum)});
      });
}

void collect_unused(const S3Context& s3, const store::StagedBody& staged, const Error& why) {
  if (!ports::may_have_happened(why) && !staged.ref.is_inline)
    s3.parts.bodies.collect({staged.ref});
}

}  // namespace sextant::services::s3

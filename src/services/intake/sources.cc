#include <boost/json.hpp>
#include <utility>

#include "core/json.h"
#include "core/time_text.h"
#include "ports/in_doubt.h"
#include "services/intake/destination.h"
#include "services/intake/handlers.h"
#include "store/keys.h"

namespace sextant::services::intake {
namespace {

constexpr std::size_t kSourcesMax = 10'000;
constexpr std::size_t kNameBytesMax = 63;
constexpr std::uint64_t kRequestsDefault = 50;
constexpr std::uint64_t kRequestsMax = 100'000;
constexpr std::uint64_t kBytesDefault = 32ull << 20;
constexpr std::uint64_t kBytesMax = 1ull << 40;

std::unexpected<Error> invalid(std::string message) {
  return fail(Code::Invalid, std::move(message), "ValidationException");
}

std::unexpected<Error> exists_already(const std::string& name) {
  return fail(Code::Conflict,
              "there is a source '" + name + "' already: revoke it first, or choose another name",
              "ResourceAlreadyExistsException");
}

std::unexpected<Error> no_such_source(const std::string& name) {
  return fail(Code::NotFound, "there is no source '" + name + "'", "ResourceNotFoundException");
}

Result<std::uint64_t> rate_of(const sdk::Input& input, std::string_view name,
                              std::uint64_t otherwise, std::uint64_t most) {
  const auto* value = json::find(input.parameters, name);
  if (value == nullptr) return otherwise;
  boost::system::error_code no_number;
  const auto number = value->to_number<std::uint64_t>(no_number);
  if (!no_number && number >= 1 && number <= most) return number;
  return invalid(std::string(name) + " must be a whole number from 1 to " + std::to_string(most));
}

Result<store::IntakeSource> wanted_source(const IntakeContext& intake, guard::Permit& permit,
                                          const sdk::Input& input) {
  store::IntakeSource source;
  source.name = json::text_or(input.parameters, "Name");
  source.kind = json::text_or(input.parameters, "Kind");
  SX_TRY_AS(source.requests_per_s,
            rate_of(input, "RequestsPerSecond", kRequestsDefault, kRequestsMax));
  SX_TRY_AS(source.bytes_per_s, rate_of(input, "BytesPerSecond", kBytesDefault, kBytesMax));
  SX_TRY_AS(auto destination,
            find_destination(*intake.parts.configuration.current(), source.name, source.kind,
                             json::text_or(input.parameters, "Bucket")));
  source.bucket = std::move(destination.bucket);
  source.prefix = std::move(destination.prefix);
  source.suffix = std::move(destination.suffix);
  SX_TRY(may_put(intake, permit, source.bucket, source.prefix + "*"));
  source.created = intake.parts.clock.now();
  source.created_by = permit.call().principal.arn;
  return source;
}

boost::json::object shown(const store::IntakeSource& source) {
  return {{"Name", source.name},
          {"Kind", source.kind},
          {"Bucket", source.bucket},
          {"Prefix", source.prefix},
          {"TokenId", source.token_id},
          {"Created", iso8601_millis(source.created)},
          {"CreatedBy", source.created_by},
          {"RequestsPerSecond", source.requests_per_s},
          {"BytesPerSecond", source.bytes_per_s}};
}

Error worded(Error error) {
  if (error.name.empty() && (error.code == Code::Exhausted || error.code == Code::Unavailable))
    error.name = "ServiceUnavailable";
  return error;
}

// That the source is, or is not, as its record says, which an earlier call in doubt may have
// changed late.
void take_up_late(const IntakePtr& intake, const std::string& name, Error error, sdk::Reply reply) {
  if (auto refreshed = intake->parts.tokens.refresh(name); !refreshed)
    return reply(std::unexpected(worded(std::move(refreshed).error())));
  reply(std::unexpected(std::move(error)));
}

// Also when nobody knows whether it happened: then the record says.
void take_up(const IntakePtr& intake, const std::string& name, const Result<ports::Committed>& done,
             sdk::Output output, sdk::Reply reply) {
  if (done || ports::may_have_happened(done.error())) {
    if (auto refreshed = intake->parts.tokens.refresh(name); !refreshed)
      return reply(std::unexpected(worded(std::move(refreshed).error())));
  }
  if (!done) return reply(std::unexpected(worded(done.error())));
  reply(std::move(output));
}

}  // namespace

Result<> check_source_name(std::string_view name) {
  constexpr std::string_view kLettersAndDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  const bool right =
      !name.empty() && name.size() <= kNameBytesMax &&
      kLettersAndDigits.find(name.front()) != std::string_view::npos &&
      name.find_first_not_of(std::string(kLettersAndDigits) + "._-") == std::string_view::npos;
  if (right) return {};
  return invalid(
      "the name of a source begins with a letter or digit, goes on with those and . _ -, and has "
      "at "
      "most 63 characters");
}

Result<> check_kind(std::string_view kind) {
  const bool right =
      !kind.empty() && kind.size() <= kNameBytesMax && kind.front() >= 'a' && kind.front() <= 'z' &&
      kind.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos;
  if (right) return {};
  return invalid("a kind of logs is lower-case letters, digits and underscores: alb, vpc_flow");
}

void create_source(const IntakePtr& intake, PermitPtr permit, sdk::Input input, sdk::Reply reply) {
  auto& tokens = intake->parts.tokens;
  auto source = wanted_source(*intake, *permit, input);
  if (!source) return reply(std::unexpected(std::move(source).error()));
  if (tokens.find_source(source->name) != nullptr) return reply(exists_already(source->name));
  if (tokens.all().size() >= kSourcesMax) {
    return reply(fail(Code::Conflict,
                      "there are " + std::to_string(kSourcesMax) + " sources, as many as may",
                      "LimitExceeded"));
  }
  auto token = guard::make_intake_token();
  source->token_id = token.id;
  source->token_sha256 = token.sha256;
  sdk::Output output;
  output.result = shown(*source);
  output.result["Token"] = token.text;  // this once
  output.result["Path"] = "/_sextant/intake/" + source->kind;
  const auto key = store::keys::intake_source(intake->parts.scope, source->name);
  ports::Batch batch;
  batch.conditions.push_back({.key = key});
  batch.puts.push_back({.key = key, .value = store::encode(*source)});
  permit->will_answer(output.result);  // which leaves the token out
  permit->commit(std::move(batch), [intake, permit, name = source->name, output = std::move(output),
                                    reply = std::move(reply)](auto done) mutable {
    if (!done && done.error().code == Code::Conflict)
      return take_up_late(intake, name, exists_already(name).error(), std::move(reply));
    take_up(intake, name, done, std::move(output), std::move(reply));
  });
}

void list_sources(const IntakePtr& intake, PermitPtr /*permit*/, sdk::Input /*input*/,
                  sdk::Reply reply) {
  boost::json::array sources;
  for (const auto& source : intake->parts.tokens.all()) sources.push_back(shown(*source));
  sdk::Output output;
  output.result["Sources"] = std::move(sources);
  reply(std::move(output));
}

void revoke_source(const IntakePtr& intake, PermitPtr permit, sdk::Input input, sdk::Reply reply) {
  const auto name = json::text_or(input.parameters, "Name");
  const auto key = store::keys::intake_source(intake->parts.scope, name);
  auto stored = intake->parts.state.get(key);
  if (!stored) return reply(std::unexpected(worded(std::move(stored).error())));
  if (!*stored) return take_up_late(intake, name, no_such_source(name).error(), std::move(reply));
  ports::Batch batch;
  batch.conditions.push_back({.key = key, .version = (*stored)->version});
  batch.erases.push_back(key);
  batch.from_reserve = true;
  permit->commit(
      std::move(batch), [intake, permit, name, reply = std::move(reply)](auto done) mutable {
        if (!done && done.error().code == Code::Conflict)
          return take_up_late(intake, name, no_such_source(name).error(), std::move(reply));
        intake->limits.forget(name);
        sdk::Output output;
        output.result["Name"] = name;
        take_up(intake, name, done, std::move(output), std::move(reply));
      });
}

}  // namespace sextant::services::intake

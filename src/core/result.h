#pragma once
// Errors are values: every call that can fail returns Result<T>, and the code says what the caller
// can do about it. HTTP status, retry rule and audit rule are each one switch over Code, in one
// place each.
#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace sextant {

enum class Code {
  Invalid,      // the request is wrong; the same request fails again
  NotFound,     // it is not there
  Conflict,     // somebody else was first: read again, then decide
  Denied,       // the caller may not
  Exhausted,    // a limit or a disk is full: later, or with less
  Unavailable,  // it did not answer, or not in time: the outcome may be unknown; retry
  Corrupt,      // stored bytes are not what was written
};

struct Error {
  Code code = Code::Invalid;
  std::string message;  // one sentence for a person: what, where, what to do
  std::string name =
      {};  // the AWS error code ("NoSuchBucket") where one is part of an API's contract

  // Adds where it happened: "open table 'alb': file is truncated".
  Error within(std::string_view context) && {
    message = std::string(context) + ": " + message;
    return std::move(*this);
  }
};

template <typename T = void>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(Code code, std::string message, std::string name = {}) {
  return std::unexpected(Error{code, std::move(message), std::move(name)});
}

template <typename T>
Result<T> within(std::string_view context, Result<T> result) {
  if (!result) return std::unexpected(std::move(result.error()).within(context));
  return result;
}

std::string_view to_string(Code code);
// What records and answers call it: the AWS error code, or else the code's own name. The view lives
// as long as the error.
std::string_view name_of(const Error& error);

// Ends the process: a broken invariant is a bug, and the supervisor restarts us.
[[noreturn]] void check_failed(const char* expression, const char* file, int line);

}  // namespace sextant

#define SX_CONCAT_(a, b) a##b
#define SX_CONCAT(a, b) SX_CONCAT_(a, b)

// Returns the error of an expression of type Result<...>; a statement, never an expression (g++ 12
// leaks).
#define SX_TRY(expression)                                                \
  do {                                                                    \
    auto sx_result = (expression);                                        \
    if (!sx_result) return std::unexpected(std::move(sx_result).error()); \
  } while (false)

// SX_TRY_AS(auto text, read_file(path)): declares `text` or returns the error.
#define SX_TRY_AS(declaration, expression) \
  SX_TRY_AS_(SX_CONCAT(sx_result_, __LINE__), declaration, expression)
#define SX_TRY_AS_(result, declaration, expression)               \
  auto result = (expression);                                     \
  if (!result) return std::unexpected(std::move(result).error()); \
  declaration = std::move(*result)

#define SX_CHECK(expression) \
  ((expression) ? void() : ::sextant::check_failed(#expression, __FILE__, __LINE__))

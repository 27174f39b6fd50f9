#pragma once
// How functions and workflows call services: AWS's own parameter names in, AWS's own member names
// out, bound to one principal and through the same gate as the wire.
#include <boost/json/object.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "core/body.h"
#include "core/result.h"

namespace sextant::sdk {

// {"Bucket": …, "Key": …}, and a body where the operation takes a blob.
struct Input {
  boost::json::object parameters;
  std::unique_ptr<Body> body = nullptr;
  // Headers that follow the body (aws-chunked trailers), lower-case names. To be asked when the
  // body has ended and still lives, as in drain()'s on_done. Empty function: none can follow.
  std::function<std::map<std::string, std::string>()> trailers = nullptr;
};

struct Output {
  boost::json::object result;
  std::unique_ptr<Body> body = nullptr;  // a blob, where the operation returns one
};

// Exactly once, from any thread. Error::name is the AWS error code.
using Reply = std::move_only_function<void(Result<Output>)>;

class ServiceCaller {
 public:
  virtual ~ServiceCaller() = default;
  // service "s3", operation "GetObject". Replies as the operation does; Denied when the gate
  // refuses, Invalid for an unknown operation. Any thread; holds none.
  virtual void call(std::string_view service, std::string_view operation, Input input,
                    Reply reply) = 0;
};

}  // namespace sextant::sdk

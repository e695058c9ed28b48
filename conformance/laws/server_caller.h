// ServerCaller: the port through which laws ask a server. Nothing is added to a request on its way,
// and each exchange leaves events in the history, so that a finding can point at them.
//
// Thread rule: one thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/contract/dialect.h"
#include "conformance/contract/stream_asked.h"
#include "core/http_message.h"
#include "core/result.h"

namespace terapi::conformance {

// What came of one request: the answer, or why there was none, and the events that show it.
struct Answer {
  core::Result<core::Response> response = core::Error{"not_asked", "nobody asked"};
  std::vector<std::size_t> events{};

  bool came() const { return response.has_value(); }
  int status() const { return came() ? response->status : 0; }
  const std::string& body() const {
    static const std::string kNone;
    return came() ? response->body : kNone;
  }
  std::string_view header(std::string_view name) const {
    return came() ? response->headers.get(name).value_or("") : std::string_view();
  }
};

class ServerCaller {
 public:
  virtual ~ServerCaller() = default;
  virtual const Dialect& dialect() const = 0;
  virtual std::string secret_key() const = 0;
  // `request.target` is in origin form.
  virtual Answer call(core::Request request) = 0;
  // One sync run: `body` is that of POST /_simulator/runs. Only for laws that write.
  virtual Answer run(std::string body) = 0;
  // Such runs and a reader's request, all at the same time, as far as the server takes them so; the
  // answers in that order.
  virtual std::vector<Answer> run_side_by_side(std::vector<std::string> bodies,
                                               core::Request read) = 0;
};

}  // namespace terapi::conformance

#include "core/transport.h"

#include <optional>

#include "core/check.h"
#include "core/url.h"

namespace terapi::core {

Result<Response> receive(const Outcome& outcome, const SendOptions& options) {
  if (outcome.wire.reset) return Error{"connection_reset", "the peer reset the connection"};
  if (outcome.wire.delay >= options.timeout || outcome.wire.stall >= options.timeout) {
    return Error{"timeout", "no complete answer within the time-out"};
  }
  if (outcome.response.body.size() > options.max_response_bytes) {
    return Error{"response_too_large", "the response has more bytes than are accepted"};
  }
  if (outcome.wire.truncate_after && *outcome.wire.truncate_after < outcome.response.body.size()) {
    return Error{"truncated_body", "the connection closed before the body was complete"};
  }
  return outcome.response;
}

Result<Response> HandlerTransport::send(const Request& request, const SendOptions& options) {
  std::optional<Result<Response>> answer;
  send(request, options, [&](Result<Response> response) { answer = std::move(response); });
  TERAPI_CHECK(answer.has_value(), "an in-process handler has to answer before it returns");
  return std::move(*answer);
}

void HandlerTransport::send(Request request, const SendOptions& options, Done done) {
  Result<Url> url = parse_url(request.target);
  if (!url) return done(url.error());
  request.target = url->target;
  if (!request.headers.get("Host")) request.headers.add("Host", url->authority());
  handler_(std::move(request), [options, done = std::move(done)](const Outcome& outcome) {
    done(receive(outcome, options));
  });
}

}  // namespace terapi::core

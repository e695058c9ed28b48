#include "core/transport.h"

#include <optional>

#include "core/check.h"
#include "core/delivery.h"

namespace terapi::core {

Result<Url> to_origin_form(Request& request) {
  Result<Url> url = parse_url(request.target);
  if (!url) return url;
  request.target = url->target;
  if (!request.headers.get("Host")) request.headers.add("Host", url->authority());
  return url;
}

void AsyncTransport::open(Request request, const SendOptions& options, Opened opened) {
  send(std::move(request), options, [opened = std::move(opened)](Result<Response> answer) {
    if (!answer) return opened(answer.error());
    opened(OpenedAnswer{*std::move(answer), nullptr});
  });
}

Result<Response> HandlerTransport::send(const Request& request, const SendOptions& options) {
  std::optional<Result<Response>> answer;
  send(request, options, [&](Result<Response> response) { answer = std::move(response); });
  TERAPI_CHECK(answer.has_value(), "an in-process handler has to answer before it returns");
  return std::move(*answer);
}

void HandlerTransport::send(Request request, const SendOptions& options, Done done) {
  if (const Result<Url> url = to_origin_form(request); !url) return done(url.error());
  if (options.on_turn) options.on_turn(request);
  handler_(std::move(request), [options, done = std::move(done)](Outcome outcome) {
    done(deliver(std::move(outcome), options).result);
  });
}

}  // namespace terapi::core

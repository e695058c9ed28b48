#include "conformance/harness/otherwise/otherwise_proxy.h"

#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <utility>

#include "core/duration.h"
#include "core/json_writer.h"
#include "core/standard_output.h"
#include "core/url.h"

namespace terapi::conformance {
namespace {

using namespace std::chrono_literals;

// Of one connection, and not of the message.
constexpr std::string_view kOfTheHop[] = {"Connection",        "Keep-Alive", "Content-Length",
                                          "Transfer-Encoding", "Host",       "TE",
                                          "Upgrade",           "Expect"};

void leave_out_hop_headers(core::Headers& headers) {
  for (const std::string_view name : kOfTheHop) headers.erase(name);
}

constexpr std::size_t kLargest = std::size_t{512} << 20U;  // of an answer
// Of a request: whoever takes bodies without an end is not right (ERR-2).
constexpr std::size_t kLargestRequest = std::size_t{32} << 20U;

}  // namespace

core::Result<std::unique_ptr<OtherwiseProxy>> OtherwiseProxy::start(core::EventLoop& loop,
                                                                    OtherwiseProxyOptions options) {
  while (options.base_url.ends_with('/')) options.base_url.pop_back();
  if (const auto url = core::parse_url(options.base_url); !url) return url.error();
  std::unique_ptr<OtherwiseProxy> proxy(new OtherwiseProxy(loop, std::move(options)));
  core::HttpServerOptions server;
  server.port = proxy->options_.port;
  server.max_body_bytes = [](std::string_view, std::string_view) { return kLargestRequest; };
  OtherwiseProxy* self = proxy.get();
  auto started = core::HttpServer::start(
      loop, std::move(server),
      self->otherwise_.around(
          [self](core::Request request, const std::function<void(core::Outcome)>& done) {
            self->pass_on(std::move(request), done);
          }));
  if (!started) return started.error();
  proxy->server_ = *std::move(started);
  return proxy;
}

OtherwiseProxy::OtherwiseProxy(core::EventLoop& loop, OtherwiseProxyOptions options)
    : options_(std::move(options)),
      otherwise_(loop.clock(), {.seed = options_.seed,
                                .metadata_key = options_.metadata_key,
                                .slowness = options_.slowness,
                                .on_sockets = true}),
      sender_(loop, {}) {}

void OtherwiseProxy::pass_on(core::Request request,
                             const std::function<void(core::Outcome)>& done) {
  const bool head = request.method == "HEAD";
  request.target = options_.base_url + request.target;
  leave_out_hop_headers(request.headers);
  core::SendOptions options;
  options.timeout = 10min;
  options.max_response_bytes = kLargest;
  sender_.send(std::move(request), options, [done, head](core::Result<core::Response> answer) {
    core::Outcome outcome;
    if (answer) {
      outcome.response = *std::move(answer);
      // That of an answer to HEAD is all that is told of its body.
      const auto length = outcome.response.headers.get("Content-Length");
      const std::string kept(head && length ? *length : std::string_view());
      leave_out_hop_headers(outcome.response.headers);
      if (!kept.empty()) outcome.response.headers.set("Content-Length", kept);
    } else {
      outcome.wire.reset = true;  // whatever has happened, there is no answer
    }
    done(std::move(outcome));
  });
}

namespace {

void tell(const std::string& base_url, const std::string& forwarded, const Temper& temper) {
  std::printf(
      "terapi-conformance ready base_url=%s\n\n"
      "%s, right and otherwise: pages %s, members and errors %s, %s; "
      "each way takes up to %s\n",
      base_url.c_str(), forwarded.c_str(),
      temper.shortens_pages ? "are short" : "are as long as asked for",
      temper.rewords ? "in another order and other words" : "as they are",
      temper.says_more ? "with more members" : "no more members",
      core::format_duration(temper.slowness).c_str());
}

void tell_as_json(const std::string& base_url, const std::string& forwarded, const Temper& temper) {
  core::json::Writer out;
  out.begin_object()
      .field("base_url", base_url)
      .field("forwards_to", forwarded)
      .field("shortens_pages", temper.shortens_pages)
      .field("rewords", temper.rewords)
      .field("says_more", temper.says_more)
      .field("slowness", core::format_duration(temper.slowness))
      .field("pid", ::getpid())
      .end_object();
  std::printf("%s\n", out.take().c_str());
}

}  // namespace

int run_otherwise_proxy(OtherwiseProxyOptions options) {
  core::EventLoop loop;
  const std::string forwarded = options.base_url;
  const bool as_json = options.json;
  const auto proxy = OtherwiseProxy::start(loop, std::move(options));
  if (!proxy) {
    std::fprintf(stderr, "terapi-conformance: %s\n", proxy.error().message.c_str());
    return 2;
  }
  (as_json ? tell_as_json : tell)((*proxy)->base_url(), forwarded, (*proxy)->temper());
  if (const auto printed = core::flush_output(); !printed) return 2;
  loop.on_signals({SIGINT, SIGTERM}, [&](int) { loop.stop(); });
  loop.run();
  return 0;
}

}  // namespace terapi::conformance

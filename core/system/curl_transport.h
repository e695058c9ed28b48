// CurlTransport: the blocking HTTP client, on libcurl. Keeps connections alive between requests to
// the same host. Redirects are not followed, proxies of the environment are not used, bodies are
// not decompressed (and no Accept-Encoding is sent unless the request has one), only http and
// https are spoken, and only HTTP/1.1.
//
// Errors, by code, are those of core/transport.h. A connection that closes without an answer is a
// "connection_reset"; one that closes within the body, "truncated_body"; a failed TLS handshake,
// "bad_response". No signals are used, so that it may run in any thread.
//
// Thread rule: one thread at a time for each instance.
//
//   CurlTransport transport;
//   Request request;
//   request.target = "http://127.0.0.1:3003/records";
//   Result<Response> page = transport.send(request);
#pragma once

#include <memory>

#include "core/transport.h"

namespace terapi::core {

class CurlTransport final : public Transport {
 public:
  CurlTransport();
  ~CurlTransport() override;
  CurlTransport(const CurlTransport&) = delete;
  CurlTransport& operator=(const CurlTransport&) = delete;

  using Transport::send;
  Result<Response> send(const Request& request, const SendOptions& options) override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace terapi::core

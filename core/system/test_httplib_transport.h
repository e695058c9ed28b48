// HttplibTransport: the blocking HTTP client, on cpp-httplib. Keeps the last connection alive.
// Redirects are not followed, proxies of the environment are not used, bodies are not decompressed,
// nothing is sent twice, and only HTTP/1.1 is spoken, without TLS. It adds Host, Accept, User-Agent
// and, for a body without one, Content-Type.
//
// For tests alone, which want a peer that shares no code with our server: no program is linked with
// it, or with cpp-httplib. Programs send with HttpSender:
// it takes what RFC 9112 lets a recipient take, tries the next address of a name in time, and needs
// a sixth of the CPU time for a page of 4 MB.
//
// Errors, by code, are those of core/transport.h. A connection that closes without an answer is a
// "connection_reset"; one that closes within the body, "truncated_body"; https, a "bad_url". The
// time-out covers everything but the look-up of the host's name.
//
// Thread rule: one thread at a time for each instance.
//
//   HttplibTransport transport;
//   Request request;
//   request.target = "http://127.0.0.1:3003/records";
//   Result<Response> page = transport.send(request);
#pragma once

#include <memory>

#include "core/transport.h"

namespace terapi::core {

class HttplibTransport final : public Transport {
 public:
  HttplibTransport();
  ~HttplibTransport() override;
  HttplibTransport(const HttplibTransport&) = delete;
  HttplibTransport& operator=(const HttplibTransport&) = delete;

  using Transport::send;
  Result<Response> send(const Request& request, const SendOptions& options) override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace terapi::core

// ResponseHead: reads one response's status line and header fields from a connection. The grammar
// is Boost.Beast's, but for what it refuses and curl takes, since a receiver that works with curl
// works: lines that end with a line feed alone (RFC 9112, 2.2), a status line that ends with the
// status (4), is written in other case, with other spaces or as HTTP/2, spaces before a colon, and
// Content-Length beside Transfer-Encoding, which counts then (6.3). A field whose name is none is
// left out, and control characters in a value are spaces. Private to core/system.
//
// Thread rule: its connection's.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/http_message.h"
#include "core/result.h"
#include "core/system/body_decoder.h"

namespace terapi::core {

class ResponseHead final : private boost::beast::http::basic_parser<false> {
 public:
  // `to_head`: it answers a HEAD request, and has no body whatever its headers say.
  ResponseHead(std::size_t max_bytes, bool to_head);

  // Takes `bytes` up to the end of the head, and says how many that were. Not to be called after
  // complete() or error().
  std::size_t take(std::string_view bytes);
  bool complete() const { return complete_; }
  const std::optional<Error>& error() const { return error_; }

  // From here on: when complete, and without error.
  Response& response() { return response_; }
  bool is_interim() const { return response_.status / 100 == 1; }
  bool allows_reuse() const { return keep_alive(); }
  // How its body ends; "response_too_large" when it announces more than `limit`.
  Result<BodyDecoder> body(std::size_t limit) const;

 private:
  using Code = boost::beast::error_code;
  using View = boost::beast::string_view;
  using Field = boost::beast::http::field;
  using Verb = boost::beast::http::verb;

  void on_request_impl(Verb, View, View, int, Code&) override {}
  void on_response_impl(int status, View reason, int version, Code& code) override;
  void on_field_impl(Field field, View name, View value, Code& code) override;
  void on_header_impl(Code& code) override;
  // The body is BodyDecoder's, so these never run. The last one exists from Boost 1.84 on.
  void on_body_init_impl(const boost::optional<std::uint64_t>&, Code&) override {}
  std::size_t on_body_impl(View, Code&) override { return 0; }
  void on_chunk_header_impl(std::uint64_t, View, Code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, View, Code&) override { return 0; }
  void on_finish_impl(Code&) override {}
  virtual void on_trailer_field_impl(Field, View, View, Code&) {}

  void take_line();
  void take_status_line();
  void take_field();
  void parse();
  void refuse(const std::string& why);

  const std::size_t max_bytes_;
  const bool to_head_;
  std::size_t bytes_ = 0;
  std::string line_;  // as it came, so far
  std::string status_line_;
  std::vector<std::string> fields_;  // lines as Beast wants them
  bool last_left_out_ = false;       // and so are the lines that go on with it
  Response response_;
  std::optional<Error> error_;
  bool complete_ = false;
  bool has_transfer_encoding_ = false;
};

}  // namespace terapi::core

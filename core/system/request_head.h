// RequestHead: reads one request's line and header fields from a connection, and judges them: what
// an HTTP/1.1 server has to refuse is refused here. The grammar is Boost.Beast's. Private to
// core/system.
//
// Thread rule: its connection's.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/http_message.h"

namespace terapi::core {

// Why a request is refused: what the edge answers.
struct RequestFault {
  int status = 400;
  std::string code = "invalid_request";
  std::string message;
};

class RequestHead final : private boost::beast::http::basic_parser<true> {
 public:
  RequestHead(std::size_t max_bytes, std::size_t max_fields);

  // Takes what it can of `bytes`, and says how much; what is left has to be given again with more
  // behind it. Not to be called after complete() or fault().
  std::size_t take(std::string_view bytes);
  bool complete() const { return complete_; }
  const std::optional<RequestFault>& fault() const { return fault_; }

  // From here on: when complete, and without fault.
  Request& request() { return request_; }
  bool http_1_1() const { return version_ == 11; }
  bool wants_keep_alive() const { return keep_alive(); }
  bool has_chunked_body() const { return chunked(); }
  std::uint64_t announced_length() const { return announced_length_; }
  bool expects_continue() const { return expects_continue_; }

 private:
  using Code = boost::beast::error_code;
  using View = boost::beast::string_view;
  using Field = boost::beast::http::field;
  using Verb = boost::beast::http::verb;

  void on_request_impl(Verb verb, View method, View target, int version, Code& code) override;
  void on_response_impl(int, View, int, Code&) override {}
  void on_field_impl(Field field, View name, View value, Code& code) override;
  void on_header_impl(Code& code) override;
  // The body is BodyDecoder's, so these never run. The last one exists from Boost 1.84 on.
  void on_body_init_impl(const boost::optional<std::uint64_t>&, Code&) override {}
  std::size_t on_body_impl(View, Code&) override { return 0; }
  void on_chunk_header_impl(std::uint64_t, View, Code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, View, Code&) override { return 0; }
  void on_finish_impl(Code&) override {}
  virtual void on_trailer_field_impl(Field, View, View, Code&) {}

  void judge();
  void judge_target();
  void judge_transfer_encoding();
  void refuse(int status, std::string code, std::string message);
  void refuse_parse_error(const Code& code, std::string_view rest);

  const std::size_t max_bytes_;
  const std::size_t max_fields_;
  std::size_t bytes_ = 0;
  Request request_;
  std::optional<RequestFault> fault_;
  std::string transfer_encoding_;
  std::uint64_t announced_length_ = 0;
  std::size_t hosts_ = 0;
  int version_ = 0;
  bool complete_ = false;
  bool expects_continue_ = false;
  bool has_transfer_encoding_ = false;
  bool has_content_encoding_ = false;
};

}  // namespace terapi::core

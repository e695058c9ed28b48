#include "core/system/request_head.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/field.hpp>
#include <limits>
#include <utility>

namespace terapi::core {
namespace {

namespace http = boost::beast::http;

std::string_view view_of(boost::beast::string_view text) { return {text.data(), text.size()}; }

// "GET / HTTP/2.0" is a request of a version that is not spoken here; anything else that has no
// good version at its end is not a request line.
bool names_another_version(std::string_view text) {
  const std::string_view line = text.substr(0, text.find('\r'));
  const std::size_t space = line.rfind(' ');
  if (std::count(line.begin(), line.end(), ' ') != 2) return false;
  const std::string_view version = line.substr(space + 1);
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return version.size() == 8 && version.starts_with("HTTP/") && is_digit(version[5]) &&
         version[6] == '.' && is_digit(version[7]);
}

}  // namespace

RequestHead::RequestHead(std::size_t max_bytes, std::size_t max_fields)
    : max_bytes_(max_bytes), max_fields_(max_fields) {
  // Both limits are this class's own: Beast counts only the rest of the header that it is given,
  // and cannot see what a body's limit is before it has read whose body it is.
  header_limit(std::numeric_limits<std::uint32_t>::max());
  body_limit(std::numeric_limits<std::uint64_t>::max());
}

std::size_t RequestHead::take(std::string_view bytes) {
  Code code;
  const std::size_t used = put(boost::asio::buffer(bytes.data(), bytes.size()), code);
  if (code && code != http::error::need_more) refuse_parse_error(code, bytes);
  bytes_ += used;
  const std::size_t held = complete_ ? 0 : bytes.size() - used;
  if (!fault_ && bytes_ + held > max_bytes_) {
    refuse(431, "headers_too_large",
           "the request line and header fields have more than " + std::to_string(max_bytes_) +
               " bytes");
  }
  if (complete_ && !fault_) judge();
  return used;
}

void RequestHead::on_request_impl(Verb, View method, View target, int version, Code&) {
  request_.method = view_of(method);
  request_.target = view_of(target);
  version_ = version;
}

void RequestHead::on_field_impl(Field field, View name, View value, Code& code) {
  if (request_.headers.size() >= max_fields_) {
    refuse(431, "headers_too_large",
           "the request has more than " + std::to_string(max_fields_) + " header fields");
    code = http::error::header_limit;
    return;
  }
  const std::string_view text = view_of(value);
  switch (field) {
    case Field::host:
      ++hosts_;
      break;
    case Field::transfer_encoding:
      has_transfer_encoding_ = true;
      transfer_encoding_ = text;
      break;
    case Field::content_encoding:
      has_content_encoding_ |= !text.empty() && !equals_ignoring_case(text, "identity");
      break;
    case Field::expect:
      expects_continue_ |= equals_ignoring_case(text, "100-continue");
      break;
    default:
      break;
  }
  request_.headers.add(std::string(view_of(name)), std::string(text));
}

void RequestHead::on_header_impl(Code&) { complete_ = true; }

void RequestHead::judge() {
  announced_length_ = content_length().value_or(0);
  expects_continue_ &= http_1_1();
  judge_target();
  judge_transfer_encoding();
  if (hosts_ > 1 || (hosts_ == 0 && http_1_1())) {
    refuse(400, "invalid_request",
           hosts_ == 0 ? "the request has no Host header" : "the request has two Host headers");
  }
  if (has_content_encoding_) {
    refuse(415, "unsupported_media_type",
           "the request body has a Content-Encoding; send it without one");
  }
}

void RequestHead::judge_target() {
  std::string& target = request_.target;
  // RFC 9112, 3.2.2: a server accepts the absolute form, too.
  const std::size_t scheme = target.find("://");
  if (scheme != std::string::npos && scheme < target.find('/')) {
    const std::size_t path = target.find_first_of("/?", scheme + 3);
    target.erase(0, path);
    if (!target.starts_with('/')) target.insert(0, "/");
  }
  const bool other_form = request_.method == "CONNECT" || target == "*";
  if (!target.starts_with('/') && !other_form) {
    refuse(400, "invalid_request", "the request target does not start with '/'");
  }
}

void RequestHead::judge_transfer_encoding() {
  if (!has_transfer_encoding_) return;
  if (!http_1_1()) {
    refuse(400, "invalid_request", "an HTTP/1.0 request cannot have a Transfer-Encoding");
  } else if (!equals_ignoring_case(transfer_encoding_, "chunked") || !chunked()) {
    refuse(501, "not_implemented",
           "'chunked' is the only transfer encoding that is implemented, and only by itself");
  } else if (request_.headers.count("Content-Length") != 0) {
    refuse(400, "invalid_request", "the request has both Content-Length and Transfer-Encoding");
  }
}

// The first fault stands.
void RequestHead::refuse(int status, std::string code, std::string message) {
  if (!fault_) fault_ = RequestFault{status, std::move(code), std::move(message)};
}

void RequestHead::refuse_parse_error(const Code& code, std::string_view rest) {
  if (code == http::error::bad_version && names_another_version(rest)) {
    refuse(505, "http_version_not_supported", "only HTTP/1.1 and HTTP/1.0 are supported");
  } else if (code == http::error::header_limit) {
    refuse(431, "headers_too_large", "the header is too large");
  } else if (code == http::error::bad_content_length) {
    refuse(400, "invalid_request",
           "the Content-Length is not one whole number, or comes with a Transfer-Encoding");
  } else if (code == http::error::bad_transfer_encoding) {
    refuse(400, "invalid_request",
           "the request has two Transfer-Encodings, or one with a Content-Length");
  } else {
    refuse(400, "invalid_request", "this is not an HTTP/1.1 request: " + code.message());
  }
}

}  // namespace terapi::core

#include "core/system/response_head.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/field.hpp>
#include <limits>
#include <utility>

#include "core/system/message_head.h"

namespace terapi::core {

namespace http = boost::beast::http;

ResponseHead::ResponseHead(std::size_t max_bytes, bool to_head)
    : max_bytes_(max_bytes), to_head_(to_head) {
  // The limits are this class's and BodyDecoder's.
  header_limit(std::numeric_limits<std::uint32_t>::max());
  body_limit(std::numeric_limits<std::uint64_t>::max());
  if (to_head) skip(true);
}

std::size_t ResponseHead::take(std::string_view bytes) {
  std::size_t used = 0;
  while (used < bytes.size() && !complete_ && !error_) {
    const std::size_t end = bytes.find('\n', used);
    const std::size_t stop = end == std::string_view::npos ? bytes.size() : end + 1;
    line_ += bytes.substr(used, stop - used);
    bytes_ += stop - used;
    used = stop;
    if (bytes_ > max_bytes_) {
      error_ = Error{"bad_response",
                     "the answer's header has more than " + std::to_string(max_bytes_) + " bytes"};
    } else if (end != std::string_view::npos) {
      take_line();
    } else if (!has_status_ && !std::string_view("HTTP/1.").starts_with(line_.substr(0, 7))) {
      error_ = Error{"bad_response", "the answer is not HTTP/1.1"};  // and may never end
    }
  }
  return used;
}

void ResponseHead::take_line() {
  line_.pop_back();
  if (line_.ends_with('\r')) line_.pop_back();
  constexpr std::size_t kStatusEnd = std::string_view("HTTP/1.1 200").size();
  if (!std::exchange(has_status_, true) && line_.size() == kStatusEnd) line_ += ' ';
  text_ += line_;
  text_ += "\r\n";
  line_.clear();
  parse();
}

void ResponseHead::parse() {
  Code code;
  text_.erase(0, put(boost::asio::buffer(text_), code));
  if (code && code != http::error::need_more) {
    error_ = Error{"bad_response", "the answer is not HTTP/1.1: " + code.message()};
  }
}

void ResponseHead::on_response_impl(int status, View, int, Code&) { response_.status = status; }

void ResponseHead::on_field_impl(Field field, View name, View value, Code&) {
  if (field == Field::transfer_encoding) has_transfer_encoding_ = true;
  response_.headers.add(std::string(name.data(), name.size()),
                        std::string(value.data(), value.size()));
}

void ResponseHead::on_header_impl(Code&) { complete_ = true; }

Result<BodyDecoder> ResponseHead::body(std::size_t limit) const {
  if (to_head_ || is_bodyless_status(response_.status)) return BodyDecoder();
  if (chunked()) return BodyDecoder::chunked(limit, BodyDecoder::LineEnd::kAlsoBare);
  if (has_transfer_encoding_) {
    return Error{"bad_response", "the answer has a transfer encoding other than 'chunked'"};
  }
  const auto length = content_length();
  if (!length) return BodyDecoder::until_close(limit);
  if (*length > limit) {
    return Error{"response_too_large", "the answer announces " + std::to_string(*length) +
                                           " bytes; at most " + std::to_string(limit) +
                                           " are accepted"};
  }
  return BodyDecoder::of_length(*length);
}

}  // namespace terapi::core

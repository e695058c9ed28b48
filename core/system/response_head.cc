#include "core/system/response_head.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/field.hpp>
#include <limits>

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
  Code code;
  const std::size_t used = put(boost::asio::buffer(bytes.data(), bytes.size()), code);
  if (code && code != http::error::need_more) {
    error_ = Error{"bad_response", "the answer is not HTTP/1.1: " + code.message()};
  }
  bytes_ += used;
  if (!error_ && bytes_ + (complete_ ? 0 : bytes.size() - used) > max_bytes_) {
    error_ = Error{"bad_response",
                   "the answer's header has more than " + std::to_string(max_bytes_) + " bytes"};
  }
  return used;
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
  if (chunked()) return BodyDecoder::chunked(limit);
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

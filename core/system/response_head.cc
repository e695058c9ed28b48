#include "core/system/response_head.h"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/field.hpp>
#include <limits>
#include <utility>

#include "core/system/message_head.h"

namespace terapi::core {

namespace {

constexpr std::string_view kFieldBlanks = " \t";
constexpr std::string_view kHttp = "HTTP/";
constexpr std::string_view kContentLength = "Content-Length";
constexpr std::string_view kTransferEncoding = "Transfer-Encoding";

// So far as it has come.
bool begins_as_http(std::string_view line) {
  const std::size_t size = std::min(line.size(), kHttp.size());
  return equals_ignoring_case(line.substr(0, size), kHttp.substr(0, size));
}

bool is_known_version(std::string_view version) {
  constexpr std::array<std::string_view, 6> kVersions = {"1.1", "1.0", "2", "2.0", "3", "3.0"};
  return std::find(kVersions.begin(), kVersions.end(), version) != kVersions.end();
}

bool is_field_control(char c) {
  return (static_cast<unsigned char>(c) < 0x20U && c != '\t') || c == 0x7F;
}

// RFC 9110, 5.6.2.
bool is_field_name(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           kMarks.find(c) != std::string_view::npos;
  });
}

bool names_field(std::string_view field, std::string_view name) {
  return field.size() > name.size() && field[name.size()] == ':' &&
         equals_ignoring_case(field.substr(0, name.size()), name);
}

}  // namespace

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
    } else if (status_line_.empty() && !begins_as_http(line_)) {
      refuse("the answer is not HTTP/1.1");  // and may never end
    }
  }
  return used;
}

void ResponseHead::refuse(const std::string& why) { error_ = Error{"bad_response", why}; }

void ResponseHead::take_line() {
  line_.pop_back();
  while (line_.ends_with('\r')) line_.pop_back();
  if (status_line_.empty()) {
    take_status_line();
  } else if (line_.empty()) {
    parse();
  } else {
    take_field();
  }
  line_.clear();
}

// Without its reason, which means nothing (4).
void ResponseHead::take_status_line() {
  const std::size_t version_end = std::min(line_.find_first_of(kFieldBlanks), line_.size());
  const std::size_t status =
      std::min(line_.find_first_not_of(kFieldBlanks, version_end), line_.size());
  const std::string_view version = std::string_view(line_).substr(0, version_end);
  const std::string_view digits = std::string_view(line_).substr(status, 3);
  const bool is_status = digits.size() == 3 &&
                         digits.find_first_not_of("0123456789") == std::string_view::npos &&
                         (status + 3 == line_.size() ||
                          kFieldBlanks.find(line_[status + 3]) != std::string_view::npos);
  const bool is_http = version.size() > kHttp.size() && begins_as_http(version) &&
                       is_known_version(version.substr(kHttp.size()));
  if (!is_http || !is_status) {
    return refuse("the answer is not HTTP/1.1: its first line is no status line");
  }
  status_line_ = version.ends_with("1.0") ? "HTTP/1.0 " : "HTTP/1.1 ";
  status_line_ += digits;
  status_line_ += ' ';
}

void ResponseHead::take_field() {
  if (line_.find('\0') != std::string::npos) {
    return refuse("the answer is not HTTP/1.1: a header field holds NUL");
  }
  std::replace_if(line_.begin(), line_.end(), is_field_control, ' ');
  if (kFieldBlanks.find(line_.front()) != std::string_view::npos) {  // goes on with the one before
    if (!last_left_out_ && !fields_.empty()) fields_.back() += "\r\n" + line_;
    return;
  }
  const std::size_t colon = line_.find(':');
  if (colon == std::string::npos) {
    return refuse("the answer is not HTTP/1.1: a header field has no colon");
  }
  const std::size_t end = line_.find_last_not_of(kFieldBlanks, colon == 0 ? 0 : colon - 1);
  const std::string name = colon == 0 ? "" : line_.substr(0, end + 1);
  last_left_out_ = !is_field_name(name);
  if (last_left_out_) return;
  has_transfer_encoding_ = has_transfer_encoding_ || equals_ignoring_case(name, kTransferEncoding);
  fields_.push_back(name + line_.substr(colon));
}

void ResponseHead::parse() {
  std::string text = status_line_ + "\r\n";
  for (const std::string& field : fields_) {
    if (has_transfer_encoding_ && names_field(field, kContentLength)) continue;
    text += field;
    text += "\r\n";
  }
  text += "\r\n";
  fields_.clear();
  Code code;
  put(boost::asio::buffer(text), code);
  if (code) refuse("the answer is not HTTP/1.1: " + code.message());
}

void ResponseHead::on_response_impl(int status, View, int, Code&) { response_.status = status; }

void ResponseHead::on_field_impl(Field, View name, View value, Code&) {
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

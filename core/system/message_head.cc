#include "core/system/message_head.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

namespace terapi::core {
namespace {

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

void append_safe(std::string& out, std::string_view text) {
  const std::size_t begin = out.size();
  out += text;
  std::replace_if(out.begin() + static_cast<std::ptrdiff_t>(begin), out.end(), is_control, ' ');
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  append_safe(out, name);
  out += ": ";
  append_safe(out, value);
  out += "\r\n";
}

template <typename T>
void append_number(std::string& out, T number) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

// Length first, because most names have another one.
bool is_name(std::string_view name, std::string_view other) {
  return name.size() == other.size() && equals_ignoring_case(name, other);
}

// Fields that only the connection can know.
bool is_framing(std::string_view name) {
  return is_name(name, "Content-Length") || is_name(name, "Connection") ||
         is_name(name, "Transfer-Encoding") || is_name(name, "Keep-Alive");
}

}  // namespace

std::string http_date(std::time_t time) {
  static constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::tm parts{};
  ::gmtime_r(&time, &parts);
  std::array<char, 64> text;
  const int size = std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                                 kDays.at(static_cast<std::size_t>(parts.tm_wday)), parts.tm_mday,
                                 kMonths.at(static_cast<std::size_t>(parts.tm_mon)),
                                 parts.tm_year + 1900, parts.tm_hour, parts.tm_min, parts.tm_sec);
  return {text.data(), static_cast<std::size_t>(size)};
}

void append_response_head(std::string& out, const Response& response,
                          const ResponseFraming& framing) {
  out += "HTTP/1.1 ";
  append_number(out, response.status);
  if (framing.gives_reason) {
    out += ' ';
    out += reason_phrase(response.status);
  }
  out += "\r\n";
  bool has_date = false;
  bool offers_upgrade = false;  // which the connection has to know of, too (RFC 9110, 7.8)
  for (const auto& [name, value] : response.headers) {
    if (name.empty() || is_framing(name)) continue;
    has_date |= is_name(name, "Date");
    offers_upgrade |= is_name(name, "Upgrade");
    append_field(out, name, value);
  }
  if (!has_date) append_field(out, "Date", framing.date);
  if (framing.content_length) {
    out += "Content-Length: ";
    append_number(out, *framing.content_length);
    out += "\r\n";
  }
  if (framing.chunked) out += "Transfer-Encoding: chunked\r\n";
  if (offers_upgrade) {
    append_field(out, "Connection", "Upgrade");
  }
  if (!framing.connection.empty()) append_field(out, "Connection", framing.connection);
  if (framing.keep_alive_seconds > 0) {
    out += "Keep-Alive: timeout=";
    append_number(out, framing.keep_alive_seconds);
    out += "\r\n";
  }
  out += "\r\n";
}

void append_request_head(std::string& out, const Request& request, const Url& url) {
  append_safe(out, request.method);
  out += ' ';
  append_safe(out, url.target);
  out += " HTTP/1.1\r\n";
  if (!request.headers.get("Host")) append_field(out, "Host", url.authority());
  for (const auto& [name, value] : request.headers) {
    if (!name.empty() && !is_framing(name)) append_field(out, name, value);
  }
  const bool usual =
      request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
  if (usual || !request.body.empty()) {
    out += "Content-Length: ";
    append_number(out, request.body.size());
    out += "\r\n";
  }
  out += "\r\n";
}

bool is_bodyless_status(int status) { return status / 100 == 1 || status == 204 || status == 304; }

}  // namespace terapi::core

#include "core/shown_url.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "core/url.h"

namespace terapi::core {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

// Where the URL that begins at the start of `text` ends, within a sentence.
std::size_t end_of_url(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (c <= 0x20 || c == '"' || c == '<' || c == '>' || c == '`' || c == '\\') return at;
    // An apostrophe may belong to it; one that closes a quotation is followed by something else.
    if (c == '\'' &&
        (at + 1 == text.size() || std::string_view(" ,;:.)]}\n").find(text[at + 1]) != kNone)) {
      return at;
    }
  }
  return text.size();
}

std::string lower_name(std::string_view name) {
  std::string text = percent_decode(name, true).value_or(std::string(name));
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  std::erase_if(text, [](char c) { return c == '_' || c == '-' || c == '.'; });
  return text;
}

bool says_secret(std::string_view name) {
  static constexpr auto kParts = std::to_array<std::string_view>(
      {"token", "secret", "password", "passwd", "apikey", "accesskey", "privatekey", "credential",
       "signature", "signingkey", "authorization", "session"});
  static constexpr auto kWhole =
      std::to_array<std::string_view>({"key", "sig", "auth", "pass", "pwd", "jwt"});
  const std::string plain = lower_name(name);
  return std::find(kWhole.begin(), kWhole.end(), plain) != kWhole.end() ||
         std::any_of(kParts.begin(), kParts.end(),
                     [&](std::string_view part) { return plain.find(part) != kNone; });
}

// "host", "host:80", "[::1]:80".
bool is_host(std::string_view authority) {
  const std::size_t colon = authority.rfind(':');
  if (colon == kNone || authority.ends_with(']')) return true;
  return authority.find_first_not_of("0123456789", colon + 1) == kNone;
}

// Up to the end of one parameter of a query.
std::size_t end_of_parameter(std::string_view query) {
  return std::min(query.find('&'), query.size());
}

// Appends `text`, which holds no whole URL, without the values that its parameters' names give
// away.
void append_plain(std::string& out, std::string_view text) {
  std::size_t written = 0;
  for (std::size_t equals = text.find('='); equals != kNone; equals = text.find('=', equals)) {
    std::size_t begin = equals;
    while (begin > written && std::string_view("?& \"'\n\t,;").find(text[begin - 1]) == kNone) {
      --begin;
    }
    const bool starts = begin == 0 || text[begin - 1] == '?' || text[begin - 1] == '&';
    ++equals;
    if (!starts || !says_secret(text.substr(begin, equals - 1 - begin))) continue;
    const std::string_view rest = text.substr(equals);
    const std::size_t length = std::min({end_of_url(rest), end_of_parameter(rest), rest.find('#')});
    if (length == 0) continue;
    out.append(text.substr(written, equals - written)).append(kHidden);
    written = equals + length;
    equals = written;
  }
  out.append(text.substr(written));
}

}  // namespace

std::string shown_query(std::string_view query) {
  std::string out;
  while (!query.empty()) {
    const std::size_t end = end_of_parameter(query);
    const std::string_view parameter = query.substr(0, end);
    const std::size_t equals = parameter.find('=');
    if (equals != kNone) {
      out.append(parameter.substr(0, equals + 1));
      if (equals + 1 < parameter.size()) out.append(kHidden);
    } else if (!parameter.empty()) {
      out.append(kHidden);
    }
    if (end < query.size()) out += '&';
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return out;
}

std::string shown_url(std::string_view url) {
  const std::size_t hash = url.find('#');
  const bool fragment = hash != kNone && hash + 1 < url.size();
  url = url.substr(0, hash);
  const std::size_t mark = url.find('?');
  std::string_view before = url.substr(0, mark);
  std::string out;
  const std::size_t colon = before.find("://");
  if (colon != kNone) {
    out = before.substr(0, colon + 3);
    before.remove_prefix(colon + 3);
  }
  // A password may hold a slash where it should not: until the last '@', and not only in the host.
  // (A path with an '@', "/@scope/x", is only taken for one where what stands before it is no
  // host.)
  const std::string_view authority = before.substr(0, before.find('/'));
  std::size_t at = authority.rfind('@');
  if (at == kNone && !is_host(authority)) at = before.rfind('@');
  if (at != kNone) {
    out.append(kHidden);
    before.remove_prefix(at);
  }
  out.append(before);
  if (mark != kNone) out.append("?").append(shown_query(url.substr(mark + 1)));
  if (fragment) out.append("#").append(kHidden);
  return out;
}

std::string without_url_secrets(std::string_view text) {
  if (text.find('=') == kNone && text.find("://") == kNone) return std::string(text);
  std::string out;
  out.reserve(text.size() + kHidden.size());
  std::size_t written = 0;
  for (std::size_t at = text.find("://"); at != kNone; at = text.find("://", at)) {
    std::size_t begin = at;
    const auto in_scheme = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' || c == '-' || c == '.';
    };
    while (begin > written && in_scheme(text[begin - 1])) --begin;
    const std::size_t length = end_of_url(text.substr(begin));
    append_plain(out, text.substr(written, begin - written));
    if (begin + length <= at) {  // its end stands before it: no URL
      out.append(text.substr(begin, at + 3 - begin));
      written = at + 3;
    } else {
      out.append(shown_url(text.substr(begin, length)));
      written = begin + length;
    }
    at = std::max(written, at + 3);
  }
  append_plain(out, text.substr(written));
  return out;
}

}  // namespace terapi::core

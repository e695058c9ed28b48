#include "client/stream.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "core/url.h"
#include "core/utf8.h"

namespace terapi::client {
namespace {

core::Error bad_stream(std::string_view text, std::string_view why) {
  return {"bad_stream", "stream \"" + std::string(text) + "\": " + std::string(why) +
                            "; expected INTEGRATION/CONNECTION/MODEL or "
                            "INTEGRATION/CONNECTION/MODEL/VARIANT"};
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

std::string escaped(std::string_view part) {
  std::string out;
  for (const char c : part) {
    if (c == '%') {
      out += "%25";
    } else if (c == '/') {
      out += "%2F";
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

core::Result<Stream> parse_stream(std::string_view text) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  while (true) {
    const std::size_t slash = text.find('/', begin);
    const std::string_view part = text.substr(begin, slash - begin);
    if (part.empty()) return bad_stream(text, "a part is empty");
    auto decoded = core::percent_decode(part, false);
    if (!decoded) return bad_stream(text, decoded.error().message);
    if (!core::is_utf8(*decoded)) return bad_stream(text, "a part is not UTF-8");
    if (std::any_of(decoded->begin(), decoded->end(), is_control)) {
      return bad_stream(text, "a part holds a control character, which no header can carry");
    }
    parts.push_back(std::move(*decoded));
    if (slash == std::string_view::npos) break;
    begin = slash + 1;
  }
  if (parts.size() < 3) return bad_stream(text, "too few parts");
  if (parts.size() > 4) return bad_stream(text, "too many parts");
  Stream stream{parts[0], parts[1], parts[2]};
  if (parts.size() == 4) stream.variant = parts[3];
  return stream;
}

std::string to_string(const Stream& stream) {
  std::string text =
      escaped(stream.integration) + "/" + escaped(stream.connection) + "/" + escaped(stream.model);
  if (stream.variant != kBaseVariant) text += "/" + escaped(stream.variant);
  return text;
}

}  // namespace terapi::client

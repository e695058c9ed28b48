// GET /_simulator, GET /_simulator/page/{name}: the page for browsers, and the files that it loads.
#include <algorithm>

#include "core/random.h"
#include "simulator/api/api_error.h"
#include "simulator/control/control_api.h"
#include "simulator/control/embedded_page.h"

namespace terapi::simulator {
namespace {

std::string_view content_type(std::string_view name) {
  if (name.ends_with(".html")) return "text/html; charset=utf-8";
  if (name.ends_with(".css")) return "text/css; charset=utf-8";
  return "text/javascript; charset=utf-8";
}

void reply_file(std::string_view name, const Reply& reply) {
  const auto files = page_files();
  const auto found = std::find_if(files.begin(), files.end(),
                                  [&](const auto& file) { return file.first == name; });
  if (found == files.end()) {
    return reply(ApiError{404, "no_such_file", "the page has no file '" + std::string(name) + "'"});
  }
  core::Response response;
  response.headers.add("Content-Type", std::string(content_type(name)));
  response.headers.add("Content-Security-Policy",
                       "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' "
                       "data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
                       "frame-ancestors 'none'");
  response.headers.add("X-Content-Type-Options", "nosniff");
  response.headers.add("Cache-Control", "no-cache");
  response.body = std::string(found->second);
  reply(std::move(response));
}

// A provider's logo, "github.svg": its first letter on a colour of its own. Real ones are their
// owners' trade marks.
void reply_logo(const ControlCall& call, const Reply& reply) {
  const std::string& name = call.parts.at("name");
  const char first = name.empty() ? '?' : name.front();
  const bool letter = (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z');
  const std::string hue = std::to_string(core::hash64(0, name) % 360);
  core::Response response;
  response.headers.add("Content-Type", "image/svg+xml");
  response.headers.add("Cache-Control", "max-age=3600");
  response.body =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 32 32\">"
      "<rect width=\"32\" height=\"32\" rx=\"7\" fill=\"hsl(" +
      hue +
      ",45%,42%)\"/><text x=\"16\" y=\"22\" text-anchor=\"middle\" font-family=\"sans-serif\" "
      "font-size=\"17\" font-weight=\"600\" fill=\"#fff\">" +
      std::string(1, letter ? static_cast<char>(first & ~0x20) : '?') + "</text></svg>";
  reply(std::move(response));
}

}  // namespace

void add_page_routes(ControlRouter& router) {
  router.add("GET", "/_simulator",
             [](const ControlCall&, const Reply& reply) { reply_file("index.html", reply); });
  router.add("GET", "/_simulator/page/{name}", [](const ControlCall& call, const Reply& reply) {
    reply_file(call.parts.at("name"), reply);
  });
  router.add("GET", "/_simulator/logos/{name}", reply_logo);
}

}  // namespace terapi::simulator

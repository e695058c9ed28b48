#include "client/program/listen_address.h"

#include <utility>

#include "core/parse_number.h"

namespace terapi::client {

core::Result<ListenAddress> parse_listen_address(std::string_view text) {
  const core::Error wrong{"bad_usage", "'" + std::string(text) +
                                           "' is not an address; expected HOST:PORT, such as "
                                           "127.0.0.1:8080 or [::1]:8080 (port 0: any free one)"};
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return wrong;
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (host.empty() || host.find_first_of("[]/@ ") != std::string_view::npos) return wrong;
  if (!bracketed && host.find(':') != std::string_view::npos) return wrong;
  const auto number = core::parse_number<std::uint16_t>(port);
  if (!number) return wrong;
  return ListenAddress{std::string(host), *number};
}

}  // namespace terapi::client

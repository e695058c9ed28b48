// ListenAddress: the HOST:PORT of --listen and --metrics. A value.
//
//   parse_listen_address("127.0.0.1:0")   // any free port
//   parse_listen_address("[::1]:8080")
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"

namespace terapi::client {

struct ListenAddress {
  std::string host;  // without brackets
  std::uint16_t port = 0;
};

// Code "bad_usage", saying what was expected.
core::Result<ListenAddress> parse_listen_address(std::string_view text);

}  // namespace terapi::client

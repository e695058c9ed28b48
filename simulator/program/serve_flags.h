// ServeFlags: the flags of `terapi-simulator serve` and `exec`. A value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/flags.h"
#include "simulator/observation/log_book.h"

namespace terapi::simulator {

struct ServeFlags {
  std::string host = "127.0.0.1";
  std::uint64_t port = 3003;
  std::string world;
  std::string data;
  std::vector<std::string> loads;
  std::string clock = "system";
  std::optional<core::Time> start;  // of a virtual clock; none: 2024-01-01T00:00:00Z
  std::uint64_t seed = 1;
  std::string dialect = "terapi";
  std::vector<std::string> quirks;
  std::vector<std::string> webhook_urls;
  std::string secret_key;
  std::string ready_file;
  std::string log_format = "text";
  LogLevel log_level = LogLevel::kInfo;
  std::string control_token;
  std::vector<std::string> allowed_base_urls;
  std::uint64_t max_control_body_mib = 64;
  std::optional<std::uint64_t> stop_with_fd;  // see lifeline.h
  bool hints = false;

  void add_to(core::Flags& flags);
};

}  // namespace terapi::simulator

// ServeFlags: the flags of `terapi-simulator serve` and `exec`, and what a project file says in
// place of those that are not given. A value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/flags.h"
#include "core/result.h"
#include "project/project_flags.h"
#include "simulator/observation/log_book.h"

namespace terapi::simulator {

struct ServeFlags {
  std::string host = "127.0.0.1";
  std::uint64_t port = 3003;
  std::string world;
  // A world that stands in the project file, in place of a file of its own; empty: none does.
  std::string world_text;
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
  bool json = false;
  bool for_tests = false;
  project::ProjectFlags project_flags;
  project::ProjectUse project;  // since it was read

  void add_to(core::Flags& flags);
  enum class For : std::uint8_t { kServe, kExec };
  // The command line, and the project file. What is left of the arguments; codes "bad_usage", and
  // those of ProjectFlags::apply.
  core::Result<std::vector<std::string>> read(const std::vector<std::string>& arguments,
                                              For command);
};

}  // namespace terapi::simulator

// ReadFlags: the flags of `terapi-sync dump` and `status`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/flags.h"
#include "core/result.h"

namespace terapi::client {

struct ReadFlags {
  enum class For : std::uint8_t { kDump, kStatus };
  std::string database;
  std::vector<std::string> streams;  // dump only
  bool json = false;                 // status only

  void add_to(core::Flags& flags, For command);
  // Code "bad_usage".
  static core::Result<ReadFlags> parse(const std::vector<std::string>& arguments, For command);
};

}  // namespace terapi::client

// ReadyFile: tells whoever started the program that it is running, and where it listens.
#pragma once

#include <string>

#include "core/result.h"

namespace terapi::client {

struct ReadyFile {
  std::string webhook_url;  // "": none
  std::string metrics_url;  // "": none

  // {"webhook_url":"http://…","metrics_url":null,"pid":1234}, with this process's id.
  std::string json() const;
  // Written beside and renamed, so that whoever sees it sees all of it. Code "no_file".
  core::Result<void> write(const std::string& path) const;
};

}  // namespace terapi::client

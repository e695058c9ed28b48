// ReadyFile: tells the program's caller that it is running, and where it listens.
#pragma once

#include <string>

#include "core/result.h"

namespace terapi::client {

struct ReadyFile {
  std::string webhook_url;  // "": none
  std::string metrics_url;  // "": none

  // {"webhook_url":"http://…","metrics_url":null,"pid":1234}, with this process's id.
  std::string json() const;
  // Written beside it and renamed, so that a reader sees all of it or nothing; what is no regular
  // file is written to (core/replace_file.h). Code "no_file".
  core::Result<void> write(const std::string& path) const;
  // Once it does not run any more; not if another process has written there meanwhile.
  void remove(const std::string& path) const;
};

}  // namespace terapi::client

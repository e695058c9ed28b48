// LogLine: something that the user should know, as a line of text or of JSON. Pure.
//
//   terapi-sync: warning: github/demo/Issue: the server answered 503; trying again in 1s
//   {"time":"2026-…","level":"warning","stream":"github/demo/Issue","message":"the server …"}
#pragma once

#include <string>

#include "client/sync_options.h"
#include "core/clock.h"

namespace terapi::client {

struct LogLine {
  core::Time time{};
  SyncEvent::Level level = SyncEvent::Level::kInfo;
  std::string stream;  // empty: about none
  std::string message;
};

// Each with its line end. What came from a server cannot steer a terminal or fake a line.
std::string log_text(const LogLine& line);
std::string log_json(const LogLine& line);

}  // namespace terapi::client

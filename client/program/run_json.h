// RunJson: what `terapi-sync run --json` prints, a JSON object a line: where it listens, once it
// runs, and how each stream stands, once it has ended. Pure functions; each text has its line end.
#pragma once

#include <string>
#include <vector>

#include "client/program/ready_file.h"
#include "client/stream_progress.h"

namespace terapi::client {

// {"event":"ready","webhook_url":null,"metrics_url":null,"pid":1234}
std::string ready_line(const ReadyFile& ready);
// {"event":"ended","exit_code":0,"streams":[{"stream","records","changed","pages","bytes","error"}]}
std::string ended_line(int exit_code, const std::vector<StreamProgress>& streams);

}  // namespace terapi::client

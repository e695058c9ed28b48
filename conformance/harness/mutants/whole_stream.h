// WholeStream: all records of a stream as a handler serves them, and pages of them served again by
// a mutant's own rules. For mutants that need to see more than one page at once.
//
//   read_stream(inner, request, [&](std::optional<WholeStream> stream) {
//     stream->sort();
//     ChangedPage page = stream->page(target);
//   });
//
// Thread rule: the driver's thread; an in-process handler answers at once.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "conformance/harness/mutants/changed_page.h"
#include "conformance/harness/mutants/records_target.h"
#include "core/http_message.h"
#include "core/transport.h"

namespace terapi::conformance {

struct WholeStream {
  std::vector<ChangedRecord> records;

  // By what their cursors say.
  void sort();
  // What the query asks for: cursor, modified_after, filter, ids and limit (REC-9).
  ChangedPage page(const RecordsTarget& asked) const;
};

// Reads the stream that `like` asks for, whatever part of it that is. Nothing when it cannot be
// read.
void read_stream(const core::Handler& inner, const core::Request& like,
                 const std::function<void(std::optional<WholeStream>)>& done);

// As above, from a handler that answers at once; empty when it cannot be read.
WholeStream stream_of_run(const core::Handler& inner, const core::Request& run);
// The name that a run's stream and a request's have in common: "github/demo/Issue/base".
std::string stream_name(const core::Request& request);

// A call of the control API, answered at once; the body of its answer, "" for an error.
std::string control_call(const core::Handler& inner, const std::string& method,
                         const std::string& path, std::string body = "");
// True for POST /_simulator/runs.
bool is_run(const core::Request& request);

}  // namespace terapi::conformance

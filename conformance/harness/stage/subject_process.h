// SubjectProcess: the reference client as a client under test: a process that is told everything by
// its environment (TERAPI_BASE_URL and so on), with one defect where a mutant is named. So the
// judge's work over HTTP, too, is put to the test with known-bad subjects.
//
// Thread rule: main's.
#pragma once

#include <string>

#include "conformance/harness/mutants/client_mutant.h"
#include "core/result.h"

namespace terapi::conformance {

// Syncs until SIGTERM or SIGINT; the exit code. `mutant` may be null. Codes "bad_environment" and
// those of the store and the server.
core::Result<int> run_subject(const ClientMutant* mutant);

// Prints what it has stored, in the dump format, on standard output.
core::Result<void> dump_subject();

}  // namespace terapi::conformance

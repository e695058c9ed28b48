// MeasureFlags: the command line of `terapi-conformance measure`. A value.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "conformance/harness/measure/measuring.h"
#include "core/flags.h"
#include "core/result.h"
#include "project/project_flags.h"

namespace terapi::conformance {

struct MeasureFlags {
  std::vector<MeasuredClient> clients;  // as they were given, without the reference
  std::vector<MeasuredPart> parts;      // empty: all
  std::string dialect = "terapi";
  std::string json;
  std::string html;
  std::uint64_t records = 0;  // 0: as many as suit
  std::uint64_t limit = 1000;
  std::uint64_t repeat = 3;
  core::Duration latency = std::chrono::milliseconds(50);
  bool quick = false;
  bool no_reference = false;
  bool help = false;
  project::ProjectFlags project_flags;
  project::ProjectUse project;  // since it was read

  // Code "bad_usage".
  core::Result<void> read(const std::vector<std::string>& arguments);
  std::string help_text();
  // With the reference client in front, where it is wanted.
  MeasuringOptions options(const ProcessClientOptions& reference) const;

 private:
  void add_to(core::Flags& flags);
  core::Result<void> add_dump(const std::string& command);
  core::Result<void> add_name(const std::string& name);
  core::Result<void> add_parts(const std::string& text);
  core::Result<void> name_clients();
  core::Result<void> apply_project(const core::Flags& flags,
                                   const std::vector<std::string>& arguments);

  std::string dump_before_run_;
  std::string name_before_run_;
};

// What a client is called whose user gave it no name: the file that its command runs,
// "client.py" of "python3 conformance/examples/python/client.py".
std::string name_of_command(const std::string& command);

}  // namespace terapi::conformance

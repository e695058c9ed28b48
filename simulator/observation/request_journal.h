// RequestJournal: what callers of the public API asked for and got, bounded (LOG-1). No bodies are
// kept, and no secrets (observation/secrets.h).
//
// Thread rule: the simulator's thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "simulator/observation/bounded_list.h"
#include "simulator/observation/secrets.h"
#include "simulator/records/cursor.h"
#include "simulator/records/stream.h"

namespace terapi::simulator {

struct RequestEntry {
  std::uint64_t id = 0;
  Time at;
  std::string method;
  std::string path;
  std::string query;  // as it came, percent-encoded; without what is secret in it
  std::string remote;
  std::string environment;  // empty before a caller is known
  StreamKey stream;
  std::string cursor;             // as asked for
  std::optional<Position> after;  // what that means, where records were read from it
  std::string modified_after;     // as asked for
  int status = 0;
  std::string error_code;
  std::size_t records = 0;
  std::string next_cursor;
  std::optional<Duration> retry_after;
  std::string fault;  // the ids of the fault rules that struck
};

class RequestJournal {
 public:
  explicit RequestJournal(const Secrets& secrets) : secrets_(secrets) {}

  // What is secret in it is hidden first; the number is its own.
  const RequestEntry& add(RequestEntry entry);
  const BoundedList<RequestEntry>& entries() const { return entries_; }
  std::uint64_t total() const { return last_id_; }
  // How many there were with each status, for /metrics; clear() leaves them.
  const std::map<int, std::uint64_t>& by_status() const { return by_status_; }
  void clear() { entries_.clear(); }

 private:
  const Secrets& secrets_;
  BoundedList<RequestEntry> entries_{10'000};
  std::uint64_t last_id_ = 0;
  std::map<int, std::uint64_t> by_status_;
};

std::string request_entry_json(const RequestEntry& entry);

}  // namespace terapi::simulator

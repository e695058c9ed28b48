// LogFilter: which operations of the log somebody wants to see (LOG-1), and one page of them.
//
// Pages stay as they are while more is logged: a page is told by the id that it goes on from.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "simulator/observation/log_book.h"

namespace terapi::simulator {

struct LogFilter {
  LogLevel least = LogLevel::kDebug;
  std::optional<LogKind> kind{};
  std::optional<LogOutcome> outcome{};
  std::string event{};  // "run" is also "run.failed"; empty: any
  // Each empty: any.
  std::string environment{};
  std::string integration{};
  std::string connection{};
  std::string sync{};
  std::string model{};
  std::string variant{};
  // In the message, the name, a stream or the value of a field, of its steps too; in capitals or
  // not.
  std::string text{};
  std::optional<Time> from{};
  std::optional<Time> to{};  // itself included

  bool matches(const Operation& operation) const;
};

// Operations in the order of their ids. With `after`, the first `limit` beyond that id; else the
// last `limit` of those before `before`, or of all.
struct LogPage {
  std::vector<const Operation*> operations;
  // More lie that way: give this as the next `after` or `before`.
  std::optional<std::uint64_t> next;
};
struct LogRange {
  std::optional<std::uint64_t> before{};
  std::optional<std::uint64_t> after{};
  std::size_t limit = 100;
};
LogPage read_log(const LogBook& logs, const LogFilter& filter, const LogRange& range);

}  // namespace terapi::simulator

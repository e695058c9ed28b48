#include "client/program/status_table.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "client/program/figures.h"
#include "core/json_writer.h"
#include "core/rfc3339.h"

namespace terapi::client {
namespace {

constexpr std::size_t kColumns = 7;
using TableRow = std::array<std::string, kColumns>;

// Nothing was reported yet: the first walk is on its way, or was cut off.
std::string state_of(const StreamStatus& status) {
  return status.health.empty() ? std::string(to_string(Health::kSyncing)) : status.health;
}

// Retrying, stopped, or up to date with an overlap that the server refuses to serve again.
bool in_trouble(const StreamStatus& status) { return !status.error.code.empty(); }

std::optional<core::Duration> stored_lag(const StreamStatus& status, core::Time now) {
  if (!status.up_to_date_at) return std::nullopt;
  return std::max(core::Duration(0), now - *status.up_to_date_at);
}

TableRow row_of_status(const StreamStatus& status, core::Time now) {
  const auto lag = stored_lag(status, now);
  const StoredPosition& position = status.position;
  return {printable(to_string(status.stream)),
          grouped(position.records),
          grouped(status.deleted),
          state_of(status),
          lag ? short_span(*lag) : "-",
          position.newest ? short_time(*position.newest) : "-",
          position.cursor ? printable(shortened(*position.cursor, 6, 10)) : "-"};
}

std::string aligned(const TableRow& row, const std::array<std::size_t, kColumns>& widths) {
  constexpr std::array<bool, kColumns> kNumeric = {false, true, true, false, true, false, false};
  std::string line;
  for (std::size_t i = 0; i < kColumns; ++i) {
    const std::string padding(widths[i] - width_of(row[i]), ' ');
    line += kNumeric[i] ? padding + row[i] : row[i] + padding;
    if (i + 1 < kColumns) line += "  ";
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

std::optional<std::string> served(const std::optional<core::Time>& time) {
  return time ? std::optional(core::format_rfc3339(*time)) : std::nullopt;
}

std::uint64_t with_nul(const StoreNotes& notes, const Stream& stream) {
  const auto found = notes.with_nul.find(stream);
  return found == notes.with_nul.end() ? 0 : found->second;
}

void write_status(core::json::Writer& out, const StreamStatus& status, const StoreNotes& notes,
                  core::Time now) {
  out.begin_object()
      .field("stream", to_string(status.stream))
      .field("integration", status.stream.integration)
      .field("connection", status.stream.connection)
      .field("model", status.stream.model)
      .field("variant", status.stream.variant)
      .field("records", status.position.records)
      .field("deleted", status.deleted)
      .field("with_nul", with_nul(notes, status.stream))
      .field("state", state_of(status));
  const auto lag = stored_lag(status, now);
  out.key("lag_seconds");
  if (lag) {
    out.number(std::chrono::floor<std::chrono::seconds>(*lag).count());
  } else {
    out.null();
  }
  out.optional_field("newest", served(status.position.newest))
      .optional_field("cursor", status.position.cursor)
      .optional_field("moved_at", served(status.moved_at))
      .optional_field("up_to_date_at", served(status.up_to_date_at))
      .optional_field("store_busy", notes.busy.empty() ? std::nullopt : std::optional(notes.busy));
  if (!in_trouble(status)) {
    out.null_field("error").end_object();
    return;
  }
  out.key("error").begin_object();
  out.field("code", status.error.code).field("message", status.error.message);
  out.optional_field("record", status.record.empty() ? std::nullopt : std::optional(status.record));
  out.end_object().end_object();
}

}  // namespace

std::string status_table(const std::vector<StreamStatus>& streams, const StoreNotes& notes,
                         core::Time now) {
  if (streams.empty()) return "no streams yet\n";
  const TableRow head = {"STREAM", "RECORDS", "DELETED", "STATE", "LAG", "NEWEST", "CURSOR"};
  std::vector<TableRow> rows = {head};
  for (const StreamStatus& status : streams) rows.push_back(row_of_status(status, now));
  std::array<std::size_t, kColumns> widths{};
  for (const TableRow& row : rows) {
    for (std::size_t i = 0; i < kColumns; ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  std::string text = aligned(head, widths);
  for (std::size_t i = 0; i < streams.size(); ++i) {
    text += aligned(rows[i + 1], widths);
    if (const std::uint64_t count = with_nul(notes, streams[i].stream); count > 0) {
      text += "  " + counted(count, "payload") + " with NUL (docs/sync-tables.md)\n";
    }
    if (!in_trouble(streams[i])) continue;
    text += "  " + printable(streams[i].error.code + ": " + streams[i].error.message) + "\n";
    if (!streams[i].record.empty()) text += "  record: " + printable(streams[i].record) + "\n";
  }
  if (!notes.busy.empty()) text += "store busy: " + printable(notes.busy) + "\n";
  return text;
}

std::string status_json(const std::vector<StreamStatus>& streams, const StoreNotes& notes,
                        core::Time now) {
  std::string text = "[";
  for (const StreamStatus& status : streams) {
    core::json::Writer out;
    write_status(out, status, notes, now);
    text += (text.size() == 1 ? "\n" : ",\n") + out.take();
  }
  return text + (streams.empty() ? "]\n" : "\n]\n");
}

}  // namespace terapi::client

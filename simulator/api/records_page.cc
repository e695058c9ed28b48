#include "simulator/api/records_page.h"

#include <algorithm>

#include "core/breather.h"
#include "core/check.h"

namespace terapi::simulator {
namespace {

// The size of a record's metadata, near enough for budgets and for reserving memory.
constexpr std::size_t kMetadataBytes = 340;

// Fills a page one record at a time; `offer` says whether to go on.
class PageFiller {
 public:
  PageFiller(const RecordsQuery& query, std::optional<std::int64_t> max_bytes)
      : query_(query), max_bytes_(max_bytes) {}

  bool offer(const Record& record) {
    const std::size_t size = record.payload().size() + kMetadataBytes;
    const bool over_budget = max_bytes_ && !page_.records.empty() &&
                             bytes_ + size > static_cast<std::size_t>(*max_bytes_);
    if (page_.records.size() == query_.limit || over_budget) {
      more_ = true;
      return false;
    }
    page_.records.push_back(&record);
    bytes_ += size;
    return true;
  }

  RecordsPage take(const Dialect& dialect) {
    if (more_ && !query_.ends_paging) {
      page_.next = encode_cursor(page_.records.back()->position(), dialect);
    }
    return std::move(page_);
  }

 private:
  const RecordsQuery& query_;
  std::optional<std::int64_t> max_bytes_;
  RecordsPage page_;
  bool more_ = false;
  std::size_t bytes_ = 0;
};

// Where the page begins: after the cursor and from modified_after on, whichever is later (REC-9).
Position start_of(const RecordsQuery& query) {
  Position start = query.after.value_or(Position::start());
  if (query.modified_from) {
    start = std::max(start, Position::just_before(*query.modified_from));
  }
  return start;
}

bool wanted(const Record& record, const RecordsQuery& query, const Position& start) {
  return start < record.position() && query.actions.test(static_cast<std::size_t>(record.action()));
}

// REC-6: the named records, in the stream's order.
std::vector<const Record*> named_records(const RecordLog& log, const RecordsQuery& query) {
  std::vector<const Record*> found;
  const Position start = start_of(query);
  for (const std::string& id : query.ids) {
    const Record* record = log.find(id);
    if (record != nullptr && wanted(*record, query, start)) found.push_back(record);
  }
  const auto by_position = [](const Record* a, const Record* b) {
    return a->position() < b->position();
  };
  std::sort(found.begin(), found.end(), by_position);
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

// Writes metadata into room that is large enough: a page has thousands, and checking for room at
// each of their pieces took half the time that a page took.
class MetadataWriter {
 public:
  MetadataWriter(char* to, const Dialect& dialect) : at_(to), dialect_(dialect) {}
  MetadataWriter& put(std::string_view text) {
    at_ = std::copy(text.begin(), text.end(), at_);
    return *this;
  }
  MetadataWriter& time_or_null(std::optional<Time> time) {
    if (!time) return put("null");
    *at_++ = '"';
    at_ = dialect_.trims_timestamps ? write_trimmed_timestamp(at_, *time, dialect_.zone)
                                    : write_timestamp(at_, *time);
    *at_++ = '"';
    return *this;
  }
  MetadataWriter& cursor(const Position& position) {
    at_ = write_cursor(at_, position, dialect_);
    return *this;
  }
  char* end() const { return at_; }

 private:
  char* at_;
  const Dialect& dialect_;
};

std::optional<Time> deleted_at(const Record& record) {
  return record.deleted() ? std::optional(record.deleted_at()) : std::nullopt;
}

void write_deletion_first(MetadataWriter& out, const Record& record) {
  out.put("\"deleted_at\":").time_or_null(deleted_at(record));
  out.put(",\"last_action\":\"").put(core::word_of(kActionWords, record.action()));
  out.put("\",\"first_seen_at\":").time_or_null(record.first_seen());
  out.put(",\"last_modified_at\":").time_or_null(record.last_modified());
  out.put(",\"pruned_at\":").time_or_null(record.pruned_at());
}

void write_times_first(MetadataWriter& out, const Record& record) {
  out.put("\"first_seen_at\":").time_or_null(record.first_seen());
  out.put(",\"last_modified_at\":").time_or_null(record.last_modified());
  out.put(",\"last_action\":\"").put(core::word_of(kActionWords, record.action()));
  out.put("\",\"deleted_at\":").time_or_null(deleted_at(record));
  out.put(",\"pruned_at\":").time_or_null(record.pruned_at());
}

// Four timestamps, the cursor, the names around them and the dialect's own.
constexpr std::size_t kMaxMetadataSize = 512;
constexpr std::size_t kMaxMetadataKey = 64;
static_assert(4 * (kTimestampSize + 2) + kMaxCursorSize + kMaxMetadataKey + 160 < kMaxMetadataSize);

}  // namespace

RecordsPage collect_page(const RecordLog& log, const RecordsQuery& query, const Dialect& dialect,
                         std::optional<std::int64_t> max_bytes) {
  PageFiller filler(query, max_bytes);
  if (!query.ids.empty()) {
    for (const Record* record : named_records(log, query)) {
      if (!filler.offer(*record)) break;
    }
  } else {
    log.walk(start_of(query), query.actions,
             [&](const Record& record) { return filler.offer(record); });
  }
  return filler.take(dialect);
}

RecordsPage collect_page(const std::vector<const Record*>& versions, const RecordsQuery& query,
                         const Dialect& dialect, std::optional<std::int64_t> max_bytes) {
  PageFiller filler(query, max_bytes);
  const Position start = start_of(query);
  const auto named = [&](const Record& record) {
    return query.ids.empty() ||
           std::find(query.ids.begin(), query.ids.end(), record.id()) != query.ids.end();
  };
  for (const Record* record : versions) {
    if (wanted(*record, query, start) && named(*record) && !filler.offer(*record)) break;
  }
  return filler.take(dialect);
}

std::vector<const Record*> versions_at(const Stream& stream, Time then) {
  std::vector<const Record*> versions;
  stream.log.walk(Position::start(), [&](const Record& record) {
    if (record.last_modified() > then) return false;
    versions.push_back(&record);
    return true;
  });
  for (const Superseded& old : stream.superseded) {
    if (old.record->last_modified() <= then && then < old.until) {
      versions.push_back(old.record.get());
    }
  }
  std::sort(versions.begin(), versions.end(),
            [](const Record* a, const Record* b) { return a->position() < b->position(); });
  return versions;
}

void append_record(std::string& out, const Record& record, const Dialect& dialect) {
  TERAPI_CHECK(dialect.metadata_key.size() <= kMaxMetadataKey, "a dialect's key is short");
  char metadata[kMaxMetadataSize];
  MetadataWriter writer(metadata, dialect);
  writer.put(",\"").put(dialect.metadata_key).put("\":{");
  if (dialect.times_first) {
    write_times_first(writer, record);
  } else {
    write_deletion_first(writer, record);
  }
  writer.put(",\"cursor\":\"").cursor(record.position()).put("\"}");
  const std::string_view payload = record.payload();
  const std::size_t at = record.metadata_at() == 0 ? payload.size() - 1 : record.metadata_at();
  out.append(payload.data(), at);
  out.append(metadata, static_cast<std::size_t>(writer.end() - metadata));
  out.append(payload.substr(at));
}

std::string page_text(const RecordsPage& page, const Dialect& dialect) {
  const std::string next = page.next.empty() ? "null" : "\"" + page.next + "\"";
  std::size_t size = 256;
  for (const Record* record : page.records) size += record->payload().size() + kMetadataBytes + 40;
  std::string out;
  out.reserve(size);
  out += dialect.next_cursor_first ? "{\"next_cursor\":" + next + ",\"records\":["
                                   : std::string("{\"records\":[");
  for (const Record* record : page.records) {
    core::breathe();
    if (record != page.records.front()) out += ',';
    append_record(out, *record, dialect);
  }
  out += dialect.next_cursor_first ? std::string("]}") : "],\"next_cursor\":" + next + "}";
  return out;
}

}  // namespace terapi::simulator

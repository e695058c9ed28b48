// The detectors of ADVISE-1: each watches for one habit that loses data or hurts.
#include <algorithm>
#include <deque>
#include <set>

#include "simulator/observation/advisories.h"

namespace terapi::simulator {
namespace {

constexpr std::size_t kMostStreams =
    1'000;  // callers name streams: bound what they can make us keep

// What a detector remembers for each stream.
template <typename Memory>
Memory& memory_of(std::map<StreamKey, Memory>& all, const StreamKey& key) {
  if (all.size() >= kMostStreams && !all.contains(key)) all.clear();
  return all[key];
}

bool is_page(const RequestEntry& entry) {
  return entry.status == 200 && (entry.path == "/records" || entry.path == "/records/");
}

class CursorOfAnotherStream final : public AdvisoryDetector {
 public:
  void on_request(const RequestEntry& entry, Advisories& advisories) override {
    if (!is_page(entry) || !entry.after) return;
    const std::uint32_t tag = stream_tag_of(entry.after->id);
    const Environment* environment = advisories.state().find_environment(entry.environment);
    if (environment == nullptr) return;
    for (const auto& [key, stream] : environment->streams) {
      if (stream.tag != tag) continue;
      if (key == entry.stream) return;
      advisories.raise("cursor_of_another_stream", "CUR-7",
                       "the cursor belongs to " + describe(key) + ", not to " +
                           describe(entry.stream) +
                           ": it is read as a position in time and may skip records; keep one "
                           "cursor for each connection, model and variant",
                       entry.stream, {entry.id});
      return;
    }
  }
};

class ResumesByModifiedAfterOnly final : public AdvisoryDetector {
  struct Memory {
    std::set<std::string> values;
    std::vector<std::uint64_t> requests;
    bool cursor_seen = false;
  };

 public:
  void on_request(const RequestEntry& entry, Advisories& advisories) override {
    constexpr std::size_t kEnough = 3;
    if (!is_page(entry)) return;
    Memory& memory = memory_of(memory_, entry.stream);
    // A cursor beside modified_after is one page of a walk; alone it is a resume.
    if (!entry.cursor.empty() && entry.modified_after.empty()) memory.cursor_seen = true;
    if (memory.cursor_seen || entry.modified_after.empty() || !entry.cursor.empty()) return;
    if (!memory.values.insert(entry.modified_after).second) return;
    memory.requests.push_back(entry.id);
    if (memory.values.size() < kEnough) return;
    advisories.raise(
        "resumes_by_modified_after", "CLIENT-1",
        "this stream is read by modified_after alone: what a lost webhook announced is "
        "never asked for; store the cursor of the last record and resume from it",
        entry.stream, memory.requests);
    memory = Memory();
  }

 private:
  std::map<StreamKey, Memory> memory_;
};

class StopsBeforeTheEnd final : public AdvisoryDetector {
  struct Memory {
    std::string next_cursor;  // given out, and not asked for yet
    std::uint64_t request = 0;
    Time at;
  };
  static constexpr std::string_view kCode = "stops_before_the_end";

 public:
  void on_request(const RequestEntry& entry, Advisories& advisories) override {
    if (!is_page(entry)) return;
    Memory& memory = memory_of(memory_, entry.stream);
    // A new start without a cursor leaves behind what the last walk did not read. One with an
    // older cursor reads it again, as a client that crashed does.
    if (!memory.next_cursor.empty() && entry.cursor.empty() && !entry.modified_after.empty()) {
      advisories.raise(std::string(kCode), "CLIENT-7",
                       "the last walk stopped although next_cursor was not null, and the next one "
                       "began elsewhere: what lies between is lost; page until next_cursor is null",
                       entry.stream, {memory.request, entry.id});
    }
    memory = {entry.next_cursor, entry.id, entry.at};
  }

  // A walk that nobody has gone on with for a minute has stopped.
  void review(Time now, Advisories& advisories) override {
    constexpr Duration kPatience = std::chrono::minutes(1);
    for (auto& [stream, memory] : memory_) {
      if (memory.next_cursor.empty() || now - memory.at < kPatience) continue;
      advisories.raise(
          std::string(kCode), "CLIENT-7",
          "the last page had a next_cursor that was not asked for in the minute since; "
          "page until next_cursor is null",
          stream, {memory.request});
      memory.next_cursor.clear();
    }
  }

 private:
  std::map<StreamKey, Memory> memory_;
};

class HotLoopOnClientErrors final : public AdvisoryDetector {
  struct Memory {
    std::deque<std::pair<Time, std::uint64_t>> errors;
  };

 public:
  void on_request(const RequestEntry& entry, Advisories& advisories) override {
    constexpr std::size_t kTooMany = 10;
    constexpr Duration kWindow = std::chrono::seconds(10);
    Memory& memory = memory_of(memory_, entry.stream);
    if (entry.status < 400 || entry.status >= 500 || entry.status == 429) {
      memory.errors.clear();
      return;
    }
    memory.errors.emplace_back(entry.at, entry.id);
    while (memory.errors.front().first + kWindow < entry.at) memory.errors.pop_front();
    if (memory.errors.size() < kTooMany) return;
    std::vector<std::uint64_t> requests;
    for (const auto& [at, id] : memory.errors) requests.push_back(id);
    advisories.raise("hot_loop_on_4xx", "CLIENT-9",
                     "10 requests within 10 s were answered " + std::to_string(entry.status) +
                         " (" + entry.error_code +
                         "): repeating a wrong request does not make it right; stop and say so",
                     entry.stream, requests);
    memory.errors.clear();
  }

 private:
  std::map<StreamKey, Memory> memory_;
};

class IgnoresRetryAfter final : public AdvisoryDetector {
  struct Memory {
    Time until = Time::min();
    std::uint64_t request = 0;
  };

 public:
  void on_request(const RequestEntry& entry, Advisories& advisories) override {
    Memory& memory = memory_of(memory_, entry.stream);
    if (entry.at < memory.until) {
      advisories.raise("ignores_retry_after", "CLIENT-9",
                       "a request came " +
                           std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(
                                              memory.until - entry.at)
                                              .count()) +
                           " ms before the Retry-After of the answer before it was over; wait as "
                           "long as it says",
                       entry.stream, {memory.request, entry.id});
      memory.until = Time::min();
    }
    if (entry.retry_after && (entry.status == 429 || entry.status == 503)) {
      memory = {entry.at + *entry.retry_after, entry.id};
    }
  }

 private:
  std::map<StreamKey, Memory> memory_;
};

class AnswersWebhookAfterFetching final : public AdvisoryDetector {
  struct Memory {
    std::set<std::string> in_flight;      // delivery ids
    std::vector<std::uint64_t> requests;  // pages of the stream read meanwhile
  };

 public:
  void on_request(const RequestEntry& entry, Advisories& /*advisories*/) override {
    const auto found = memory_.find(entry.stream);
    if (found == memory_.end() || found->second.in_flight.empty() || !is_page(entry)) return;
    if (found->second.requests.size() < 10) found->second.requests.push_back(entry.id);
  }

  void on_webhook(const Delivery& delivery, bool started, Advisories& advisories) override {
    Memory& memory = memory_of(memory_, delivery.stream);
    if (started) {
      memory.in_flight.insert(delivery.id);
      return;
    }
    memory.in_flight.erase(delivery.id);
    if (!memory.requests.empty()) {
      advisories.raise(
          "webhook_answered_after_fetching", "CLIENT-6",
          "the stream was read between a webhook's arrival and its answer: a slow fetch "
          "then times the webhook out and has it sent again; answer first, fetch after",
          delivery.stream, memory.requests);
    }
    if (memory.in_flight.empty()) memory.requests.clear();
  }

 private:
  std::map<StreamKey, Memory> memory_;
};

class AsksForTheSamePage final : public AdvisoryDetector {
  struct Memory {
    std::string query;
    std::vector<std::uint64_t> requests;
  };

 public:
  void on_request(const RequestEntry& entry, Advisories& advisories) override {
    constexpr std::size_t kTooOften = 5;
    if (!is_page(entry)) return;
    Memory& memory = memory_of(memory_, entry.stream);
    // An empty page asked for again is a poll, which is right.
    if (entry.records == 0 || entry.query != memory.query) memory = {entry.query, {}};
    if (entry.records == 0) return;
    memory.requests.push_back(entry.id);
    if (memory.requests.size() < kTooOften) return;
    advisories.raise(
        "asks_for_the_same_page", "CLIENT-2",
        "the same page, with records in it, was asked for 5 times running: the cursor of "
        "its last record seems not to be stored",
        entry.stream, memory.requests);
    memory.requests.clear();
  }

 private:
  std::map<StreamKey, Memory> memory_;
};

}  // namespace

std::vector<std::unique_ptr<AdvisoryDetector>> make_advisory_detectors() {
  std::vector<std::unique_ptr<AdvisoryDetector>> detectors;
  detectors.push_back(std::make_unique<CursorOfAnotherStream>());
  detectors.push_back(std::make_unique<ResumesByModifiedAfterOnly>());
  detectors.push_back(std::make_unique<StopsBeforeTheEnd>());
  detectors.push_back(std::make_unique<HotLoopOnClientErrors>());
  detectors.push_back(std::make_unique<IgnoresRetryAfter>());
  detectors.push_back(std::make_unique<AnswersWebhookAfterFetching>());
  detectors.push_back(std::make_unique<AsksForTheSamePage>());
  return detectors;
}

}  // namespace terapi::simulator

// Servers that do the wrong thing when records change.
#include <chrono>
#include <functional>
#include <map>
#include <set>
#include <vector>

#include "conformance/harness/mutants/server_lists.h"
#include "conformance/harness/mutants/whole_stream.h"
#include "core/json_writer.h"

namespace terapi::conformance {
namespace {

namespace json = core::json;
using namespace std::chrono_literals;

// Goes on serving the state before a run for a second after it, while its webhook is on its way.
class WebhookBeforeCommit final : public ServerMutation {
 public:
  using ServerMutation::ServerMutation;

 protected:
  void answer(const core::Handler& inner, core::Request request, Answered answered) override {
    if (is_run(request)) {
      before_[stream_name(request)] = {stream_of_run(inner, request), clock().now() + 1s};
      return inner(std::move(request), std::move(answered));
    }
    const auto asked = RecordsTarget::of(request);
    const auto before = asked ? before_.find(stream_name(request)) : before_.end();
    if (before == before_.end() || clock().now() >= before->second.until) {
      return inner(std::move(request), std::move(answered));
    }
    const ChangedPage page = before->second.stream.page(*asked);
    inner(std::move(request), [page, answered = std::move(answered)](core::Outcome outcome) {
      if (outcome.response.status == 200 && !outcome.response.body.empty()) {
        outcome.response.body = page.text();
      }
      answered(std::move(outcome));
    });
  }

 private:
  struct Before {
    WholeStream stream;
    core::Time until;
  };
  std::map<std::string, Before> before_;
};

// Takes back a deletion without touching the record's times, so that it stays where it was.
class UndeleteKeepsTimestamps final : public ServerMutation {
 public:
  using ServerMutation::ServerMutation;

 protected:
  void answer(const core::Handler& inner, core::Request request, Answered answered) override {
    if (is_run(request)) return run(inner, request, std::move(answered));
    const auto asked = RecordsTarget::of(request);
    const auto revived = asked ? revived_.find(stream_name(request)) : revived_.end();
    if (revived == revived_.end()) return inner(std::move(request), std::move(answered));
    inner(request, [&inner, request, asked, records = revived->second,
                    answered = std::move(answered)](core::Outcome outcome) {
      if (outcome.response.status != 200) return answered(std::move(outcome));
      read_stream(inner, request, [&](std::optional<WholeStream> stream) {
        if (stream) outcome.response.body = page_with(*std::move(stream), records, *asked);
        answered(std::move(outcome));
      });
    });
  }

 private:
  struct Revived {
    std::string real_cursor;  // where the record really is; elsewhere, it was changed again
    ChangedRecord tombstone;
  };
  using RevivedById = std::map<std::string, Revived>;

  static std::map<std::string, ChangedRecord> tombstones(const WholeStream& stream) {
    std::map<std::string, ChangedRecord> dead;
    for (const ChangedRecord& record : stream.records) {
      if (record.metadata("last_action") == "DELETED") dead.emplace(record.id(), record);
    }
    return dead;
  }
  void run(const core::Handler& inner, const core::Request& request, Answered answered) {
    const auto dead = tombstones(stream_of_run(inner, request));
    inner(request,
          [this, &inner, request, dead, answered = std::move(answered)](core::Outcome outcome) {
            if (!dead.empty()) note(stream_name(request), stream_of_run(inner, request), dead);
            answered(std::move(outcome));
          });
  }
  void note(const std::string& stream, const WholeStream& now,
            const std::map<std::string, ChangedRecord>& dead) {
    for (const ChangedRecord& record : now.records) {
      const auto found = dead.find(record.id());
      if (found == dead.end() || record.metadata("last_action") == "DELETED") continue;
      revived_[stream].insert_or_assign(record.id(),
                                        Revived{record.metadata("cursor"), found->second});
    }
  }
  static std::string page_with(WholeStream stream, const RevivedById& revived,
                               const RecordsTarget& asked) {
    for (ChangedRecord& record : stream.records) {
      const auto found = revived.find(record.id());
      if (found == revived.end() || found->second.real_cursor != record.metadata("cursor"))
        continue;
      for (const std::string_view name : {"first_seen_at", "last_modified_at", "cursor"}) {
        record.set_metadata(name, json::quoted(found->second.tombstone.metadata(name)));
      }
    }
    stream.sort();
    return stream.page(asked).text();
  }

  std::map<std::string, RevivedById> revived_;
};

// Counts a record that was saved again with the same payload as updated.
class SamePayloadIsUpdate final : public ServerMutation {
 public:
  using ServerMutation::ServerMutation;

 protected:
  void answer(const core::Handler& inner, core::Request request, Answered answered) override {
    if (is_run(request)) touch(inner, request);
    inner(std::move(request), std::move(answered));
  }

 private:
  // Changes what is about to be saved, which makes a change of saving it. Unknown and deleted
  // records are left alone by that.
  void touch(const core::Handler& inner, const core::Request& run) {
    const auto body = json::Document::parse(run.body, {.comments = true});
    if (!body || body->root()["save"].size() == 0) return;
    json::Writer touched;
    touched.begin_object().field("webhook", false);
    for (const std::string_view name :
         {"integration", "connection", "model", "variant", "environment"}) {
      const json::Value value = body->root()[name];
      if (value.is_string()) touched.field(name, value.string());
    }
    touched.key("update").begin_array();
    for (const json::Value record : body->root()["save"].items()) {
      if (!record["id"].is_string()) continue;
      touched.begin_object().field("id", record["id"].string());
      touched.field("touched", ++touches_).end_object();
    }
    touched.end_array().end_object();
    (void)control_call(inner, "POST", "/runs", touched.take());
  }
  int touches_ = 0;
};

// Takes the second of two records of one id in a save for a mistake, and leaves it out.
class FirstOfASaveWins final : public ServerMutation {
 public:
  using ServerMutation::ServerMutation;

 protected:
  void answer(const core::Handler& inner, core::Request request, Answered answered) override {
    const auto body = json::Document::parse(request.body, {.comments = true});
    if (is_run(request) && body && body->root()["save"].size() > 1) {
      request.body = without_seconds(body->root());
    }
    inner(std::move(request), std::move(answered));
  }

 private:
  static std::string without_seconds(const json::Value& run) {
    std::set<std::string> seen;
    json::Writer out;
    out.begin_object();
    for (const json::Member member : run.members()) {
      const std::string name = member.key.string();
      out.key(name);
      if (name != "save") {
        out.raw(member.value.text());
        continue;
      }
      out.begin_array();
      for (const json::Value record : member.value.items()) {
        if (seen.insert(std::string(record["id"].text())).second) out.raw(record.text());
      }
      out.end_array();
    }
    out.end_object();
    return out.take();
  }
};

// Gives out times when a run begins, and carries out runs that came together side by side: the one
// that began first may commit last.
class CommitsLate final : public ServerMutation {
 public:
  using ServerMutation::ServerMutation;

 protected:
  void answer(const core::Handler& inner, core::Request request, Answered answered) override {
    if (!is_run(request)) return inner(std::move(request), std::move(answered));
    waiting_.emplace_back([&inner, request = std::move(request), answered = std::move(answered)] {
      inner(request, answered);
    });
    if (waiting_.size() > 1) return;
    clock().at(clock().now() + 1ms, [this, &inner] {
      const auto runs = std::exchange(waiting_, {});
      for (std::size_t i = 0; i < runs.size(); ++i) {
        const bool late = i == 0 && runs.size() > 1;
        if (late) (void)control_call(inner, "PUT", "/faults/late", kLate);
        runs[i]();
        if (late) (void)control_call(inner, "DELETE", "/faults/late");
      }
    });
  }

 private:
  static constexpr const char* kLate = R"({"on":"store","do":{"late_commit":"1ms"}})";
  std::vector<std::function<void()>> waiting_;
};

// Puts its own settings over those that were asked for.
class OverridesSettings final : public ServerMutation {
 public:
  OverridesSettings(core::Clock& clock, const char* settings)
      : ServerMutation(clock), settings_(settings) {}

 protected:
  void answer(const core::Handler& inner, core::Request request, Answered answered) override {
    if (!std::exchange(applied_, true)) apply(inner);
    const bool changes =
        request.method != "GET" && (request.target.starts_with("/_simulator/environment") ||
                                    request.target.starts_with("/_simulator/world") ||
                                    request.target.starts_with("/_simulator/reset") ||
                                    request.target.starts_with("/_simulator/snapshots"));
    if (!changes) return inner(std::move(request), std::move(answered));
    inner(std::move(request),
          [this, &inner, answered = std::move(answered)](core::Outcome outcome) {
            apply(inner);
            answered(std::move(outcome));
          });
  }

 private:
  void apply(const core::Handler& inner) const {
    (void)control_call(inner, "PATCH", "/environment", settings_);
  }
  std::string settings_;
  bool applied_ = false;
};

}  // namespace

std::vector<ServerMutant> run_mutants() {
  return {
      server_mutant<WebhookBeforeCommit>("webhook-before-commit", "HOOK-4",
                                         "Sends webhooks a second before what they announce can be "
                                         "read."),
      server_mutant<UndeleteKeepsTimestamps>("undelete-keeps-timestamps", "META-7",
                                             "Brings a deleted record back where it was: whoever "
                                             "read the deletion never sees it live again."),
      server_mutant<SamePayloadIsUpdate>("same-payload-is-update", "META-5",
                                         "Takes a record that was saved unchanged for updated."),
      beyond_chance(
          "no story saves one id twice at once",
          server_mutant<FirstOfASaveWins>("first-of-a-save-wins", "META-4",
                                          "Keeps the first of two records of one id in a save.")),
      beyond_chance("in stories one writer waits for the other",
                    server_mutant<CommitsLate>(
                        "commits-late", "CUR-8",
                        "Commits runs that overlap in any order, under the times at which they "
                        "began.")),
      server_mutant<OverridesSettings>("constant-backoff", "HOOK-6",
                                       "Waits the same time before each attempt.",
                                       R"({"retry":{"factor":1}})"),
      server_mutant<OverridesSettings>("unbounded-backoff", "HOOK-7", "Never gives a webhook up.",
                                       R"({"retry":{"attempts":100}})"),
      server_mutant<OverridesSettings>("no-retry", "HOOK-6", "Tries each webhook once.",
                                       R"({"retry":{"attempts":1}})"),
      server_mutant<OverridesSettings>("announces-no-change", "HOOK-5",
                                       "Announces runs that changed nothing.",
                                       R"({"always_send":true})"),
  };
}

}  // namespace terapi::conformance

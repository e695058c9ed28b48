// Servers that put records in the wrong order, or read a cursor in the wrong way.
#include "conformance/harness/mutants/cursor_text.h"
#include "conformance/harness/mutants/server_lists.h"
#include "conformance/harness/mutants/whole_stream.h"
#include "core/rfc3339.h"
#include "simulator/records/uuid.h"

namespace terapi::conformance {
namespace {

// Serves pages of the whole stream, after a change to it. What the inner server refuses is refused.
class ServesWholeStream final : public ServerMutation {
 public:
  using Change = void (*)(WholeStream& stream);
  ServesWholeStream(core::Clock& clock, Change change) : ServerMutation(clock), change_(change) {}

 protected:
  void answer(const core::Handler& inner, core::Request request, Answered answered) override {
    const auto asked = RecordsTarget::of(request);
    if (!asked) return inner(std::move(request), std::move(answered));
    inner(request,
          [this, &inner, request, asked, answered = std::move(answered)](core::Outcome outcome) {
            if (outcome.response.status != 200) return answered(std::move(outcome));
            read_stream(inner, request, [&](std::optional<WholeStream> stream) {
              if (stream && request.method == "GET") {
                change_(*stream);
                outcome.response.body = stream->page(*asked).text();
              }
              answered(std::move(outcome));
            });
          });
  }

 private:
  Change change_;
};

void order_by_first_seen(WholeStream& stream) {
  for (ChangedRecord& record : stream.records) {
    auto parts = parts_of_cursor(record.metadata("cursor"));
    if (!parts) continue;
    parts->time = record.metadata("first_seen_at");
    record.set_metadata("cursor", core::json::quoted(cursor_of_parts(*parts)));
  }
  stream.sort();
}

void order_by_id(WholeStream& stream) {
  std::stable_sort(stream.records.begin(), stream.records.end(),
                   [](const auto& a, const auto& b) { return a.id() < b.id(); });
}

// Reads each cursor as another one.
class MisreadsCursors final : public ServerMutation {
 public:
  using Change = CursorParts (*)(CursorParts cursor);
  MisreadsCursors(core::Clock& clock, Change change) : ServerMutation(clock), change_(change) {}

 protected:
  void answer(const core::Handler& inner, core::Request request, Answered answered) override {
    auto target = RecordsTarget::of(request);
    const auto cursor = target ? target->get("cursor") : std::nullopt;
    if (const auto parts = cursor ? parts_of_cursor(*cursor) : std::nullopt) {
      target->set("cursor", cursor_of_parts(change_(*parts)));
      request.target = target->text();
    }
    inner(std::move(request), std::move(answered));
  }

 private:
  Change change_;
};

CursorParts after_all_of_that_time(CursorParts cursor) {
  cursor.uuid = simulator::format_uuid(simulator::Uuid::highest());
  return cursor;
}
CursorParts just_before_it(CursorParts cursor) {
  auto uuid = simulator::parse_uuid(cursor.uuid);
  if (!uuid) return cursor;
  for (std::size_t i = uuid->bytes.size(); i-- > 0;) {
    if (uuid->bytes.at(i)-- != 0) break;
  }
  cursor.uuid = simulator::format_uuid(*uuid);
  return cursor;
}
CursorParts at_the_next_second(CursorParts cursor) {
  using std::chrono::seconds;
  if (const auto time = core::parse_rfc3339(cursor.time)) {
    cursor.time = core::format_rfc3339(std::chrono::floor<seconds>(*time) + seconds(1));
  }
  return cursor;
}

// Looks the cursor's record up, and does not know it any more once it has moved.
class ForgetsMovedCursors final : public ServerMutation {
 public:
  using ServerMutation::ServerMutation;

 protected:
  void answer(const core::Handler& inner, core::Request request, Answered answered) override {
    const auto target = RecordsTarget::of(request);
    const auto cursor = target ? target->get("cursor") : std::nullopt;
    if (!cursor) return inner(std::move(request), std::move(answered));
    read_stream(inner, request, [&](const std::optional<WholeStream>& stream) {
      bool known = !stream;
      if (stream) {
        for (const ChangedRecord& record : stream->records) {
          known = known || record.metadata("cursor") == *cursor;
        }
      }
      if (known) return inner(std::move(request), std::move(answered));
      answered({{400,
                 {{"Content-Type", "application/json"}},
                 R"({"error":{"code":"invalid_cursor","message":"there is no such record"}})"},
                {}});
    });
  }
};

}  // namespace

std::vector<ServerMutant> order_mutants() {
  return {
      server_mutant<ServesWholeStream>("orders-by-created", "CUR-2",
                                       "Orders by the time of creation: an updated record does not "
                                       "move, and readers never see the update.",
                                       &order_by_first_seen),
      server_mutant<ServesWholeStream>("orders-by-id", "CUR-2",
                                       "Orders by id, while cursors count in time.", &order_by_id),
      server_mutant<MisreadsCursors>("no-tie-break", "CUR-5",
                                     "Compares times only: the rest of the records that share the "
                                     "cursor's time is skipped.",
                                     &after_all_of_that_time),
      server_mutant<MisreadsCursors>("inclusive-cursor", "CUR-3",
                                     "Serves the cursor's own record again.", &just_before_it),
      server_mutant<MisreadsCursors>("second-cursor", "CUR-3",
                                     "Compares cursors at whole seconds: what was modified within "
                                     "the cursor's second is skipped.",
                                     &at_the_next_second),
      server_mutant<ForgetsMovedCursors>("forgets-moved-cursors", "CUR-3",
                                         "Refuses a cursor whose record has been modified since."),
  };
}

}  // namespace terapi::conformance

// Servers whose answers say the wrong thing.
#include <algorithm>
#include <cstdlib>

#include "conformance/harness/mutants/changed_page.h"
#include "conformance/harness/mutants/records_target.h"
#include "conformance/harness/mutants/reserialised.h"
#include "conformance/harness/mutants/server_lists.h"

namespace terapi::conformance {
namespace {

namespace json = core::json;

// Changes each page of records.
class MiswritesPages final : public ServerMutation {
 public:
  using Change = void (*)(const RecordsTarget& asked, ChangedPage& page);
  MiswritesPages(core::Clock& clock, Change change) : ServerMutation(clock), change_(change) {}

 protected:
  void answer(const core::Handler& inner, core::Request request, Answered answered) override {
    const auto asked = RecordsTarget::of(request);
    if (!asked) return inner(std::move(request), std::move(answered));
    inner(std::move(request), [this, asked, answered = std::move(answered)](core::Outcome outcome) {
      if (outcome.response.status == 200) {
        if (auto page = ChangedPage::parse(outcome.response.body)) {
          change_(*asked, *page);
          outcome.response.body = page->text();
        }
      }
      answered(std::move(outcome));
    });
  }

 private:
  Change change_;
};

void exact_page_has_more(const RecordsTarget& asked, ChangedPage& page) {
  const std::string limit = asked.get("limit").value_or("100");
  if (!page.next_cursor && std::to_string(page.records.size()) == limit) {
    page.next_cursor = page.records.back().metadata("cursor");
  }
}
void last_of_full_page_dropped(const RecordsTarget& /*asked*/, ChangedPage& page) {
  if (page.next_cursor && page.records.size() > 1) page.records.pop_back();
}
void empty_string_ends(const RecordsTarget& /*asked*/, ChangedPage& page) {
  if (!page.next_cursor) page.next_cursor = "";
}
void first_seen_is_modified(const RecordsTarget& /*asked*/, ChangedPage& page) {
  for (ChangedRecord& record : page.records) {
    if (record.metadata("last_action") != "UPDATED") continue;
    record.set_metadata("first_seen_at", json::quoted(record.metadata("last_modified_at")));
  }
}
void timestamps_at_milliseconds(const RecordsTarget& /*asked*/, ChangedPage& page) {
  for (ChangedRecord& record : page.records) {
    for (const std::string_view name : {"first_seen_at", "last_modified_at", "deleted_at"}) {
      const std::string time = record.metadata(name);
      const std::size_t dot = time.find('.');
      if (dot == std::string::npos) continue;
      record.set_metadata(name, json::quoted(time.substr(0, dot + 4) + "Z"));
    }
  }
}
void deleted_at_missing(const RecordsTarget& /*asked*/, ChangedPage& page) {
  for (ChangedRecord& record : page.records) record.set_metadata("deleted_at", "null");
}
void numbers_as_doubles(const RecordsTarget& /*asked*/, ChangedPage& page) {
  for (ChangedRecord& record : page.records) {
    record.change_payload([](const json::Value& value) { return through_doubles(value.text()); });
  }
}
void keys_sorted(const RecordsTarget& /*asked*/, ChangedPage& page) {
  for (ChangedRecord& record : page.records) {
    // Objects within a record are enough to show it.
    record.change_payload([](const json::Value& value) {
      return value.is_object() ? reserialised(value.text()) : std::string(value.text());
    });
  }
}
void order_of_the_ids_asked(const RecordsTarget& asked, ChangedPage& page) {
  const auto ids = asked.all("ids");
  std::stable_sort(page.records.begin(), page.records.end(), [&](const auto& a, const auto& b) {
    return std::find(ids.begin(), ids.end(), a.id()) < std::find(ids.begin(), ids.end(), b.id());
  });
}
void deleted_without_payload(const RecordsTarget& /*asked*/, ChangedPage& page) {
  for (ChangedRecord& record : page.records) {
    if (record.metadata("last_action") != "DELETED") continue;
    record.change_payload([](const json::Value& value) {
      return value.is_string() ? std::string(value.text()) : std::string("null");
    });
  }
}

// Never serves a tombstone.
class DeleteVanishes final : public ServerMutation {
 public:
  using ServerMutation::ServerMutation;

 protected:
  void answer(const core::Handler& inner, core::Request request, Answered answered) override {
    auto target = RecordsTarget::of(request);
    if (!target) return inner(std::move(request), std::move(answered));
    const bool filtered = target->get("filter").has_value();
    if (!filtered) target->set("filter", "added,updated");
    request.target = target->text();
    inner(std::move(request), [answered = std::move(answered)](core::Outcome outcome) {
      if (auto page = ChangedPage::parse(outcome.response.body)) {
        std::erase_if(page->records, [](const ChangedRecord& record) {
          return record.metadata("last_action") == "DELETED";
        });
        if (outcome.response.status == 200) outcome.response.body = page->text();
      }
      answered(std::move(outcome));
    });
  }
};

// Changes each answer of the public API.
class MiswritesAnswers final : public ServerMutation {
 public:
  using Change = void (*)(core::Response& response);
  MiswritesAnswers(core::Clock& clock, Change change) : ServerMutation(clock), change_(change) {}

 protected:
  void answer(const core::Handler& inner, core::Request request, Answered answered) override {
    if (request.target.starts_with("/_simulator")) {
      return inner(std::move(request), std::move(answered));
    }
    inner(std::move(request), [this, answered = std::move(answered)](core::Outcome outcome) {
      change_(outcome.response);
      answered(std::move(outcome));
    });
  }

 private:
  Change change_;
};

void bad_cursor_is_500(core::Response& response) {
  if (response.status != 400 || response.body.find("invalid_cursor") == std::string::npos) return;
  response.status = 500;
  response.body = R"({"error":{"code":"server_error","message":"an unexpected error"}})";
}
void not_found_is_html(core::Response& response) {
  if (response.status != 404) return;
  response.headers.set("Content-Type", "text/html");
  response.body = "<!DOCTYPE html><html><body><h1>Not Found</h1></body></html>";
}
void retry_after_missing(core::Response& response) {
  if (response.status == 429) response.headers.erase("Retry-After");
}
void first_error_only(core::Response& response) {
  const auto document = json::Document::parse(response.body);
  if (!document) return;
  const json::Value errors = document->root()["error"]["errors"];
  if (errors.size() < 2) return;
  const std::string first = "[" + std::string((*errors.items().begin()).text()) + "]";
  response.body.replace(errors.offset(), errors.text().size(), first);
}

}  // namespace

std::vector<ServerMutant> page_mutants() {
  return {
      server_mutant<MiswritesPages>("has-more-off-by-one", "CUR-4",
                                    "Gives a next_cursor when exactly `limit` records were left.",
                                    &exact_page_has_more),
      server_mutant<MiswritesPages>("drops-last-of-full-page", "CUR-4",
                                    "Serves one record less than it counts: the last of each page "
                                    "that others follow is lost.",
                                    &last_of_full_page_dropped),
      server_mutant<MiswritesPages>("empty-string-next-cursor", "REC-1",
                                    "Ends the paging with an empty string instead of null.",
                                    &empty_string_ends),
      server_mutant<MiswritesPages>("update-resets-first-seen", "META-4",
                                    "Moves first_seen_at with each update.",
                                    &first_seen_is_modified),
      server_mutant<MiswritesPages>("metadata-millis", "META-2",
                                    "Serves timestamps at milliseconds.",
                                    &timestamps_at_milliseconds),
      server_mutant<MiswritesPages>("deleted-at-missing", "META-6",
                                    "Says DELETED and leaves deleted_at null.",
                                    &deleted_at_missing),
      server_mutant<MiswritesPages>("loses-big-integers", "REC-10",
                                    "Passes payloads through doubles.", &numbers_as_doubles),
      server_mutant<MiswritesPages>("sorts-keys", "REC-10",
                                    "Sorts the keys of objects within a record.", &keys_sorted),
      server_mutant<MiswritesPages>("deleted-without-payload", "META-6",
                                    "Empties the payload of a deleted record.",
                                    &deleted_without_payload),
      server_mutant<MiswritesPages>("ids-order-of-request", "REC-6",
                                    "Serves records in the order of the ids asked for.",
                                    &order_of_the_ids_asked),
      server_mutant<DeleteVanishes>("delete-vanishes", "META-6",
                                    "Takes deleted records out of the list: readers never hear of "
                                    "the deletion."),
      server_mutant<MiswritesAnswers>("bad-cursor-500", "CUR-7",
                                      "Answers 500 to a cursor that does not decode.",
                                      &bad_cursor_is_500),
      server_mutant<MiswritesAnswers>("html-not-found", "ERR-2",
                                      "Answers an unknown path with a page of HTML.",
                                      &not_found_is_html),
      server_mutant<MiswritesAnswers>("no-retry-after", "RATE-1",
                                      "Says 429 and not when to come again.", &retry_after_missing),
      server_mutant<MiswritesAnswers>("first-error-only", "ERR-1",
                                      "Names only the first of a request's errors.",
                                      &first_error_only),
  };
}

}  // namespace terapi::conformance

// Clients that ask for the wrong page, or take the wrong one for the last.
#include <algorithm>
#include <chrono>
#include <deque>
#include <map>
#include <set>
#include <string>

#include "conformance/harness/mutants/changed_page.h"
#include "conformance/harness/mutants/client_lists.h"
#include "conformance/harness/mutants/cursor_text.h"
#include "conformance/harness/mutants/records_target.h"
#include "core/parse_number.h"
#include "core/rfc3339.h"

namespace terapi::conformance {
namespace {

constexpr const char* kOnlyThere =
    "what it asks for loses nothing but where the server has the quirk filter_drops_deleted";

// Changes each page before the engine sees it.
class MisreadsPages final : public ClientMutation {
 public:
  using Change = void (*)(const RecordsTarget& asked, ChangedPage& page);
  MisreadsPages(MutantPorts ports, Change change)
      : ClientMutation(std::move(ports)), change_(change) {}

  void send(core::Request request, const core::SendOptions& options, Done done) override {
    auto asked = RecordsTarget::of(request);
    transport().send(
        std::move(request), options,
        while_alive([this, asked, done = std::move(done)](core::Result<core::Response> answer) {
          if (asked && answer && answer->status == 200) {
            if (auto page = ChangedPage::parse(answer->body)) {
              change_(*asked, *page);
              answer->body = page->text();
            }
          }
          done(std::move(answer));
        }));
  }

 private:
  Change change_;
};

void short_page_is_last(const RecordsTarget& asked, ChangedPage& page) {
  const std::string limit = asked.get("limit").value_or("100");
  if (std::to_string(page.records.size()) != limit) page.next_cursor.reset();
}
void empty_page_is_last(const RecordsTarget& /*asked*/, ChangedPage& page) {
  if (page.records.empty()) page.next_cursor.reset();
}
void first_page_is_last(const RecordsTarget& /*asked*/, ChangedPage& page) {
  page.next_cursor.reset();
}

void numbers_are_no_ids(const RecordsTarget& /*asked*/, ChangedPage& page) {
  std::erase_if(page.records, [](const ChangedRecord& record) {
    const auto document = core::json::Document::parse(record.text());
    return document && document->root()["id"].is_number();
  });
}

// Changes the target of each request for records.
class MisasksPages final : public ClientMutation {
 public:
  using Change = std::string (*)(RecordsTarget target);
  MisasksPages(MutantPorts ports, Change change)
      : ClientMutation(std::move(ports)), change_(change) {}

  void send(core::Request request, const core::SendOptions& options, Done done) override {
    if (auto target = RecordsTarget::of(request)) request.target = change_(*std::move(target));
    transport().send(std::move(request), options, std::move(done));
  }

 private:
  Change change_;
};

std::string with_millisecond_cursor(RecordsTarget target) {
  if (const auto cursor = target.get("cursor")) {
    target.set("cursor", cursor_at_milliseconds(*cursor));
  }
  return target.text();
}
// NOLINTNEXTLINE(performance-unnecessary-value-param): as its siblings, which change it
std::string with_raw_cursor(RecordsTarget target) { return target.text_with_raw("cursor"); }
std::string with_every_action(RecordsTarget target) {
  target.set("filter", "added,updated,deleted");
  return target.text();
}
std::string without_variant(RecordsTarget target) {
  target.erase("variant");
  return target.text();
}

// Pages that do not arrive may be too large.
class HalvesItsLimit final : public ClientMutation {
 public:
  using ClientMutation::ClientMutation;

  void send(core::Request request, const core::SendOptions& options, Done done) override {
    if (auto target = halved_ ? RecordsTarget::of(request) : std::nullopt) {
      const auto limit = core::parse_number<std::uint64_t>(target->get("limit").value_or(""));
      if (limit) target->set("limit", std::to_string(*limit / 2) + ".5");
      request.target = target->text();
    }
    transport().send(
        std::move(request), options,
        while_alive([this, done = std::move(done)](core::Result<core::Response> answer) {
          if (!answer && answer.error().code == "truncated_body") halved_ = true;
          done(std::move(answer));
        }));
  }

 private:
  bool halved_ = false;
};

// Takes what came of a broken answer for a page, and for the last one.
class AcceptsTruncated final : public ClientMutation {
 public:
  using ClientMutation::ClientMutation;

  void send(core::Request request, const core::SendOptions& options, Done done) override {
    transport().send(std::move(request), options,
                     while_alive([done = std::move(done)](core::Result<core::Response> answer) {
                       if (answer && answer->status == 200 && !ChangedPage::parse(answer->body)) {
                         answer->body = whole_records_of(answer->body).text();
                         answer->headers.erase("Content-Encoding");  // as if it had been unpacked
                       } else if (!answer && answer.error().code == "truncated_body") {
                         // What did come is not known here; nothing of it is certain to be whole.
                         answer = core::Response{200, {}, ChangedPage{}.text()};
                       }
                       done(std::move(answer));
                     }));
  }

 private:
  static ChangedPage whole_records_of(const std::string& body) {
    ChangedPage page;
    core::json::Reader reader;
    std::size_t at = body.find('[');
    while (at < body.size()) {
      ++at;  // past the bracket, or the comma
      const std::size_t begin = at;
      if (!reader.read_one(body, at)) break;
      page.records.emplace_back(body.substr(begin, at - begin));
      if (at >= body.size() || body[at] != ',') break;
    }
    return page;
  }
};

// Begins each walk from the newest time it has, with no cursor.
class ResumesByModifiedAfter final : public ClientMutation {
 public:
  using ClientMutation::ClientMutation;

  core::Result<client::StoredPosition> position(const client::Stream& stream) override {
    auto position = store().position(stream);
    if (position && position->cursor && position->newest) {
      newest_of_[*position->cursor] = *position->newest;
    }
    return position;
  }
  void send(core::Request request, const core::SendOptions& options, Done done) override {
    if (auto target = RecordsTarget::of(request)) {
      const auto newest = newest_of_.find(target->get("cursor").value_or(""));
      if (newest != newest_of_.end()) {
        target->erase("cursor");
        target->set("modified_after", core::format_rfc3339(newest->second));
        request.target = target->text();
        newest_of_.erase(newest);
      }
    }
    transport().send(std::move(request), options, std::move(done));
  }

 private:
  std::map<std::string, core::Time> newest_of_;  // by the cursor where a walk begins
};

// Follows each next_cursor at once, also one that it has followed before, unless it is among the
// last that it remembers.
class GoesRound final : public ClientMutation {
 public:
  explicit GoesRound(MutantPorts ports, std::size_t remembers = 0)
      : ClientMutation(std::move(ports)), remembers_(remembers) {}

  void send(core::Request request, const core::SendOptions& options, Done done) override {
    auto target = RecordsTarget::of(request);
    if (!target) return transport().send(std::move(request), options, std::move(done));
    if (const auto cursor = target->get("cursor")) {
      followed_.insert(*cursor);
      last_.push_back(*cursor);
      if (last_.size() > remembers_) last_.pop_front();
    }
    transport().send(
        request, options,
        while_alive([this, request, options, target = *std::move(target),
                     done = std::move(done)](core::Result<core::Response> answer) mutable {
          const auto page =
              answer && answer->status == 200 ? ChangedPage::parse(answer->body) : std::nullopt;
          const bool goes_round =
              page && page->next_cursor && followed_.contains(*page->next_cursor) &&
              std::find(last_.begin(), last_.end(), *page->next_cursor) == last_.end();
          if (!goes_round) return done(std::move(answer));
          target.set("cursor", *page->next_cursor);
          target.erase("modified_after");
          request.target = target.text();
          // Not within the answer, so that no call nests in another for ever.
          later(std::chrono::milliseconds(1),
                [this, request, options, done] { send(request, options, done); });
        }));
  }

 private:
  std::size_t remembers_;
  std::set<std::string> followed_;
  std::deque<std::string> last_;
};

// Pages by number of records: each next page is asked for by the time of the last record.
std::string by_time_of_cursor(RecordsTarget target) {
  const auto time = target.get("cursor") ? time_of_cursor(*target.get("cursor")) : std::nullopt;
  if (!time) return target.text();
  target.erase("cursor");
  // "After" it, as the client's author read the word: the next microsecond.
  target.set("modified_after", core::format_rfc3339(*time + core::Duration(1)));
  return target.text();
}

}  // namespace

std::vector<ClientMutant> paging_mutants() {
  return {
      client_mutant<MisreadsPages>(
          "stops-on-short-page", "REC-11",
          "Takes a page with fewer records than it asked for to be the last one.",
          &short_page_is_last),
      client_mutant<MisreadsPages>("stops-on-empty-page", "CLIENT-7",
                                   "Takes a page without records to be the last one, although it "
                                   "has a next_cursor.",
                                   &empty_page_is_last),
      client_mutant<MisreadsPages>("one-page-only", "CLIENT-7",
                                   "Reads one page each time and never looks at next_cursor.",
                                   &first_page_is_last),
      beyond_chance("in stories all ids are texts",
                    client_mutant<MisreadsPages>("leaves-out-numbers", "CLIENT-11",
                                                 "Passes over records whose id is a number.",
                                                 &numbers_are_no_ids)),
      client_mutant<MisasksPages>(
          "millisecond-cursor", "CUR-6",
          "Passes the cursor through a date type of milliseconds: the time within it is cut.",
          &with_millisecond_cursor),
      client_mutant<MisasksPages>("unescaped-cursor", "CUR-6",
                                  "Puts the cursor into the URL without percent-encoding it.",
                                  &with_raw_cursor),
      client_mutant<HalvesItsLimit>(
          "halves-its-limit", "REC-5",
          "Asks for half a page after one that did not arrive, and does not round."),
      beyond_chance(kOnlyThere,
                    client_mutant<MisasksPages>(
                        "filters-for-all-three", "REC-7",
                        "Asks for added, updated and deleted records by a filter of all three.",
                        &with_every_action)),
      client_mutant<MisasksPages>("drops-variant", "CLIENT-1",
                                  "Never sends the variant, and stores the base variant's records "
                                  "under its name.",
                                  &without_variant),
      client_mutant<MisasksPages>(
          "pages-by-time", "CUR-5",
          "Takes only the time from the cursor and pages by modified_after: records that share a "
          "time are lost at a page's end.",
          &by_time_of_cursor),
      client_mutant<AcceptsTruncated>(
          "accepts-truncated", "CLIENT-9",
          "Takes what came of a body that was cut short for a page, and for the last one."),
      beyond_chance(kOnlyShould,
                    client_mutant<GoesRound>(
                        "goes-round-in-circles", "CLIENT-9",
                        "Follows a next_cursor that leads back to pages it has read, again "
                        "and again, as fast as it can.")),
      beyond_chance(kOnlyShould,
                    client_mutant<GoesRound>(
                        "sees-small-circles", "CLIENT-9",
                        "Knows the last two cursors again, and goes round in larger circles.",
                        std::size_t{2})),
      client_mutant<ResumesByModifiedAfter>(
          "resumes-by-modified-after", "CLIENT-1",
          "Begins each walk with modified_after, the newest time that it holds, instead of its "
          "cursor."),
  };
}

}  // namespace terapi::conformance

#include "client/page_walk.h"

#include "client/records_request.h"

#include <algorithm>
#include <functional>
#include <string_view>
#include <utility>

#include "client/event.h"
#include "client/failure_streak.h"

namespace terapi::client {

WalkCounts& WalkCounts::operator+=(const WalkCounts& more) {
  records += more.records;
  changed += more.changed;
  pages += more.pages;
  bytes += more.bytes;
  newest = std::max(newest, more.newest);
  return *this;
}

PageWalk::PageWalk(const SyncOptions& options, SyncPorts ports, const Stream& stream, Plan plan,
                   std::function<void(End)> done)
    : options_(options),
      ports_(ports),
      stream_(stream),
      plan_(std::move(plan)),
      done_(std::move(done)),
      claimed_at_(ports.clock.now()),
      next_(plan_.cursor) {}

void PageWalk::check_invariants() const {
  const bool under_way = fetching_ || storing_;
  const int held = (storing_ ? 1 : 0) + (waiting_ ? 1 : 0) + (queued_ ? 1 : 0);
  TERAPI_CHECK(held + (fetching_ ? 1 : 0) <= 2, "at most two pages are held or on their way");
  TERAPI_CHECK(done_ ? under_way : !under_way && held == 0,
               "until a walk ends, something is under way, and then nothing is");
  TERAPI_CHECK(!failed_ || (!waiting_ && !queued_), "nothing is held beyond what failed");
  TERAPI_CHECK(!queued_ || (storing_ && storing_->move && queued_->move &&
                            queued_->move->from == storing_->move->to),
               "what is handed over early begins where the part before it ends");
  TERAPI_CHECK(
      !storing_ || !storing_->move || (plan_.moves_cursor && storing_->move->from == plan_.stored),
      "the cursor moves from one commit to the next, and not in a re-read");
}

void PageWalk::start() { fetch(); }

void PageWalk::fetch() {
  TERAPI_CHECK(!fetching_ && !failed_ && !last_fetched_,
               "one fetch at a time, and none beyond a failure or the end");
  fetching_ = true;
  const PageAsked asked{next_, plan_.modified_after, plan_.limit.get()};
  ports_.transport.send(
      records_request(options_.endpoint, stream_, asked),
      {.timeout = options_.request_timeout, .max_response_bytes = options_.max_page_bytes},
      event_of(*this, &PageWalk::on_answer));
}

void PageWalk::on_answer(core::Result<core::Response> response) {
  TERAPI_CHECK(fetching_, "each fetch is answered once");
  fetching_ = false;
  const Answer answer = answer_of(response, ports_.clock.now(), *options_.dialect);
  if (failed_) {
    // The page before it could not be stored; a Retry-After counts all the same.
    failed_->retry_after = answer.retry_after;
    return end_if_failed();
  }
  if (answer.kind != Answer::Kind::kPage) {
    Cause cause = cause_of(answer);
    // No cursor was sent, so a full read would be refused, too.
    if (cause.kind == Cause::Kind::kBadCursor && !next_) cause.kind = Cause::Kind::kStop;
    return on_fetch_failed(std::move(cause));
  }
  auto page = Page::parse(std::move(response->body), *options_.dialect);
  if (!page) {
    plan_.limit.on_broken_page();
    return on_fetch_failed({.kind = Cause::Kind::kTryAgain, .error = page.error()});
  }
  plan_.limit.on_page(page->bytes(), page->records().size());
  on_page(std::move(*page));
}

PageWalk::Cause PageWalk::cause_of(const Answer& answer) {
  switch (answer.kind) {
    case Answer::Kind::kBadCursor:
      return {.kind = Cause::Kind::kBadCursor, .error = answer.error, .status = answer.status};
    case Answer::Kind::kStop:
      return {.kind = Cause::Kind::kStop, .error = answer.error, .status = answer.status};
    default:
      return {.kind = Cause::Kind::kTryAgain,
              .error = answer.error,
              .retry_after = answer.retry_after,
              .status = answer.status};
  }
}

// Pages that lead back to where the walk has been would be read for ever.
std::optional<core::Error> PageWalk::leads_nowhere(const Page& page) {
  if (!page.next_cursor()) return std::nullopt;
  if (page.next_cursor() == next_) {
    return core::Error{"bad_page", "the page's next_cursor is the cursor that was asked for"};
  }
  if (trail_.is_empty_too_long(page.records().empty())) {
    return core::Error{kPagingCircle, std::to_string(PageTrail::kMostEmpty) +
                                          " pages in a row had no record, and yet a next_cursor"};
  }
  // By the version of the record that it ends with, which a list has once (CUR-2), whatever the
  // cursors are.
  const std::hash<std::string_view> hash;
  if (page.records().empty()) {
    if (!trail_.comes_back(hash(*page.next_cursor()))) return std::nullopt;
    return core::Error{kPagingCircle, "the pages go round in a circle: next_cursor is " +
                                          *page.next_cursor() + " again, after an empty page"};
  }
  const Record& last = page.records().back();
  if (!trail_.comes_back(hash(last.id) * 31 + hash(last.last_modified_at))) return std::nullopt;
  return core::Error{kPagingCircle, "the pages go round in a circle: one more ends with record \"" +
                                        std::string(last.id) + "\", modified at " +
                                        std::string(last.last_modified_at)};
}

void PageWalk::on_page(Page page) {
  ++counts_.pages;
  counts_.bytes += page.bytes();
  if (!page.poison()) {
    if (auto nowhere = leads_nowhere(page)) {
      return on_fetch_failed({.kind = Cause::Kind::kTryAgain, .error = *std::move(nowhere)});
    }
  }
  last_fetched_ = page.poison() || !page.next_cursor();
  next_ = page.next_cursor();
  waiting_ = std::make_shared<const Page>(std::move(page));
  if (storing_) return hand_over_next_page();
  store_next_page();
}

void PageWalk::on_fetch_failed(Cause cause) {
  const std::string& code = cause.error.code;
  if (code == "response_too_large") {
    if (!plan_.limit.smallest()) {
      plan_.limit.on_too_large();
      return fetch();
    }
    cause.kind = Cause::Kind::kStop;
    cause.error = {"record_too_large",
                   "the record after cursor " + next_.value_or("(none)") + " is larger than the " +
                       std::to_string(options_.max_page_bytes) + " bytes that a page may have"};
  } else if (code == "timeout" || code == "truncated_body") {
    plan_.limit.on_broken_page();
  }
  failed_ = std::move(cause);
  end_if_failed();
}

std::shared_ptr<PageWalk::Part> PageWalk::whole(std::shared_ptr<const Page> page) {
  const std::size_t count = page->records().size();
  return std::make_shared<Part>(Part{std::move(page), 0, count});
}

void PageWalk::store_next_page() {
  if (storing_ || !waiting_) return;
  storing_ = whole(std::exchange(waiting_, nullptr));
  // Before it is stored, so that both take place at once. May be answered within its call.
  if (!last_fetched_) fetch();
  if (storing_->count > 0) return store(storing_);
  // Nothing to store, and no cursor of a record to remember (CLIENT-1).
  ports_.clock.at(ports_.clock.now(), event_of(*this, [page = storing_->page](PageWalk& self) {
                    self.storing_ = nullptr;
                    self.on_page_stored(*page);
                  }));
}

void PageWalk::store(std::shared_ptr<Part> part) {
  storing_ = std::move(part);
  submit(storing_, plan_.stored, plan_.on_first_stored != nullptr);
  hand_over_next_page();
}

// Once it is sure where the store will be when it has all of the page that it is storing.
void PageWalk::hand_over_next_page() {
  if (queued_ || !waiting_ || waiting_->records().empty()) return;
  if (!storing_->move || !storing_->ends_page()) return;
  // A full read's page may end where the store is already: that it got there would say nothing.
  if (storing_->move->to == plan_.stored) return;
  queued_ = whole(std::exchange(waiting_, nullptr));
  submit(queued_, storing_->move->to, false);
}

void PageWalk::submit(const std::shared_ptr<Part>& part, const std::optional<std::string>& from,
                      bool tell) {
  if (plan_.moves_cursor)
    part->move = Batch::Move{from, std::string(part->records().back().cursor)};
  const core::Time now = ports_.clock.now();
  const bool prolong = now - claimed_at_ >= kClaimSpan / 3;
  if (prolong) claimed_at_ = now;
  core::run_in(
      ports_.background,
      [part, now, prolong, tell, stream = stream_, &store = ports_.store] {
        // Should the claim be lost all the same, commit() still keeps the stream right.
        if (prolong) (void)store.claim(stream, kClaimSpan);
        auto committed = store.commit({stream, part->records(), part->move, now});
        if (tell && committed && !committed->conflict) {
          (void)store.report(stream, {Health::kSyncing, {}, "", now});
        }
        return committed;
      },
      event_of(*this, [part](PageWalk& self, const core::Result<Committed>& committed) {
        self.on_committed(part, committed);
      }));
}

void PageWalk::on_committed(const std::shared_ptr<Part>& part,
                            const core::Result<Committed>& committed) {
  if (part != storing_) return;  // handed over after one that failed
  storing_ = nullptr;
  if (!committed) return on_not_stored(*part, committed.error());
  if (committed->conflict) {
    return give_up({.kind = Cause::Kind::kConflict,
                    .error = {"moved_elsewhere", "another worker moved the cursor"}});
  }
  on_stored(*part, *committed);
}

void PageWalk::on_stored(const Part& part, const Committed& committed) {
  if (part.move) plan_.stored = part.move->to;
  counts_.records += part.count;
  counts_.changed += committed.changed;
  for (const Record& record : part.records()) {
    if (!counts_.newest || *counts_.newest < record.modified) counts_.newest = record.modified;
  }
  if (const auto first = std::exchange(plan_.on_first_stored, nullptr)) first();
  if (part.ends_page()) return on_page_stored(*part.page);
  const std::size_t stored = part.begin + part.count;
  const std::size_t left = part.page->records().size() - stored;
  store(std::make_shared<Part>(Part{part.page, stored, std::min(part.count, left)}));
}

// A record that the store refuses is found by halves: what stands before it is stored, and it is
// named (CLIENT-11).
void PageWalk::on_not_stored(const Part& part, const core::Error& error) {
  if (error.code == kStoreGone) return give_up({.kind = Cause::Kind::kStop, .error = error});
  if (error.code != "cannot_store_record") {
    return give_up({.kind = Cause::Kind::kTryAgain, .error = error});
  }
  // The store is not where the page after this one was to begin.
  if (queued_) waiting_ = std::exchange(queued_, nullptr)->page;
  if (part.count > 1) {
    return store(std::make_shared<Part>(Part{part.page, part.begin, part.count / 2}));
  }
  give_up({.kind = Cause::Kind::kStop,
           .error = error,
           .record = std::string(part.records().front().id)});
}

void PageWalk::on_page_stored(const Page& page) {
  if (const auto& poison = page.poison()) {
    const std::string what = "record \"" + poison->record + "\": " + poison->reason;
    return poison->is_damage ? end({.kind = Cause::Kind::kTryAgain,
                                    .error = {kBrokenRecord, what},
                                    .record = poison->record})
                             : end({.kind = Cause::Kind::kStop,
                                    .error = {"poison_record", what},
                                    .record = poison->record});
  }
  if (!page.next_cursor()) return end({.kind = Cause::Kind::kReached});
  if (queued_) {
    go_on_with_queued();
  } else {
    store_next_page();
  }
  end_if_failed();
}

// The store has begun with it by now, or is done.
void PageWalk::go_on_with_queued() {
  storing_ = std::exchange(queued_, nullptr);
  if (!last_fetched_) fetch();
}

// What was not stored is fetched again, and so is all that comes after it. Not before the fetch
// that is under way has ended: there is one at a time (CLIENT-4).
void PageWalk::give_up(Cause cause) {
  waiting_ = nullptr;
  queued_ = nullptr;
  // The fetch may have failed before, and been told when to come back.
  if (failed_ && !cause.retry_after) cause.retry_after = failed_->retry_after;
  failed_ = std::move(cause);
  end_if_failed();
}

void PageWalk::end_if_failed() {
  if (failed_ && !storing_ && !fetching_) end(*std::exchange(failed_, std::nullopt));
}

void PageWalk::end(Cause cause) {
  if (const auto done = std::exchange(done_, nullptr)) {
    done({std::move(cause), counts_, plan_.limit});
  }
}

}  // namespace terapi::client

#include "client/page_walk.h"

#include <algorithm>
#include <utility>

namespace terapi::client {

PageWalk::PageWalk(const SyncOptions& options, SyncPorts ports, const Stream& stream, Plan plan,
                   PageLimit& limit, WalkCounts& counts, std::function<void(End)> done)
    : options_(options),
      ports_(ports),
      stream_(stream),
      plan_(std::move(plan)),
      limit_(limit),
      counts_(counts),
      done_(std::move(done)),
      claimed_at_(ports.clock.now()),
      next_(plan_.cursor) {}

void PageWalk::start() { fetch(); }

void PageWalk::fetch() {
  fetching_ = true;
  const PageAsked asked{next_, plan_.modified_after, limit_.get()};
  ports_.transport.send(
      records_request(options_.endpoint, stream_, asked),
      {.timeout = options_.request_timeout, .max_response_bytes = options_.max_page_bytes},
      [weak = weak_from_this()](core::Result<core::Response> response) {
        if (const auto self = weak.lock()) self->answered(std::move(response));
      });
}

void PageWalk::answered(core::Result<core::Response> response) {
  fetching_ = false;
  if (!done_) return;
  const Answer answer = answer_of(response, ports_.clock.now());
  if (failed_) {  // the page before could not be stored; what the server asks for holds all the
                  // same
    failed_->retry_after = answer.retry_after;
    return settle();
  }
  if (answer.kind != Answer::Kind::kPage) {
    End failure = end_of(answer);
    // Nothing was sent that a full read could do without.
    if (failure.kind == End::Kind::kBadCursor && !next_) failure.kind = End::Kind::kStop;
    fail(std::move(failure));
    return;
  }
  auto page = Page::parse(std::move(response->body), *options_.dialect);
  if (!page) {
    limit_.broke();
    fail({.kind = End::Kind::kTryAgain, .error = page.error()});
    return;
  }
  limit_.came(page->bytes(), page->records().size());
  take(std::move(*page));
}

PageWalk::End PageWalk::end_of(const Answer& answer) {
  switch (answer.kind) {
    case Answer::Kind::kBadCursor:
      return {.kind = End::Kind::kBadCursor, .error = answer.error};
    case Answer::Kind::kStop:
      return {.kind = End::Kind::kStop, .error = answer.error};
    default:
      return {
          .kind = End::Kind::kTryAgain, .error = answer.error, .retry_after = answer.retry_after};
  }
}

// A page that leads back to where it began would be read for ever.
bool PageWalk::stands_still(const Page& page) const {
  return page.next_cursor() && page.next_cursor() == next_;
}

void PageWalk::take(Page page) {
  ++counts_.pages;
  counts_.bytes += page.bytes();
  if (stands_still(page)) {
    fail({.kind = End::Kind::kTryAgain,
          .error = {"bad_page", "the page's next_cursor is the cursor that was asked for"}});
    return;
  }
  last_fetched_ = page.poison() || !page.next_cursor();
  next_ = page.next_cursor();
  waiting_ = std::make_shared<const Page>(std::move(page));
  if (storing_) return queue_next();
  store_next();
}

void PageWalk::store_next() {
  if (storing_ || !waiting_) return;
  storing_ = true;
  ahead_.reset();  // the fetch may be answered within its call
  auto page = std::exchange(waiting_, nullptr);
  if (!last_fetched_) fetch();
  if (page->records().empty()) {
    // Nothing to store, and no cursor of a record to remember (CLIENT-1).
    ports_.clock.at(ports_.clock.now(), [weak = weak_from_this(), page] {
      const auto self = weak.lock();
      if (!self || !self->done_) return;
      self->storing_ = false;
      self->page_done(*page);
    });
    return;
  }
  const std::size_t count = page->records().size();
  store({std::move(page), 0, count});
}

void PageWalk::queue_next() {
  if (!ahead_ || queued_ || !waiting_ || waiting_->records().empty()) return;
  const std::size_t count = waiting_->records().size();
  queued_ = Part{std::exchange(waiting_, nullptr), 0, count};
  queued_number_ = submit(*queued_, ahead_, false);
}

void PageWalk::store(const Part& part) {
  storing_ = true;
  awaited_ = submit(part, plan_.stored, plan_.first_stored != nullptr);
  ahead_.reset();
  const bool rest_of_page = part.begin + part.count == part.page->records().size();
  if (plan_.moves_cursor && rest_of_page) look_ahead(part);
  queue_next();
}

// A full read's page may end where the store is already: that it got there would say nothing.
void PageWalk::look_ahead(const Part& part) {
  ahead_ = part.records().back().cursor;
  if (ahead_ == plan_.stored) ahead_.reset();
}

std::uint64_t PageWalk::submit(const Part& part, const std::optional<std::string>& from,
                               bool tell) {
  std::optional<Batch::Move> move;
  if (plan_.moves_cursor) move = Batch::Move{from, std::string(part.records().back().cursor)};
  const core::Time now = ports_.clock.now();
  const bool prolong = now - claimed_at_ >= kClaimSpan / 3;
  if (prolong) claimed_at_ = now;
  const std::uint64_t number = ++submitted_;
  core::run_in(
      ports_.background,
      [part, move = std::move(move), now, prolong, tell, stream = stream_,
       &store = ports_.store]() mutable {
        // Should the claim be lost all the same, commit() still keeps the stream right.
        if (prolong) (void)store.claim(stream, kClaimSpan);
        auto committed = store.commit({stream, part.records(), std::move(move), now});
        if (tell && committed && !committed->conflict) {
          (void)store.report(stream, {Health::kSyncing, {}, "", now});
        }
        return committed;
      },
      [weak = weak_from_this(), number, part](const core::Result<Committed>& committed) {
        if (const auto self = weak.lock()) self->submitted_done(number, committed, part);
      });
  return number;
}

void PageWalk::submitted_done(std::uint64_t number, const core::Result<Committed>& committed,
                              const Part& part) {
  if (number == awaited_) stored(committed, part);
}

void PageWalk::stored(const core::Result<Committed>& committed, const Part& part) {
  storing_ = false;
  ahead_.reset();
  if (!done_) return;
  if (!committed) return not_stored(committed.error(), part);
  if (committed->conflict) return give_up({.kind = End::Kind::kConflict});
  if (plan_.moves_cursor) plan_.stored = std::string(part.records().back().cursor);
  counts_.records += part.count;
  counts_.changed += committed->changed;
  for (const Record& record : part.records()) {
    if (!counts_.newest || *counts_.newest < record.modified) counts_.newest = record.modified;
  }
  if (const auto first = std::exchange(plan_.first_stored, nullptr)) first();
  const std::size_t stored = part.begin + part.count;
  const std::size_t left = part.page->records().size() - stored;
  if (left > 0) return store({part.page, stored, std::min(part.count, left)});
  page_done(*part.page);
}

// A record that the store refuses is found by halves: what stands before it is stored, and it is
// named (CLIENT-11).
void PageWalk::not_stored(const core::Error& error, const Part& part) {
  if (error.code != "cannot_store_record") {
    return give_up({.kind = End::Kind::kTryAgain, .error = error});
  }
  // The store is not where the page after this one was to begin.
  if (queued_) waiting_ = std::exchange(queued_, std::nullopt)->page;
  if (part.count > 1) return store({part.page, part.begin, part.count / 2});
  give_up(
      {.kind = End::Kind::kStop, .error = error, .record = std::string(part.records().front().id)});
}

void PageWalk::page_done(const Page& page) {
  if (page.poison()) {
    return end({.kind = End::Kind::kStop,
                .error = {"poison_record",
                          "record \"" + page.poison()->record + "\": " + page.poison()->reason},
                .record = page.poison()->record});
  }
  if (!page.next_cursor()) return end({.kind = End::Kind::kReached});
  if (queued_) {
    begin_queued();
  } else {
    store_next();
  }
  settle();
}

// The store has begun with it by now, or is done.
void PageWalk::begin_queued() {
  const Part part = *std::exchange(queued_, std::nullopt);
  storing_ = true;
  awaited_ = queued_number_;
  look_ahead(part);
  if (!last_fetched_) fetch();
}

void PageWalk::fail(End failure) {
  const std::string& code = failure.error.code;
  if (code == "response_too_large") {
    if (!limit_.smallest()) {
      limit_.too_large();
      fetch();
      return;
    }
    failure.kind = End::Kind::kStop;
    failure.error = {"record_too_large", "the record after cursor " + next_.value_or("(none)") +
                                             " is larger than the " +
                                             std::to_string(options_.max_page_bytes) +
                                             " bytes that a page may have"};
  } else if (code == "timeout" || code == "truncated_body") {
    limit_.broke();
  }
  failed_ = std::move(failure);
  settle();
}

// What was not stored is fetched again, and so is all that comes after it. Not before the fetch
// that is under way has ended: there is one at a time (CLIENT-4).
void PageWalk::give_up(End failure) {
  waiting_.reset();
  queued_.reset();
  // The fetch may have failed before, and been told when to come back.
  if (failed_ && !failure.retry_after) failure.retry_after = failed_->retry_after;
  failed_ = std::move(failure);
  settle();
}

void PageWalk::settle() {
  if (failed_ && !storing_ && !waiting_ && !fetching_) end(std::move(*failed_));
}

void PageWalk::end(End end) {
  if (auto done = std::exchange(done_, nullptr)) done(std::move(end));
}

}  // namespace terapi::client

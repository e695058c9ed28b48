#include "client/page_walk.h"

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
      next_(plan_.cursor) {}

void PageWalk::start() { fetch(); }

void PageWalk::fetch() {
  const PageAsked asked{next_, plan_.modified_after, limit_.get()};
  ports_.transport.send(
      records_request(options_.endpoint, stream_, asked),
      {.timeout = options_.request_timeout, .max_response_bytes = options_.max_page_bytes},
      [weak = weak_from_this()](core::Result<core::Response> response) {
        if (const auto self = weak.lock()) self->answered(std::move(response));
      });
}

void PageWalk::answered(core::Result<core::Response> response) {
  if (!done_) return;
  const Answer answer = answer_of(response, ports_.clock.now());
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
  waiting_ = std::move(page);
  store_next();
}

void PageWalk::store_next() {
  if (storing_ || !waiting_) return;
  storing_ = true;
  auto page = std::make_shared<Page>(std::move(*waiting_));
  waiting_.reset();
  if (!last_fetched_) fetch();
  if (page->records().empty()) {
    // Nothing to store, and no cursor of a record to remember (CLIENT-1).
    ports_.clock.at(ports_.clock.now(), [weak = weak_from_this(), page] {
      if (const auto self = weak.lock()) self->stored(Committed{}, page);
    });
    return;
  }
  std::optional<Batch::Move> move;
  if (plan_.moves_cursor) {
    move = Batch::Move{plan_.stored, std::string(page->records().back().cursor)};
    plan_.stored = move->to;
  }
  core::run_in(
      ports_.background,
      [page, move = std::move(move), now = ports_.clock.now(), stream = stream_,
       &store = ports_.store]() mutable {
        return store.commit({stream, page->records(), std::move(move), now});
      },
      [weak = weak_from_this(), page](const core::Result<Committed>& committed) {
        if (const auto self = weak.lock()) self->stored(committed, page);
      });
}

void PageWalk::stored(const core::Result<Committed>& committed, const std::shared_ptr<Page>& page) {
  storing_ = false;
  if (!done_) return;
  if (!committed) {
    const bool hopeless = committed.error().code == "cannot_store_record";
    end({.kind = hopeless ? End::Kind::kStop : End::Kind::kTryAgain, .error = committed.error()});
    return;
  }
  if (committed->conflict) {
    end({.kind = End::Kind::kConflict});
    return;
  }
  counts_.records += page->records().size();
  counts_.changed += committed->changed;
  for (const Record& record : page->records()) {
    if (!counts_.newest || *counts_.newest < record.modified) counts_.newest = record.modified;
  }
  if (page->poison()) {
    end({.kind = End::Kind::kStop,
         .error = {"poison_record",
                   "record \"" + page->poison()->record + "\": " + page->poison()->reason},
         .record = page->poison()->record});
    return;
  }
  if (!page->next_cursor()) {
    end({.kind = End::Kind::kReached});
    return;
  }
  store_next();
  settle();
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

void PageWalk::settle() {
  if (failed_ && !storing_ && !waiting_) end(std::move(*failed_));
}

void PageWalk::end(End end) {
  if (auto done = std::exchange(done_, nullptr)) done(std::move(end));
}

}  // namespace terapi::client

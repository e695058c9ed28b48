#include "client/stream_sync.h"

#include <algorithm>
#include <utility>

#include "core/duration.h"

namespace terapi::client {
namespace {

using namespace std::chrono_literals;

// How long a worker that died can hold a stream back from the others.
constexpr core::Duration kClaim = 15s;
// Somebody else has the stream: when to ask again.
constexpr core::Duration kClaimedElsewhere = 1s;
// After so many broken answers in a row, each to a request for a single record, it is the record.
constexpr std::uint64_t kMostBrokenPages = 10;

}  // namespace

StreamSync::StreamSync(const SyncOptions& options, SyncPorts ports, Stream stream, Host host)
    : options_(options),
      ports_(ports),
      host_(std::move(host)),
      limit_(options.limit, options.max_page_bytes),
      backoff_(options.backoff),
      random_(core::Random(options.seed).stream("backoff " + to_string(stream))) {
  progress_.stream = std::move(stream);
  changed_at_ = ports_.clock.now();
}

void StreamSync::hint(const Hint& hint) {
  if (phase_ == Phase::kStopped) return;
  looks_left_ = options_.second_looks.size();
  if (hint.modified_after && (!look_for_ || *look_for_ < *hint.modified_after)) {
    look_for_ = hint.modified_after;
  }
  records_at_hint_ = progress_.counts.records;
  wake();
}

void StreamSync::wake() {
  switch (phase_) {
    case Phase::kIdle:
      cancel_timer();
      phase_ = Phase::kQueued;
      host_.enter(shared_from_this());
      return;
    case Phase::kWalking:
    case Phase::kReporting:
      again_ = true;
      return;
    case Phase::kQueued:   // about to walk
    case Phase::kWaiting:  // a hint is no reason to ask a server in trouble sooner
    case Phase::kStopped:
      return;
  }
}

void StreamSync::wake_after(core::Duration delay) {
  cancel_timer();
  timer_ = ports_.clock.at(ports_.clock.now() + delay, [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self) return;
    self->timer_ = 0;
    if (self->phase_ == Phase::kWaiting) self->phase_ = Phase::kIdle;
    self->wake();
  });
}

void StreamSync::cancel_timer() {
  if (timer_ != 0) ports_.clock.cancel(std::exchange(timer_, 0));
}

void StreamSync::begin_walk() {
  phase_ = Phase::kWalking;
  again_ = false;
  progress_.running = true;
  progress_.next_attempt_at.reset();
  core::run_in(
      ports_.background,
      [&store = ports_.store, stream = progress_.stream]() -> core::Result<Opened> {
        auto claimed = store.claim(stream, kClaim);
        if (!claimed) return claimed.error();
        if (!*claimed) return Opened{};
        auto position = store.position(stream);
        if (!position) return position.error();
        return Opened{true, *std::move(position)};
      },
      [weak = weak_from_this()](core::Result<Opened> opened) {
        if (const auto self = weak.lock()) self->opened(std::move(opened));
      });
}

void StreamSync::opened(core::Result<Opened> opened) {
  if (phase_ != Phase::kWalking) {  // shut down meanwhile
    claimed_ = opened && opened->claimed;
    return give_back();
  }
  if (!opened) return failed(opened.error(), std::nullopt);
  if (!opened->claimed) {
    progress_.running = false;
    phase_ = Phase::kWaiting;
    if (!std::exchange(elsewhere_, true)) {
      tell(SyncEvent::Level::kInfo, "another worker has this stream; waiting for it");
    }
    host_.leave();
    return wake_after(kClaimedElsewhere);
  }
  claimed_ = true;
  elsewhere_ = false;
  prolong_claim();
  position_ = std::move(opened->position);
  if (progress_.counts.pages == 0) progress_.stored_before = position_.records;
  walk(position_.cursor);
}

// A long walk keeps its claim.
void StreamSync::prolong_claim() {
  if (claim_timer_ != 0) ports_.clock.cancel(claim_timer_);
  claim_timer_ = ports_.clock.at(ports_.clock.now() + kClaim / 3, [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self) return;
    self->claim_timer_ = 0;
    if (!self->claimed_) return;
    self->ports_.background.run(
        [&store = self->ports_.store, stream = self->progress_.stream] {
          // Should it be lost, the store's own rule still keeps the stream right.
          (void)store.claim(stream, kClaim);
        },
        [] {});
    self->prolong_claim();
  });
}

void StreamSync::give_back() {
  if (!std::exchange(claimed_, false)) return;
  ports_.background.run(
      [&store = ports_.store, stream = progress_.stream] { (void)store.release(stream); }, [] {});
}

void StreamSync::walk(std::optional<std::string> cursor) {
  changed_before_ = progress_.counts.changed;
  walk_ = std::make_shared<PageWalk>(
      options_, ports_, progress_.stream,
      PageWalk::Plan{std::move(cursor), std::nullopt, position_.cursor, true}, limit_,
      progress_.counts, [weak = weak_from_this()](PageWalk::End end) {
        if (const auto self = weak.lock()) self->walked(std::move(end));
      });
  walk_->start();
}

void StreamSync::walked(PageWalk::End end) {
  walk_.reset();
  note_changes();
  switch (end.kind) {
    case PageWalk::End::Kind::kReached:
      full_read_ = false;
      if (overlap_is_due()) return walk_overlap();
      return reached_end();
    case PageWalk::End::Kind::kTryAgain:
      return failed(end.error, end.retry_after);
    case PageWalk::End::Kind::kBadCursor:
      return read_everything(end.error);
    case PageWalk::End::Kind::kConflict:
      // The other worker got on; nothing is wrong. A pause, so that the two don't run in step.
      return failed({"moved_elsewhere", "another worker moved the cursor"}, core::Duration(0));
    case PageWalk::End::Kind::kStop:
      return stop(std::move(end.error), std::move(end.record));
  }
}

// What is held stays (CLIENT-9): every record is read again, and the cursor moves with the pages,
// so that a crash on the way costs nothing.
void StreamSync::read_everything(const core::Error& error) {
  if (full_read_) {
    // Begun from nothing, and even its cursors are not taken: no loop at full speed.
    full_read_ = false;
    return failed(error, std::nullopt);
  }
  full_read_ = true;
  ++progress_.full_reads;
  tell(SyncEvent::Level::kWarning, "the server does not take the stored cursor (" + error.message +
                                       "): reading everything again, keeping what is stored");
  // The cursor may have moved since the walk began; the store knows.
  core::run_in(
      ports_.background,
      [&store = ports_.store, stream = progress_.stream] { return store.position(stream); },
      [weak = weak_from_this()](core::Result<Position> position) {
        const auto self = weak.lock();
        if (!self || self->phase_ != Phase::kWalking) return;
        if (!position) return self->failed(position.error(), std::nullopt);
        self->position_ = *std::move(position);
        self->walk(std::nullopt);
      });
}

void StreamSync::note_changes() {
  if (progress_.counts.newest &&
      (!position_.newest || *position_.newest < *progress_.counts.newest)) {
    position_.newest = progress_.counts.newest;
  }
  if (progress_.counts.changed == changed_before_) return;
  changed_at_ = ports_.clock.now();
  window_settled_ = false;
}

bool StreamSync::overlap_is_due() const {
  return options_.overlap.count() > 0 && position_.newest && !window_settled_;
}

void StreamSync::walk_overlap() {
  // What is committed late is visible by then; one re-read after it is the last one needed.
  window_settled_ = ports_.clock.now() - changed_at_ >= options_.overlap;
  changed_before_ = progress_.counts.changed;
  walk_ = std::make_shared<PageWalk>(
      options_, ports_, progress_.stream,
      PageWalk::Plan{std::nullopt, *position_.newest - options_.overlap, std::nullopt, false},
      limit_, progress_.counts, [weak = weak_from_this()](const PageWalk::End& end) {
        if (const auto self = weak.lock()) self->overlap_walked(end);
      });
  walk_->start();
}

void StreamSync::overlap_walked(const PageWalk::End& end) {
  walk_.reset();
  const std::uint64_t late = progress_.counts.changed - changed_before_;
  if (late > 0) {
    tell(SyncEvent::Level::kInfo, std::to_string(late) +
                                      " record(s) became visible late and were found by the "
                                      "overlap");
    changed_at_ = ports_.clock.now();
  }
  using Kind = PageWalk::End::Kind;
  if (end.kind == Kind::kTryAgain) {
    window_settled_ = false;
    return failed(end.error, end.retry_after);
  }
  // A window that begins too long ago is refused (REC-8); the stream itself is well.
  const bool refused = end.kind == Kind::kStop && end.error.code == "invalid_query_params";
  if (end.kind == Kind::kStop && !refused) return stop(end.error, end.record);
  reached_end();
}

void StreamSync::reached_end() {
  backoff_.reset();
  broken_pages_ = 0;
  failing_since_.reset();
  if (progress_.health == Health::kRetrying) {
    tell(SyncEvent::Level::kInfo, "well again");
  }
  progress_.health = Health::kUpToDate;
  progress_.error = {};
  progress_.up_to_date_at = ports_.clock.now();
  report(Health::kUpToDate, [this] { after_round(); });
}

// Writes down how the stream does, gives the claim back and the worker free.
void StreamSync::report(Health health, std::function<void()> then) {
  phase_ = Phase::kReporting;
  Report report{health, progress_.error, progress_.record, ports_.clock.now()};
  core::run_in(
      ports_.background,
      [&store = ports_.store, stream = progress_.stream, report = std::move(report),
       release = std::exchange(claimed_, false)] {
        auto reported = store.report(stream, report);
        if (release) {
          if (auto released = store.release(stream); !released && reported) return released;
        }
        return reported;
      },
      [weak = weak_from_this(), then = std::move(then)](const core::Result<void>& reported) {
        const auto self = weak.lock();
        if (!self || self->phase_ != Phase::kReporting) return;
        self->progress_.running = false;
        if (!reported) self->tell(SyncEvent::Level::kWarning, reported.error().message);
        self->host_.leave();
        then();
      });
}

void StreamSync::after_round() {
  phase_ = Phase::kIdle;
  if (again_) {
    wake();
  } else {
    plan_second_look();
  }
  host_.settled();
}

// The next look, or else the next poll.
void StreamSync::plan_second_look() {
  const bool came = progress_.counts.records > records_at_hint_ &&
                    (!look_for_ || (position_.newest && *position_.newest >= *look_for_));
  if (came) {
    looks_left_ = 0;
    look_for_.reset();
  }
  if (looks_left_ == 0) return wake_after(options_.poll);
  const core::Duration delay = options_.second_looks[options_.second_looks.size() - looks_left_];
  --looks_left_;
  wake_after(std::min(delay, options_.poll));
}

void StreamSync::failed(const core::Error& error, std::optional<core::Duration> retry_after) {
  ++progress_.failures;
  broken_pages_ = error.code == "bad_page" && limit_.smallest() ? broken_pages_ + 1 : 0;
  if (broken_pages_ >= kMostBrokenPages) {
    return stop({"poison_record", "the record after cursor " + position_.cursor.value_or("(none)") +
                                      " comes broken each time: " + error.message},
                "");
  }
  if (!failing_since_) failing_since_ = ports_.clock.now();
  if (out_of_patience()) {
    return stop({"gave_up", "still failing after " + core::format_duration(options_.give_up) +
                                ": " + error.message},
                "");
  }
  const core::Duration delay =
      retry_after ? backoff_.next(random_, *retry_after) : backoff_.next(random_);
  const bool trouble = error.code != "moved_elsewhere";
  if (trouble) {
    if (progress_.error.code != error.code) {
      tell(SyncEvent::Level::kWarning,
           without_key(error.message) + "; trying again in " +
               core::format_duration(std::chrono::ceil<std::chrono::milliseconds>(delay)));
    }
    progress_.health = Health::kRetrying;
    progress_.error = {error.code, without_key(error.message)};
  }
  progress_.next_attempt_at = ports_.clock.now() + delay;
  report(progress_.health, [this, delay] {
    phase_ = Phase::kWaiting;
    wake_after(delay);
  });
}

bool StreamSync::out_of_patience() const {
  return options_.give_up.count() > 0 && ports_.clock.now() - *failing_since_ >= options_.give_up;
}

void StreamSync::stop(core::Error error, std::string record) {
  ++progress_.failures;
  progress_.health = Health::kStopped;
  progress_.error = {std::move(error.code), without_key(std::move(error.message))};
  progress_.record = std::move(record);
  tell(SyncEvent::Level::kError, "stopped: " + progress_.error.message);
  report(Health::kStopped, [this] {
    phase_ = Phase::kStopped;
    cancel_timer();
    host_.settled();
  });
}

void StreamSync::shut_down() {
  walk_.reset();
  cancel_timer();
  phase_ = Phase::kStopped;
  progress_.running = false;
  if (!std::exchange(claimed_, false)) return;
  ports_.background.run(
      [&store = ports_.store, stream = progress_.stream] { (void)store.release(stream); }, [] {});
}

void StreamSync::tell(SyncEvent::Level level, const std::string& text) const {
  if (options_.on_event) options_.on_event({level, progress_.stream, without_key(text)});
}

// A server may send back what it was sent.
std::string StreamSync::without_key(std::string text) const {
  const std::string& key = options_.endpoint.secret_key;
  if (key.empty()) return text;
  for (std::size_t at = text.find(key); at != std::string::npos; at = text.find(key, at)) {
    text.replace(at, key.size(), "(key)");
  }
  return text;
}

}  // namespace terapi::client

#include "client/stream_sync.h"

#include <algorithm>
#include <utility>

#include "core/duration.h"

namespace terapi::client {
namespace {

using namespace std::chrono_literals;

// Somebody else has the stream: when to ask again.
constexpr core::Duration kClaimedElsewhere = 1s;
// After so many broken answers in a row, each to a request for a single record, it is the record.
constexpr std::uint64_t kMostBrokenPages = 10;

}  // namespace

StreamSync::StreamSync(const SyncOptions& options, SyncPorts ports, Stream stream, Host host)
    : options_(options),
      lane_(ports.background),
      ports_{ports.clock, ports.transport, ports.store, lane_},
      host_(std::move(host)),
      limit_(options.limit, options.max_page_bytes),
      backoff_(options.backoff),
      random_(core::Random(options.seed).stream("backoff " + to_string(stream))) {
  progress_.stream = std::move(stream);
}

void StreamSync::hint(const Hint& hint) {
  if (phase_ == Phase::kStopped) return;
  looks_left_ = options_.second_looks.size();
  if (hint.modified_after && (!look_for_ || *look_for_ < *hint.modified_after)) {
    look_for_ = hint.modified_after;
  }
  changed_at_hint_ = progress_.counts.changed;
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
      [&store = ports_.store, stream = progress_.stream]() -> Opened {
        auto claimed = store.claim(stream, kClaimSpan);
        if (!claimed) return {false, claimed.error()};
        if (!*claimed) return {false, Position{}};
        return {true, store.position(stream)};
      },
      [weak = weak_from_this()](Opened opened) {
        if (const auto self = weak.lock()) self->opened(std::move(opened));
      });
}

void StreamSync::opened(Opened opened) {
  claimed_ = opened.claimed;
  if (phase_ != Phase::kWalking) return;  // shut down meanwhile
  if (!opened.position) return failed(opened.position.error(), std::nullopt);
  if (!opened.claimed) {
    progress_.running = false;
    phase_ = Phase::kWaiting;
    if (!std::exchange(elsewhere_, true)) {
      tell(SyncEvent::Level::kInfo, "another worker has this stream; waiting for it");
    }
    host_.leave();
    return wake_after(kClaimedElsewhere);
  }
  elsewhere_ = false;
  position_ = *std::move(opened.position);
  // What a process before this one left unsettled is not known.
  if (window_ == Window::kUnknown) open_window();
  if (progress_.counts.pages == 0) progress_.stored_before = position_.records;
  walk(position_.cursor);
}

void StreamSync::give_back() {
  if (!std::exchange(claimed_, false)) return;
  ports_.background.run(
      [&store = ports_.store, stream = progress_.stream] { (void)store.release(stream); }, [] {});
}

void StreamSync::walk(std::optional<std::string> cursor) {
  changed_before_ = progress_.counts.changed;
  PageWalk::Plan plan{std::move(cursor), std::nullopt, position_.cursor, true};
  if (!told_syncing_) {
    plan.first_stored = [weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->syncs();
    };
  }
  walk_ =
      std::make_shared<PageWalk>(options_, ports_, progress_.stream, std::move(plan), limit_,
                                 progress_.counts, [weak = weak_from_this()](PageWalk::End end) {
                                   if (const auto self = weak.lock()) self->walked(std::move(end));
                                 });
  walk_->start();
}

// Records come again, or for the first time in this process.
void StreamSync::syncs() {
  told_syncing_ = true;
  progress_.health = Health::kSyncing;
  progress_.error = {};
  progress_.record.clear();
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
      return failed({"moved_elsewhere", "another worker moved the cursor"},
                    end.retry_after.value_or(core::Duration(0)));
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
  open_window();
}

// What is committed late is visible when the overlap has passed; one re-read after it is the last
// one needed. By a timer, since the time of day may jump.
void StreamSync::open_window() {
  if (options_.overlap.count() == 0) return;
  window_ = Window::kOpen;
  if (window_timer_ != 0) ports_.clock.cancel(window_timer_);
  window_timer_ = ports_.clock.at(ports_.clock.now() + options_.overlap, [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self) return;
    self->window_timer_ = 0;
    self->window_ = Window::kPassed;
  });
}

bool StreamSync::overlap_is_due() const {
  return options_.overlap.count() > 0 && position_.newest && window_ != Window::kSettled;
}

void StreamSync::walk_overlap() {
  last_of_window_ = window_ == Window::kPassed;
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
    open_window();
  }
  using Kind = PageWalk::End::Kind;
  if (end.kind == Kind::kTryAgain) return failed(end.error, end.retry_after);
  // A window that begins too long ago is refused (REC-8); the stream itself is well.
  const bool refused = end.kind == Kind::kStop && end.error.code == "invalid_query_params";
  if (end.kind == Kind::kStop && !refused) return stop(end.error, end.record);
  const bool whole = end.kind == Kind::kReached || refused;
  if (whole && last_of_window_ && late == 0) window_ = Window::kSettled;
  reached_end();
}

void StreamSync::reached_end() {
  recovered();
  if (progress_.health == Health::kRetrying) tell(SyncEvent::Level::kInfo, "well again");
  progress_.health = Health::kUpToDate;
  progress_.error = {};
  told_syncing_ = true;
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
  } else if (!options_.once) {
    plan_second_look();
  }
  host_.settled();
}

// The next look, or else the next poll.
void StreamSync::plan_second_look() {
  const bool came = progress_.counts.changed > changed_at_hint_ &&
                    (!look_for_ || (position_.newest && *position_.newest >= *look_for_));
  if (came) looks_left_ = 0;
  if (looks_left_ == 0) {
    look_for_.reset();
    return wake_after(options_.poll);
  }
  const core::Duration delay = options_.second_looks[options_.second_looks.size() - looks_left_];
  --looks_left_;
  wake_after(std::min(delay, options_.poll));
}

void StreamSync::failed(const core::Error& error, std::optional<core::Duration> retry_after) {
  ++progress_.failures;
  // What was stored since the last failure is a success, too; but not what a full read stored again
  // until its cursor was refused once more.
  const bool stored_some =
      std::exchange(records_at_failure_, progress_.counts.records) < progress_.counts.records;
  if (stored_some && error.code != "invalid_cursor") recovered();
  broken_pages_ = error.code == "broken_record" && limit_.smallest() ? broken_pages_ + 1 : 0;
  if (broken_pages_ >= kMostBrokenPages) {
    return stop({"poison_record", "the record after cursor " + position_.cursor.value_or("(none)") +
                                      " comes broken each time: " + error.message},
                "");
  }
  const bool trouble = error.code != "moved_elsewhere";
  if (trouble) lose_patience_later();
  if (out_of_patience_) {
    return stop({"gave_up", "still failing after " + core::format_duration(options_.give_up) +
                                ": " + error.message},
                "");
  }
  const core::Duration delay =
      retry_after ? backoff_.next(random_, *retry_after) : backoff_.next(random_);
  if (trouble) {
    told_syncing_ = false;
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

// By a timer, since the time of day may jump.
void StreamSync::lose_patience_later() {
  if (options_.give_up.count() == 0 || patience_timer_ != 0 || out_of_patience_) return;
  patience_timer_ =
      ports_.clock.at(ports_.clock.now() + options_.give_up, [weak = weak_from_this()] {
        const auto self = weak.lock();
        if (!self) return;
        self->patience_timer_ = 0;
        self->out_of_patience_ = true;
      });
}

void StreamSync::recovered() {
  backoff_.reset();
  broken_pages_ = 0;
  out_of_patience_ = false;
  if (patience_timer_ != 0) ports_.clock.cancel(std::exchange(patience_timer_, 0));
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

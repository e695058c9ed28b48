#include "client/stream_sync.h"

#include <algorithm>
#include <utility>

#include "client/event.h"
#include "core/duration.h"

namespace terapi::client {
namespace {

using namespace std::chrono_literals;

// When to ask again for a stream that another worker has.
constexpr core::Duration kClaimedElsewhere = 1s;

// A window may begin 12 months ago at the earliest (REC-8); and a day less, for clocks that differ.
constexpr core::Duration kOldestWindow = 24h * 365;
constexpr core::Duration kSafeWindow = 24h * 364;

// The server takes no such window, or not the cursors that came with it; that is nothing against
// the stream itself.
bool is_refused_window(const PageWalk::Cause& cause) {
  if (cause.kind == PageWalk::Cause::Kind::kBadCursor) return true;
  return cause.kind == PageWalk::Cause::Kind::kStop && (cause.status == 400 || cause.status == 422);
}

}  // namespace

StreamSync::StreamSync(const SyncOptions& options, SyncPorts ports, Stream stream, Host host)
    : options_(options),
      lane_(ports.background),
      ports_{ports.clock, ports.transport, ports.store, lane_},
      host_(std::move(host)),
      timer_(ports.clock),
      limit_(options.limit, options.max_page_bytes),
      looks_(options.second_looks),
      overlap_(ports.clock, options.overlap),
      failures_(options, ports.clock,
                core::Random(options.seed).stream("backoff " + to_string(stream))) {
  progress_.stream = std::move(stream);
}

void StreamSync::check_invariants() const {
  const bool walks = phase_ == Phase::kWalking || phase_ == Phase::kRereading;
  TERAPI_CHECK(walks == (walk_ != nullptr), "a walk runs in its two phases and in no other");
  TERAPI_CHECK(!walks || claimed_, "nothing is walked without the claim");
  TERAPI_CHECK(!claimed_ || walks || phase_ == Phase::kOpening || phase_ == Phase::kShutDown,
               "the claim is held no longer than the round needs it");
  TERAPI_CHECK(!timer_.is_set() || phase_ == Phase::kIdle || phase_ == Phase::kWaiting,
               "no timer runs beside a round");
  TERAPI_CHECK(phase_ != Phase::kWaiting || timer_.is_set(), "a wait ends");
  TERAPI_CHECK(phase_ != Phase::kIdle || timer_.is_set() || options_.once,
               "an idle stream looks again (CLIENT-3)");
  TERAPI_CHECK(!again_ || is_in_round(),
               "a hint is remembered for a round that may have missed it");
  const bool well = progress_.health == Health::kSyncing || progress_.health == Health::kUpToDate;
  TERAPI_CHECK(!well || progress_.error == core::Error{} || progress_.error == reread_refused_,
               "a stream that is well shows no error but that of its overlap");
  TERAPI_CHECK(phase_ != Phase::kStopped || progress_.health == Health::kStopped,
               "a stream that has stopped says so");
}

bool StreamSync::is_in_round() const {
  return phase_ == Phase::kOpening || phase_ == Phase::kWalking || phase_ == Phase::kRereading ||
         phase_ == Phase::kReporting;
}

StreamProgress StreamSync::progress() const {
  StreamProgress progress = progress_;
  progress.running = is_in_round();
  progress.counts = counts();
  return progress;
}

bool StreamSync::is_finished() const {
  return progress_.health == Health::kStopped ||
         (options_.once && progress_.health == Health::kUpToDate && !is_in_round());
}

WalkCounts StreamSync::counts() const {
  WalkCounts counts = progress_.counts;
  if (walk_) counts += walk_->counts();
  return counts;
}

void StreamSync::start() {
  wake();
  core::check_invariants(*this);
}

void StreamSync::on_hint(const Hint& hint) {
  looks_.expect(hint.modified_after, counts().changed);
  wake();
  core::check_invariants(*this);
}

void StreamSync::wake() {
  switch (phase_) {
    case Phase::kIdle:
      timer_.cancel();
      phase_ = Phase::kQueued;
      return host_.queue(shared_from_this());
    case Phase::kOpening:
    case Phase::kWalking:
    case Phase::kRereading:
    case Phase::kReporting:
      again_ = true;
      return;
    case Phase::kQueued:
    case Phase::kWaiting:
    case Phase::kStopped:
    case Phase::kShutDown:
      return;
  }
}

void StreamSync::wake_after(core::Duration delay) {
  timer_.set(delay, event_of(*this, &StreamSync::on_timer));
}

void StreamSync::on_timer() {
  phase_ = Phase::kIdle;
  wake();
}

void StreamSync::begin_round() {
  TERAPI_CHECK(phase_ == Phase::kQueued, "a worker comes to a stream that waits for one");
  phase_ = Phase::kOpening;
  progress_.next_attempt_at.reset();
  core::run_in(
      ports_.background,
      [&store = ports_.store, stream = progress_.stream]() -> Opened {
        auto claimed = store.claim(stream, kClaimSpan);
        if (!claimed) return {false, claimed.error()};
        if (!*claimed) return {false, StoredPosition{}};
        return {true, store.position(stream)};
      },
      event_of(*this, &StreamSync::on_opened));
  core::check_invariants(*this);
}

void StreamSync::on_opened(Opened opened) {
  claimed_ = opened.claimed;
  if (phase_ == Phase::kShutDown) return;
  TERAPI_CHECK(phase_ == Phase::kOpening, "only a round that begins asks for the claim");
  if (!opened.position) {
    if (opened.position.error().code == kStoreGone) return stop(opened.position.error(), "");
    return retry({.kind = PageWalk::Cause::Kind::kTryAgain, .error = opened.position.error()});
  }
  if (!claimed_) return wait_for_other_worker();
  told_elsewhere_ = false;
  position_ = *std::move(opened.position);
  overlap_.begin();
  if (progress_.counts.pages == 0) progress_.stored_before = position_.records;
  start_walk(position_.cursor);
}

void StreamSync::wait_for_other_worker() {
  if (!std::exchange(told_elsewhere_, true)) {
    tell(SyncEvent::Level::kInfo, "another worker has this stream; waiting for it");
  }
  again_ = false;
  phase_ = Phase::kWaiting;
  wake_after(kClaimedElsewhere);
  host_.free_worker();
}

void StreamSync::start_walk(std::optional<std::string> cursor) {
  phase_ = Phase::kWalking;
  from_cursor_ = cursor.has_value();
  PageWalk::Plan plan{.limit = limit_, .cursor = std::move(cursor), .stored = position_.cursor};
  if (!told_syncing_) plan.on_first_stored = event_of(*this, &StreamSync::on_first_stored);
  walk_ = std::make_shared<PageWalk>(options_, ports_, progress_.stream, std::move(plan),
                                     event_of(*this, &StreamSync::on_walk_ended));
  walk_->start();
}

// Records are stored again, or for the first time in this process.
void StreamSync::on_first_stored() {
  told_syncing_ = true;
  progress_.health = Health::kSyncing;
  progress_.error = {};
  progress_.record.clear();
}

// Before anything else is made of the end of a walk of either kind.
void StreamSync::add_results(const PageWalk::End& end) {
  walk_.reset();
  limit_ = end.limit;
  progress_.counts += end.counts;
  got_on_ += full_read_ ? end.counts.records : end.counts.changed;
  position_.newest = std::max(position_.newest, end.counts.newest);
}

void StreamSync::on_walk_ended(const PageWalk::End& end) {
  TERAPI_CHECK(phase_ == Phase::kWalking, "the walk that ends is the one that runs");
  add_results(end);
  if (end.counts.changed > 0) overlap_.open();
  if (from_cursor_ && end.counts.pages > 0) doubt_.end();
  switch (end.kind) {
    case PageWalk::Cause::Kind::kReached:
      full_read_ = false;
      if (position_.newest && overlap_.is_due()) {
        return start_reread(overlap_.begin_read(*position_.newest));
      }
      return come_up_to_date();
    case PageWalk::Cause::Kind::kTryAgain:
      if (gives_the_cursor_up(end)) {
        return start_full_read("the server may be unable to read the stored cursor", end);
      }
      return retry(end);
    case PageWalk::Cause::Kind::kConflict:
      return retry(end);
    case PageWalk::Cause::Kind::kBadCursor:
      return start_full_read("the server refuses the stored cursor", end);
    case PageWalk::Cause::Kind::kStop:
      return stop(end.error, end.record);
  }
}

// It is the cursor that the server cannot read, perhaps, and not the server that is in trouble.
bool StreamSync::gives_the_cursor_up(const PageWalk::End& end) {
  if (!options_.dialect->bad_cursor_is_500 || end.counts.pages > 0) return false;
  if (!from_cursor_) {
    full_read_ = false;  // it failed at once: it is the server, and the cursor is still stored
    return false;
  }
  return doubt_.add(end.status == 500 && end.error.code == "server_error");
}

// What is held stays (CLIENT-9): every record is read again, and the cursor moves with the pages,
// so that a crash on the way costs nothing.
void StreamSync::start_full_read(const std::string& why, const PageWalk::Cause& cause) {
  if (full_read_) {
    // Begun without a cursor, and even the cursors it got are refused: no loop at full speed.
    full_read_ = false;
    return retry(cause);
  }
  phase_ = Phase::kOpening;
  full_read_ = true;
  ++progress_.full_reads;
  tell(SyncEvent::Level::kWarning,
       why + " (" + cause.error.message + "): reading everything again, keeping what is stored");
  // The cursor may have moved since the walk began; the store knows.
  core::run_in(
      ports_.background,
      [&store = ports_.store, stream = progress_.stream] { return store.position(stream); },
      event_of(*this, &StreamSync::on_full_read_opened));
}

void StreamSync::on_full_read_opened(core::Result<StoredPosition> position) {
  if (phase_ == Phase::kShutDown) return;
  TERAPI_CHECK(phase_ == Phase::kOpening && full_read_, "only a full read asks again where it is");
  if (!position) {
    if (position.error().code == kStoreGone) return stop(position.error(), "");
    return retry({.kind = PageWalk::Cause::Kind::kTryAgain, .error = position.error()});
  }
  position_ = *std::move(position);
  start_walk(std::nullopt);
}

void StreamSync::start_reread(core::Time from) {
  phase_ = Phase::kRereading;
  reread_from_ = from;
  walk_ = std::make_shared<PageWalk>(
      options_, ports_, progress_.stream,
      PageWalk::Plan{.limit = limit_, .modified_after = from, .moves_cursor = false},
      event_of(*this, &StreamSync::on_reread_ended));
  walk_->start();
}

void StreamSync::on_reread_ended(const PageWalk::End& end) {
  TERAPI_CHECK(phase_ == Phase::kRereading, "the re-read that ends is the one that runs");
  add_results(end);
  const std::uint64_t late = end.counts.changed;
  if (late > 0) {
    tell(SyncEvent::Level::kInfo, std::to_string(late) +
                                      " record(s) became visible late and were found by the "
                                      "overlap");
  }
  using Kind = PageWalk::Cause::Kind;
  if (is_refused_window(end)) return end_reread_refused(end);
  overlap_.end_read(end.kind == Kind::kReached, late);
  if (end.kind == Kind::kStop) return stop(end.error, end.record);
  if (end.kind != Kind::kReached) return retry(end);
  if (reread_refused_ != core::Error{}) tell(SyncEvent::Level::kInfo, "the overlap was read again");
  reread_refused_ = {};
  come_up_to_date();
}

// The stream is well but for that, and each poll tries it again.
void StreamSync::end_reread_refused(const PageWalk::End& end) {
  // Of an old and quiet stream: what may still become visible late is newer than all it has, so
  // that nothing is missed.
  const core::Time now = ports_.clock.now();
  if (reread_from_ < now - kOldestWindow) return start_reread(now - kSafeWindow);
  overlap_.end_read(false, end.counts.changed);
  core::Error refused = {"overlap_refused",
                         without_key("the overlap could not be read again, so that records that "
                                     "became visible late may be missing: " +
                                     end.error.message)};
  if (reread_refused_ != refused) tell(SyncEvent::Level::kWarning, refused.message);
  reread_refused_ = std::move(refused);
  come_up_to_date();
}

void StreamSync::come_up_to_date() {
  failures_.end();
  if (progress_.health == Health::kRetrying) tell(SyncEvent::Level::kInfo, "recovered");
  progress_.health = Health::kUpToDate;
  progress_.error = reread_refused_;
  progress_.record.clear();
  told_syncing_ = true;
  progress_.up_to_date_at = ports_.clock.now();
  report(Health::kUpToDate, [](StreamSync& self) {
    self.phase_ = Phase::kIdle;
    self.schedule_next_round();
    self.host_.on_settled();
  });
}

void StreamSync::schedule_next_round() {
  if (std::exchange(again_, false)) return wake();
  if (options_.once) return;
  const auto look = looks_.next(progress_.counts.changed, position_.newest);
  wake_after(std::min(look.value_or(options_.poll), options_.poll));
}

// Later, from the stored cursor; or not at all, when it has been tried too often.
void StreamSync::retry(const PageWalk::Cause& cause) {
  const bool overtaken = cause.kind == PageWalk::Cause::Kind::kConflict;
  const auto delay = failures_.add({.error = cause.error,
                                    .cursor = position_.cursor,
                                    .retry_after = cause.retry_after,
                                    .overtaken = overtaken,
                                    .records = got_on_,
                                    .single_record = limit_.smallest(),
                                    .record = cause.record});
  if (!delay) return stop(delay.error(), cause.record);
  ++progress_.failures;
  if (!overtaken) {
    told_syncing_ = false;
    if (progress_.error.code != cause.error.code) {
      tell(SyncEvent::Level::kWarning,
           cause.error.message + "; trying again in " +
               core::format_duration(std::chrono::ceil<std::chrono::milliseconds>(*delay)));
    }
    progress_.health = Health::kRetrying;
    progress_.error = {cause.error.code, without_key(cause.error.message)};
    progress_.record = cause.record;
  }
  progress_.next_attempt_at = ports_.clock.now() + *delay;
  report(progress_.health, [delay = *delay](StreamSync& self) {
    self.again_ = false;
    self.phase_ = Phase::kWaiting;
    self.wake_after(delay);
  });
}

void StreamSync::stop(const core::Error& error, std::string record) {
  ++progress_.failures;
  progress_.health = Health::kStopped;
  progress_.error = {error.code, without_key(error.message)};
  progress_.record = std::move(record);
  tell(SyncEvent::Level::kError, "stopped: " + progress_.error.message);
  report(Health::kStopped, [](StreamSync& self) {
    self.again_ = false;
    self.phase_ = Phase::kStopped;
    self.host_.on_settled();
  });
}

// Stores the state of the stream, and gives back the claim and the worker.
void StreamSync::report(Health health, std::function<void(StreamSync&)> then) {
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
      event_of(*this,
               [then = std::move(then)](StreamSync& self, const core::Result<void>& reported) {
                 if (self.phase_ == Phase::kShutDown) return;
                 TERAPI_CHECK(self.phase_ == Phase::kReporting, "only the end of a round reports");
                 if (!reported) self.tell(SyncEvent::Level::kWarning, reported.error().message);
                 self.host_.free_worker();
                 then(self);
               }));
}

void StreamSync::shut_down() {
  walk_.reset();
  timer_.cancel();
  again_ = false;
  phase_ = Phase::kShutDown;
  core::check_invariants(*this);
}

void StreamSync::release_claim() {
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
  constexpr std::string_view kMark = "(key)";
  // Behind the mark: it may hold the key, if that is "k".
  for (std::size_t at = text.find(key); at != std::string::npos;
       at = text.find(key, at + kMark.size())) {
    text.replace(at, key.size(), kMark);
  }
  return text;
}

}  // namespace terapi::client

#include "conformance/harness/play/client_convergence.h"

#include <algorithm>
#include <limits>
#include <set>
#include <string_view>

#include "core/duration.h"

namespace terapi::conformance {

using namespace std::chrono_literals;

namespace {

constexpr core::Duration kToArrive = 5ms;
constexpr core::Duration kBetweenDumps = 100ms;
constexpr core::Duration kLongestPause = 1s;
constexpr core::Duration kToStore = 10s;   // what it was given, at the very most
constexpr core::Duration kTroubled = 60s;  // so long after a failure a client may still back off
// Pauses double, and a minute is a usual bound; two of that, since they may be drawn.
constexpr core::Duration kLongestBackoff = 130s;
constexpr core::Duration kUsual = 45s;  // a shorter limit means what it says
constexpr std::size_t kEndless = 500;   // the same question so often, and…
constexpr int kFarTooOften = 8;         // …so many times for each poll: nothing else will come
constexpr std::size_t kKept = 50'000;   // records of a dump that is kept for later comparison

}  // namespace

bool ClientConvergence::settled() const {
  const ClientWire& link = stage_.link();
  return link.all_given() && link.changes_waiting() == 0 && link.in_flight() == 0;
}

bool ClientConvergence::wait(core::Duration within, bool required) {
  const bool given = wait_until_given(within);
  if (endless()) {
    report_endless();
    return false;
  }
  if (!given) {
    check_all_alive();
    if (required && !killed()) report_never_given(std::max(within, waited_for_));
    return false;
  }
  if (!stage_.has_dump() || nothing_since_right_dump()) return true;
  return wait_for_dump(within, required);
}

// The limit is one on getting nowhere: whoever is given something new has all of it again.
bool ClientConvergence::wait_until_given(core::Duration within) {
  const ClientWire& link = stage_.link();
  core::Duration longest{0};
  core::Duration waited{0};  // of what the machine let them have
  core::Time since = stage_.now();
  for (core::Duration rest = patience(within);; rest = patience(within) - waited) {
    if (waited > 0s && rest <= 0s) break;
    const std::uint64_t before = link.given();
    stage_.run_until([&] { return settled() || all_dead() || endless() || link.given() != before; },
                     rest);
    longest = std::max(longest, stage_.now() - since);
    if (settled()) break;
    if (all_dead() || endless() || stage_.flooded()) return false;
    if (link.given() != before) {
      since = stage_.now();
      waited = 0s;
      continue;
    }
    if (rest <= 0s) break;
    waited += rest;
  }
  waited_for_ = waited;
  if (failed_last() && within >= kUsual) {
    stage_.waited(VainWaits::For::kBackoff, longest, kLongestBackoff, settled());
  } else if (within > 0s && !in_trouble()) {
    stage_.waited(VainWaits::For::kFetch, longest, within, settled());
  }
  return settled();
}

// How long whoever gets nowhere is waited for, as things are now.
core::Duration ClientConvergence::patience(core::Duration within) const {
  // It may be backing off, whatever other scenarios have shown.
  core::Duration time = in_trouble() ? within : stage_.patience_for(VainWaits::For::kFetch, within);
  if (within >= kUsual && failed_last()) {
    time = std::max(time, stage_.patience_for(VainWaits::For::kBackoff, kLongestBackoff));
  }
  return time;
}

// Of some stream the last answer was none, or trouble: what it has learnt since it has by a pause,
// which was to grow with each failure.
bool ClientConvergence::failed_last() const {
  const auto& exchanges = stage_.history().exchanges;
  std::set<std::string_view> seen;
  for (std::size_t i = exchanges.size(); i-- > 0;) {
    const Exchange& exchange = exchanges[i];
    if (exchange.stream.empty() || !seen.insert(exchange.stream).second) continue;
    if (exchange.status != 200 || !exchange.whole) return true;
  }
  return false;
}

// Faults have struck lately: a client may be backing off, and has a right to.
bool ClientConvergence::in_trouble() const {
  const auto& exchanges = stage_.history().exchanges;
  for (std::size_t i = exchanges.size(); i-- > 0;) {
    if (stage_.now() - exchanges[i].asked_at > kTroubled) break;
    if (exchanges[i].struck || exchanges[i].status != 200) return true;
  }
  return false;
}

bool ClientConvergence::wait_for_dump(core::Duration within, bool required) {
  const auto patience_for = [this](core::Duration limit) {
    return Patience(stage_.now(), limit, [this] { return stage_.starved(); });
  };
  const core::Duration to_store = stage_.patience_for(VainWaits::For::kStore, kToStore);
  const core::Time began = stage_.now();
  Patience all = patience_for(within);
  Patience storing = patience_for(to_store);
  std::size_t least_wrong = std::numeric_limits<std::size_t>::max();
  core::Duration pause = kBetweenDumps;
  // What was handed over last is on its way, and not stored.
  pass(kToArrive);
  while (true) {
    const TakenDump& dump = dump_now(all_dead());
    if (over_) return false;
    if (is_right(evidence(), dump)) {
      right_dump_ = {stage_.history().exchanges.size(), stage_.model().runs(),
                     static_cast<std::size_t>(stage_.client(1).life)};
      stage_.waited(VainWaits::For::kStore, stage_.now() - began, kToStore, true);
      return true;
    }
    const std::size_t wrong = count_wrong(evidence(), dump);
    if (wrong < least_wrong) {  // it gets on
      least_wrong = wrong;
      all = patience_for(within);
      storing = patience_for(to_store);
    }
    const bool stored = storing.over(stage_.now()) && quiet_since(to_store);
    if (stored || all.over(stage_.now()) || (all_dead() && !stage_.armed())) {
      if (stored) stage_.waited(VainWaits::For::kStore, stage_.now() - began, kToStore, false);
      check_all_alive();
      if (required && !killed()) report_wrong(dump, all.machine_too_slow());
      return false;
    }
    pass(pause);
    if (endless()) {
      report_endless();
      return false;
    }
    pause = std::min<core::Duration>(pause * 2, kLongestPause);
  }
}

void ClientConvergence::pass(core::Duration pause) {
  stage_.run_until([this] { return all_dead() || endless(); }, pause);
}

void ClientConvergence::report_wrong(const TakenDump& dump, bool too_slow) {
  for (Finding& wrong : compare_with_model(evidence(), dump)) {
    if (too_slow) wrong.verdict = Verdict::kInconclusive;
    findings_.add(std::move(wrong));
  }
  over_ = true;
}

// In virtual time, 45 s of a loop without pauses are a hundred thousand requests: it is known
// before that what becomes of it. A client that polls may ask as often, in as much time.
bool ClientConvergence::endless() {
  if (!plan_.client.counts_requests) return false;
  const auto& exchanges = stage_.history().exchanges;
  for (; looked_at_ < exchanges.size(); ++looked_at_) {
    const Exchange& exchange = exchanges[looked_at_];
    std::deque<core::Time>& asked = asked_[{exchange.stream, exchange.cursor.value_or("")}];
    asked.push_back(exchange.asked_at);
    if (asked.size() < kEndless) continue;
    if (asked.back() - asked.front() < plan_.client.poll * kEndless / kFarTooOften) endless_ = true;
    asked.pop_front();
  }
  return endless_;
}

void ClientConvergence::report_endless() {
  if (over_) return;
  findings_.add({.clause = "CLIENT-9",
                 .invariant = "I10",
                 .what = "the client asks for the same again and again",
                 .expected = "a pause between requests that bring nothing new",
                 .actual = std::to_string(kEndless) + " times the same request"});
  over_ = true;
}

void ClientConvergence::report_never_given(core::Duration within) {
  over_ = true;
  for (Finding& finding : find_never_given(evidence())) {
    finding.actual = "not within " + core::format_duration(within) +
                     " after it was last given something that it lacked";
    if (!stage_.machine_too_slow().empty()) {
      finding.verdict = Verdict::kInconclusive;
      finding.actual = stage_.machine_too_slow();
    }
    findings_.add(std::move(finding));
  }
}

// Neither the server nor the client has done anything since its dump was found right.
bool ClientConvergence::nothing_since_right_dump() const {
  return right_dump_ == std::array<std::size_t, 3>{stage_.history().exchanges.size(),
                                                   stage_.model().runs(),
                                                   static_cast<std::size_t>(stage_.client(1).life)};
}

// It was given everything whole and asks for nothing: what it has not stored by now, it will not
// store. A stream of which the last answer was in trouble may be backing off.
bool ClientConvergence::quiet_since(core::Duration span) const {
  const ClientWire& link = stage_.link();
  const core::Time last = std::max(link.last_request_at(), link.last_handed_at());
  if (link.in_flight() > 0 || stage_.now() - last < span) return false;
  std::set<std::string_view> looked_at;
  const auto& exchanges = stage_.history().exchanges;
  for (std::size_t i = exchanges.size(); i-- > 0;) {
    if (looked_at.insert(exchanges[i].stream).second && exchanges[i].struck) return false;
  }
  return true;
}

bool ClientConvergence::all_dead() const {
  for (int worker = 1; worker <= workers_; ++worker) {
    if (stage_.client(worker).alive) return false;
  }
  return true;
}

// By the judge, and not yet started again: nobody is there to converge.
bool ClientConvergence::killed() const {
  return all_dead() && !stage_.client(1).exit_status.has_value();
}

void ClientConvergence::check_all_alive() {
  for (int worker = 1; worker <= workers_; ++worker) check_alive(worker);
}

void ClientConvergence::check_alive(int worker) {
  const ClientState state = stage_.client(worker);
  if (state.alive || !state.exit_status || plan_.client.may_stop || may_die() ||
      told_of_death_ == state.life) {
    return;
  }
  told_of_death_ = state.life;
  findings_.add({.clause = "CLIENT-9",
                 .invariant = "V1",
                 .what = "the client's process ended by itself, with status " +
                         std::to_string(*state.exit_status),
                 .expected = "a process that goes on",
                 .actual = last_words(worker)});
}

bool ClientConvergence::may_die() const {
  return std::find(plan_.client.spared.begin(), plan_.client.spared.end(), "V1") !=
         plan_.client.spared.end();
}

std::string ClientConvergence::last_words(int worker) const {
  const std::string said = stage_.output(worker);
  if (said.empty()) return "it said nothing";
  return "it said: " + said.substr(said.size() > 400 ? said.size() - 400 : 0);
}

// --- dumps --------------------------------------------------------------------------------------

void ClientConvergence::take_dump(bool dead) { (void)dump_now(dead); }

// While the client is at it, whoever reads what it has stored may find it locked.
core::Result<std::vector<DumpRecord>> ClientConvergence::read_dump_of_client() {
  Patience patience(stage_.now(), kToStore, [this] { return stage_.starved(); });
  core::Duration pause = kBetweenDumps;
  while (true) {
    auto records = stage_.dump_records();
    if (records || records.error().code == "bad_dump" || patience.over(stage_.now())) {
      return records;
    }
    stage_.run_until([] { return false; }, pause);
    pause = std::min<core::Duration>(pause * 2, kLongestPause);
  }
}

const TakenDump& ClientConvergence::dump_now(bool dead) {
  TakenDump taken;
  taken.dead = dead;
  taken.life = stage_.client(1).life;
  if (!stage_.has_dump()) return not_kept(std::move(taken));
  auto records = read_dump_of_client();
  if (!records) {
    if (!over_) {
      const bool too_slow = !stage_.machine_too_slow().empty();
      findings_.add({.verdict = too_slow ? Verdict::kInconclusive : Verdict::kFail,
                     .clause = "",
                     .invariant = "",
                     .what = "the client's dump could not be taken",
                     .expected = "the dump format, on standard output",
                     .actual = records.error().message});
    }
    over_ = true;
    return not_kept(std::move(taken));
  }
  taken.event = note_dump(records->size());
  taken.records = *std::move(records);
  if (taken.records.size() > kKept) return not_kept(std::move(taken));
  // Of a dead client each one counts; of a living one that is looked at again, the last.
  if (!dead && dumps_.size() > 8 && !dumps_.back().dead) dumps_.pop_back();
  dumps_.push_back(std::move(taken));
  return dumps_.back();
}

const TakenDump& ClientConvergence::not_kept(TakenDump taken) {
  not_kept_ = std::move(taken);
  return not_kept_;
}

// The same again and again would only hide what happened.
std::size_t ClientConvergence::note_dump(std::size_t records) {
  const std::string text = std::to_string(records) + " records in the dump";
  const auto& events = stage_.history().events();
  if (!events.empty() && events.back().kind == EventKind::kDump && events.back().text == text) {
    return events.back().number;
  }
  return stage_.history().add({.at = stage_.now(), .kind = EventKind::kDump, .text = text});
}

ClientEvidence ClientConvergence::evidence() const {
  return {.history = stage_.history(),
          .model = stage_.model(),
          .dialect = stage_.dialect(),
          .streams = stage_.options().client.streams,
          .dumps = dumps_,
          .spared = {plan_.client.spared.begin(), plan_.client.spared.end()},
          .several_workers = workers_ > 1,
          .counts_requests = plan_.client.counts_requests};
}

}  // namespace terapi::conformance

#include "conformance/harness/explore/schedule_draw.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "conformance/harness/explore/drawn_aim.h"
#include "conformance/harness/explore/drawn_dialect.h"
#include "conformance/harness/explore/drawn_rule.h"
#include "conformance/harness/explore/drawn_shape.h"
#include "conformance/harness/explore/drawn_world.h"
#include "conformance/harness/explore/swarm.h"
#include "core/random.h"

namespace terapi::conformance {

using namespace std::chrono_literals;

namespace {

// A right client backs off for a minute at the most, whatever the trouble was.
constexpr core::Duration kToRecover = 110s;
constexpr core::Duration kFarOff = 10min;

class ScheduleDraw {
 public:
  ScheduleDraw(std::uint64_t seed, const DrawOptions& options)
      : options_(options),
        story_(core::Random(seed).stream("story")),
        history_(core::Random(seed).stream("history")),
        faults_(core::Random(seed).stream("faults")),
        swarm_(core::Random(seed).stream("swarm"), options.over_http),
        background_(core::Random(seed).stream("background")),
        aim_(drawn_aim(seed)),
        aims_(!(options.over_http && traits_of(aim_.kind).in_process)),
        shape_(drawn_shape(core::Random(seed).stream("shape"), swarm_, aim_, options)),
        world_(core::Random(seed), with_background()) {
    draw_client();
    Scenario& scenario = drawn_.scenario;
    scenario.id = "explore/seed-" + std::to_string(seed);
    scenario.title = "What seed " + std::to_string(seed) + " drew";
    scenario.why = "Nobody thought of it.";
    scenario.clauses = {"CLIENT-1"};
    scenario.origin = "terapi-conformance explore --seeds " + std::to_string(seed);
    scenario.kills_none = "It was drawn, not designed.";
    scenario.dialects = {std::string(options.dialect->name)};
    scenario.seed = seed;
    scenario.given = world_in(world_.given(), *options.dialect);
    budget_ = options.size == DrawOptions::Size::kSmall ? 5 : 1 + story_.below(8);
    if (aims_) budget_ -= std::min(budget_, cost_of_aim());
  }

  DrawnSchedule take() {
    begin();
    const std::uint64_t episodes =
        options_.size == DrawOptions::Size::kSmall ? 2 : 1 + story_.below(4);
    for (std::uint64_t i = 0; i < episodes; ++i) {
      if (aims_ && i == 0 && aim_.moment != DrawnAim::Moment::kFirst) {
        aimed();
      } else {
        episode();
      }
    }
    if (!shape_.background.empty()) background();
    add_expectations();
    return std::move(drawn_);
  }

 private:
  // --- the client -------------------------------------------------------------------------------

  void draw_client() {
    static constexpr std::array<core::Duration, 6> kPolls = {1s, 2s, 5s, kFarOff, kFarOff, kFarOff};
    static constexpr std::array<std::uint64_t, 6> kLimits = {1, 2, 3, 5, 10, 100};
    Plan& plan = drawn_.scenario.plan;
    plan.client.poll = kPolls[story_.below(kPolls.size())];
    plan.client.limit = kLimits[story_.below(kLimits.size())];
    if (shape_.records > 30 && plan.client.limit < 3) plan.client.limit += 4;
    if (options_.size == DrawOptions::Size::kSmall)
      plan.client.limit = std::max<std::uint64_t>(plan.client.limit, 10);
    // Its next look would make good what it missed.
    if (aims_at_answers() && story_.below(8) != 0) plan.client.poll = kFarOff;
    if (aim_.moment == DrawnAim::Moment::kNext) {
      plan.client.limit = std::min<std::uint64_t>(plan.client.limit, 10);
    }
    plan.client.streams = world_.names();
    // Whoever takes no webhooks would wait for minutes.
    plan.client.needs_webhooks = far_off();
  }
  bool far_off() const { return drawn_.scenario.plan.client.poll == kFarOff; }

  // --- steps ------------------------------------------------------------------------------------

  void step(Step::What what) {
    if (const auto kind = kind_of_step(what)) drawn_.kinds.add(*kind);
    drawn_.scenario.plan.steps.push_back({.what = std::move(what)});
  }
  void pass(core::Duration duration) {
    if (duration.count() > 0) step(PassStep{duration});
  }
  void pass_some() {
    static constexpr std::array<core::Duration, 8> kPasses = {0s,   0s,    1ms, 2ms,
                                                              10ms, 100ms, 1s,  3s};
    pass(kPasses[story_.below(kPasses.size())]);
  }
  void converge() {
    step(WaitStep{.what = WaitStep::What::kConverged, .within = kToRecover});
    changes_wait_ = false;
  }
  void expect(ClientCheck check) { step(CheckStep{std::move(check)}); }
  void start(int worker = 1, bool wait = true) {
    step(ProcessStep{ProcessStep::What::kStarts, worker, wait});
  }

  DrawnStream& any_stream() { return world_.streams()[history_.below(world_.streams().size())]; }

  void run(RunKind kind = RunKind::kAny) {
    if (kind == RunKind::kAny && history_.below(5) == 0) kind = RunKind::kOnlyDeletes;
    const bool announced = history_.below(6) != 0;
    hints_lost_ = hints_lost_ || !announced;
    step(RunStep{.body = world_.run(any_stream(), kind, 4, announced)});
  }
  void runs() {
    const std::uint64_t count = 1 + history_.below(3);
    for (std::uint64_t i = 0; i < count; ++i) {
      run();
      pass_some();
    }
  }
  void change_between_pages() {
    // It may come in another order than it was drawn in. Where deleting what is deleted moves it,
    // that would be a change of which no webhook tells.
    if (far_off() && options_.dialect->habits.deletes_whatever_it_is_told) return;
    // One that comes after the walk it was meant for is not seen without a webhook.
    const bool announced = history_.below(2) == 0 || far_off();
    hints_lost_ = hints_lost_ || !announced;
    changes_wait_ = true;
    step(BetweenPagesStep{1 + history_.below(3),
                          world_.run(any_stream(), RunKind::kAny, 4, announced)});
  }

  // --- the beginning ----------------------------------------------------------------------------

  void begin() {
    if (aims_ && aim_.moment == DrawnAim::Moment::kFirst) return aimed_from_the_start();
    // What was changed before anybody looked is first seen as UPDATED, or as DELETED.
    if (history_.below(2) == 0) runs();
    if (swarm_.on(FaultKind::kBetweenPages) && story_.below(2) == 0) change_between_pages();
    if (story_.below(3) == 0) {
      trouble(true);
      return;
    }
    start();
    if (swarm_.on(FaultKind::kSecondWorker) && story_.below(3) == 0) start(2);
    hints_lost_ = hints_lost_ && changes_wait_;  // its first walk sees what came before
    converge_calmly();
    expect_pages();
  }

  // All is well, and stays so until everything is there.
  void converge_calmly() {
    if (far_off() && hints_lost_) announce();
    hints_lost_ = false;
    converge();
  }
  // A run on each stream that a webhook tells.
  void announce() {
    for (DrawnStream& stream : world_.streams()) {
      step(RunStep{.body = world_.run(stream, RunKind::kOnlyNew, 1, true)});
    }
  }
  // It was told how much it may ask for at once.
  void expect_pages() {
    for (const DrawnStream& stream : world_.streams()) {
      const std::uint64_t least = (stream.begun_with + drawn_.scenario.plan.client.limit - 1) /
                                  drawn_.scenario.plan.client.limit;
      if (least < 2) continue;
      ClientCheck check;
      check.least = least;
      check.stream = stream.name();
      check.clause = "CLIENT-10";
      check.because = "It was told to ask for " +
                      std::to_string(drawn_.scenario.plan.client.limit) + " records at a time";
      expect(std::move(check));
    }
  }

  // --- what the seed is to try ------------------------------------------------------------------

  bool aims_at_answers() const { return aim_.moment != DrawnAim::Moment::kAnyTime; }
  // In faults.
  std::uint64_t cost_of_aim() const { return aim_.moment == DrawnAim::Moment::kAgain ? 2 : 1; }

  // It has everything when this begins.
  void aimed() {
    budget_ += cost_of_aim();
    if (place_of(aim_.kind) == FaultPlace::kJudge) return judge_sends(aim_.kind, aim_.variant);
    if (traits_of(aim_.kind).stops_client) {
      when_ = DrawnRuleOptions::When::kAlways;  // who asks again is refused again
      refuse(aim_.kind);
      when_ = DrawnRuleOptions::When::kAnyTime;
      return;
    }
    if (aim_.moment == DrawnAim::Moment::kAgain) return aimed_at_looking_again();
    set_aim();
    DrawnStream& stream = any_stream();
    if (aim_.moment == DrawnAim::Moment::kNext) {
      step(RunStep{.body = world_.backlog(
                       stream, drawn_.scenario.plan.client.limit * (2 + faults_.below(3)), true)});
    } else {
      step(RunStep{.body = world_.run(stream, RunKind::kAny, 4, true)});
    }
    if (armed_) {
      be_dead();
    } else if (disk_full_ && faults_set_) {
      pass(450ms);
    } else if (aim_.lasts) {
      pass(options_.over_http ? 8s : 20s);
    } else {
      pass_some();
    }
    recover_patiently();
  }

  void aimed_from_the_start() {
    budget_ += cost_of_aim();
    for (DrawnStream& stream : world_.streams()) {
      if (!stream.records.empty()) continue;
      step(RunStep{.body = world_.run(stream, RunKind::kOnlyNew, 4, true)});
    }
    set_aim();
    start();
    pass_some();
    recover_patiently();
  }

  // What it is given on the way is no newer than what it holds.
  void aimed_at_looking_again() {
    DrawnStream& stream = world_.streams().front();
    pass(3s);
    const RunKind kind = aim_.kind == FaultKind::kStale ? RunKind::kOnlyOld : RunKind::kAny;
    step(RunStep{.body = world_.run(stream, kind, 4, true)});
    converge();
    if (aim_.kind == FaultKind::kPrune) prune_some();
    set_aim();
    JudgeWebhook hint;
    hint.stream = stream.name();
    step(WebhookStep{hint});
    pass(faults_.below(4) == 0 ? 200ms : 2s);
    expect_what_it_had();
    recover();
  }

  void set_aim() {
    begin_trouble(aim_.kind == FaultKind::kRateLimited);
    if (aim_.kind == FaultKind::kDiskFull) {
      if (aim_.moment == DrawnAim::Moment::kNext) pages_come_slowly();
      return disturb(aim_.kind);
    }
    if (place_of(aim_.kind) == FaultPlace::kProcess) return arm(aim_.kind, 4);
    std::string rules;
    WireStep wire;
    when_ = DrawnRuleOptions::When::kSoon;
    if (aim_.moment == DrawnAim::Moment::kAgain) add_rule(FaultKind::kInvalidCursor, rules, wire);
    if (aim_.lasts) when_ = DrawnRuleOptions::When::kAlways;
    if (aim_.kind != FaultKind::kPrune) add_rule(aim_.kind, rules, wire);
    when_ = DrawnRuleOptions::When::kAnyTime;
    set(rules, std::move(wire));
  }
  // So slowly that the disk is full for the first of them, and not for the last.
  void pages_come_slowly() {
    drawn_.kinds.add(FaultKind::kDelay);
    set(R"({"id":"delay-)" + std::to_string(++rules_drawn_) +
            R"(","on":"api","do":{"delay":"300ms"}})",
        {});
  }

  // --- episodes ---------------------------------------------------------------------------------

  void episode() {
    const std::uint64_t kind = story_.below(12);
    if (kind < 6) return trouble(false);
    if (kind == 6) return calm();
    if (kind == 7) return webhooks_of_the_judge();
    if (kind == 8) return refusal();
    if (kind == 9) return keeps_what_it_has();
    if (kind == 10) return death_in_a_backlog();
    prune();
  }

  void calm() {
    runs();
    converge_calmly();
  }

  // Some kinds of faults while records change; then they stop.
  void trouble(bool from_the_start) {
    begin_trouble(swarm_.on(FaultKind::kRateLimited));
    set_rules(1 + faults_.below(3), from_the_start);
    if (from_the_start) start();
    const std::uint64_t acts = 1 + story_.below(3);
    for (std::uint64_t i = 0; i < acts; ++i) {
      if (late_commit_) {
        if (i == 0) run();
        pass(1500ms);
        break;  // another commit would come before it
      }
      if (story_.below(2) == 0) disturb();
      runs();
    }
    recover_patiently();
  }
  void begin_trouble(bool told_to_wait) {
    api_rules_ = 0;
    retry_after_ = 0s;
    if (told_to_wait) step(MarkStep{"trouble"});
  }
  void recover_patiently() {
    recover();
    // What else happens to an answer may hide what it says.
    if (retry_after_ > 0s && api_rules_ == 1) expect_patience();
  }

  // The one 429 that there is says how long to wait.
  void expect_patience() {
    if (shape_.environment.starts_with(R"("rate_limit")")) return;
    ClientCheck check;
    check.what = ClientCheck::What::kWaitsAfter;
    check.status = 429;
    check.time = retry_after_;
    check.clause = "CLIENT-9";
    check.because = "It was told how long to wait";
    expect(std::move(check));
  }

  static bool is_rule(FaultKind kind) {
    const FaultPlace place = place_of(kind);
    return place == FaultPlace::kApi || place == FaultPlace::kWebhook ||
           place == FaultPlace::kStore || place == FaultPlace::kWire;
  }

  void set_rules(std::uint64_t most, bool from_the_start) {
    std::string rules;
    WireStep wire;
    for (std::uint64_t i = 0; i < most && budget_ > 0; ++i) {
      const auto kind = swarm_.pick(faults_, [&](FaultKind k) {
        if (traits_of(k).comes_late && (from_the_start || changes_wait_)) return false;
        // An episode of its own.
        return is_rule(k) && !traits_of(k).stops_client;
      });
      if (!kind) break;
      if (traits_of(*kind).comes_late) late_commit_ = true;
      add_rule(*kind, rules, wire);
    }
    set(rules, std::move(wire));
  }

  void add_rule(FaultKind kind, std::string& rules, WireStep& wire) {
    if (budget_ > 0) --budget_;
    const DrawnStream& stream = world_.streams().front();
    const std::string record =
        stream.records.empty() ? "r1" : stream.records[faults_.below(stream.records.size())].id;
    const DrawnRule rule =
        draw_rule(kind, {++rules_drawn_, record, options_.over_http, when_}, faults_);
    drawn_.kinds.add(kind);
    hints_lost_ = hints_lost_ || traits_of(kind).loses_hints;
    if (place_of(kind) == FaultPlace::kApi) ++api_rules_;
    if (kind == FaultKind::kRateLimited) retry_after_ = rule.retry_after;
    if (rule.text.empty()) {
      wire.rules.push_back(rule.wire);
    } else {
      rules += (rules.empty() ? "" : ",") + rules_in(rule.text, *options_.dialect);
    }
  }
  void set(const std::string& rules, WireStep wire) {
    if (!rules.empty()) {
      faults_set_ = true;
      step(FaultsStep{"[" + rules + "]"});
    }
    if (!wire.rules.empty()) {
      wire_set_ = true;
      step(std::move(wire));
    }
  }

  // Something that is no rule happens.
  void disturb() {
    if (budget_ == 0) return;
    const auto kind = swarm_.pick(faults_, [](FaultKind k) { return traits_of(k).disturbs; });
    if (!kind) return;
    --budget_;
    disturb(*kind);
  }

  void disturb(FaultKind kind) {
    static constexpr std::array<core::Duration, 6> kJumps = {24h, -24h, 1h, -1h, 1s, -1s};
    switch (kind) {
      case FaultKind::kKill:
        step(ProcessStep{ProcessStep::What::kIsKilled, 1, true});
        if (story_.below(2) == 0) runs();
        return start(1, story_.below(2) == 0);
      case FaultKind::kStop:
        step(ProcessStep{ProcessStep::What::kStops, 1, true});
        if (story_.below(2) == 0) runs();
        return start(1, story_.below(2) == 0);
      case FaultKind::kClockJump:
        return step(ClockStep{kJumps[story_.below(kJumps.size())]});
      case FaultKind::kDiskFull:
        disk_full_ = true;
        return step(DiskStep{true});
      case FaultKind::kBetweenPages:
        return change_between_pages();
      default:
        arm(kind, kind == FaultKind::kKillAtWebhook ? 2 : 8);
        runs();
        return be_dead();
    }
  }

  // It dies at one of the next so many of what the kind is about.
  void arm(FaultKind kind, std::uint64_t latest) {
    KillStep kill;
    for (const auto at :
         {KillStep::At::kRequest, KillStep::At::kAnswer, KillStep::At::kWebhookAnswered,
          KillStep::At::kStoreCall, KillStep::At::kStoreCalled}) {
      if (kind_of_kill(at) == kind) kill.at = at;
    }
    kill.nth = 1 + faults_.below(latest);
    drawn_.kinds.add(kind);
    step(kill);
    armed_ = true;
  }
  void be_dead() {
    pass(1s);
    step(ProcessStep{ProcessStep::What::kIsKilled, 1, true});
    start(1, false);
  }

  // The faults stop, and what is dead or has given up is started again.
  void recover() {
    if (armed_) step(KillStep{.at = KillStep::At::kNever});
    if (faults_set_) step(FaultsStep{"[]"});
    if (wire_set_) step(WireStep{});
    if (disk_full_) step(DiskStep{false});
    if (armed_ || stopped_) start();
    armed_ = stopped_ = faults_set_ = wire_set_ = disk_full_ = late_commit_ = false;
    converge_calmly();
  }

  // A client may stop after a refusal, and must not go on asking.
  void refusal() {
    const auto kind = swarm_.pick(faults_, [](FaultKind k) { return traits_of(k).stops_client; });
    if (!kind || budget_ == 0) return calm();
    refuse(*kind);
  }

  void refuse(FaultKind kind) {
    drawn_.scenario.plan.client.may_stop = true;
    std::string rules;
    WireStep wire;
    // What makes it ask.
    std::vector<RunStep> asks;
    for (DrawnStream& stream : world_.streams()) {
      asks.push_back(RunStep{.body = world_.run(stream, RunKind::kOnlyNew, 2, true)});
    }
    add_rule(kind, rules, wire);
    const bool poison = !wire.rules.empty();
    if (poison) wire.rules.front().record = world_.streams().front().records.back().id;
    step(MarkStep{std::string(word_of(kind))});
    set(rules, std::move(wire));
    for (RunStep& run : asks) step(std::move(run));
    pass(10s);
    if (kind == FaultKind::kRedirect) {
      ClientCheck check;
      check.what = ClientCheck::What::kNothingElsewhere;
      check.clause = "AUTH-5";
      expect(check);
    } else if (!poison) {
      expect_few_requests(kind == FaultKind::kUnauthorized ? 401 : 400);
    }
    stopped_ = true;
    recover();
  }

  void expect_few_requests(int status) {
    for (const DrawnStream& stream : world_.streams()) {
      ClientCheck check;
      check.status = status;
      check.most = 3;
      check.stream = stream.name();
      check.clause = "CLIENT-9";
      check.because = "A refusal does not get better by asking again";
      expect(std::move(check));
    }
  }

  // Nothing changes on the server, whatever goes wrong: what it held, it holds. Where a sync runs
  // by itself, nobody can say so.
  void keeps_what_it_has() {
    converge_calmly();
    if (!shape_.background.empty()) return;
    std::string rules;
    WireStep wire;
    const std::uint64_t most = 1 + faults_.below(2);
    for (std::uint64_t i = 0; i < most && budget_ > 0; ++i) {
      const auto kind = swarm_.pick(faults_, [](FaultKind k) {
        return place_of(k) == FaultPlace::kApi && !traits_of(k).stops_client;
      });
      if (kind) add_rule(*kind, rules, wire);
    }
    if (rules.empty()) return;
    set(rules, {});
    // What makes it ask, and changes nothing.
    JudgeWebhook hint;
    hint.stream = any_stream().name();
    step(WebhookStep{hint});
    pass(faults_.below(2) == 0 ? 200ms : 2s);
    expect_what_it_had();
    if (swarm_.on(FaultKind::kKill)) {
      step(ProcessStep{ProcessStep::What::kIsKilled, 1, true});
      start(1, false);
    }
    recover();
  }

  void expect_what_it_had() {
    ClientCheck check;
    check.what = ClientCheck::What::kConverged;
    check.clause = "CLIENT-9";
    check.because = "Nothing has changed on the server since it held everything";
    expect(check);
  }

  // Many pages are there to be read, and it dies on the way: it goes on where its data ends.
  void death_in_a_backlog() {
    if (budget_ == 0) return calm();
    --budget_;
    DrawnStream& stream = any_stream();
    const std::uint64_t pages = 5 + faults_.below(4);
    step(RunStep{
        .body = world_.backlog(
            stream, std::min<std::uint64_t>(drawn_.scenario.plan.client.limit, 10) * pages, true)});
    KillStep kill;
    kill.nth = 4 + faults_.below(pages - 4);
    drawn_.kinds.add(FaultKind::kKillAtAnswer);
    step(kill);
    pass(2s);
    step(KillStep{.at = KillStep::At::kNever});
    step(ProcessStep{ProcessStep::What::kIsKilled, 1, true});
    start();
    pass(20ms);
    ClientCheck check;
    check.what = ClientCheck::What::kResumedWithinPages;
    check.most = 3;
    check.stream = stream.name();
    check.clause = "CLIENT-2";
    check.because = "What was read was to be stored before the next page";
    expect(std::move(check));
    converge_calmly();
  }

  // --- the judge's own hand ---------------------------------------------------------------------

  void webhooks_of_the_judge() {
    const auto kind =
        swarm_.pick(faults_, [](FaultKind k) { return place_of(k) == FaultPlace::kJudge; });
    if (!kind || budget_ == 0) return calm();
    const std::uint8_t variants =
        *kind == FaultKind::kHostileWebhook ? kHostileVariants : kUnknownVariants;
    judge_sends(*kind, faults_.below(variants));
  }

  void judge_sends(FaultKind kind, std::uint64_t variant) {
    --budget_;
    JudgeWebhook act;
    DrawnStream& stream = any_stream();
    act.stream = stream.name();
    act.spaced = faults_.below(3) == 0;
    act.answer = JudgeWebhook::Answer::kAccepted;
    switch (kind) {
      case FaultKind::kHostileWebhook: {
        using Signature = JudgeWebhook::Signature;
        static constexpr std::array<Signature, kHostileVariants> kHostile = {
            Signature::kMissing,    Signature::kWrongKey,         Signature::kAltered,
            Signature::kLegacyOnly, Signature::kLengthExtended,   Signature::kReserialised,
            Signature::kAlteredEnd, Signature::kAlteredBeginning, Signature::kCutShort};
        act.signature = kHostile[variant];
        act.answer = JudgeWebhook::Answer::kRefused;
        // Another spelling of what is spelled otherwise already would be the same text.
        if (act.signature == Signature::kReserialised) act.spaced = false;
        break;
      }
      case FaultKind::kUnknownWebhook: {
        static constexpr std::array<const char*, kUnknownVariants> kTypes = {
            "auth", "forward", "async_action", "news"};
        act.type = kTypes[variant];
        break;
      }
      case FaultKind::kBaitWebhook:
        act.modified_after = "{now}";
        if (faults_.below(3) == 0) act.signature = JudgeWebhook::Signature::kList;
        step(RunStep{.body = world_.run(stream, RunKind::kAny, 2, false)});
        pass(5ms);
        step(RunStep{.body = world_.run(stream, RunKind::kOnlyNew, 1, false)});
        break;
      default:
        act.times = 2 + faults_.below(20);
        step(RunStep{.body = world_.run(stream, RunKind::kAny, 2, false)});
        break;
    }
    const bool told = kind == FaultKind::kBaitWebhook || kind == FaultKind::kWebhookBurst;
    step(WebhookStep{act});
    if (told) return converge_calmly();
    calm();
  }

  void prune() {
    DrawnStream& stream = world_.streams().front();
    const bool possible = swarm_.on(FaultKind::kPrune) && stream.variant.empty() &&
                          !stream.records.empty() && shape_.environment.empty() && budget_ > 0;
    if (!possible) return calm();
    --budget_;
    converge_calmly();
    prune_some();
    if (faults_.below(2) == 0) return keeps_what_it_has();
    calm();
  }

  void prune_some() {
    const DrawnStream& stream = world_.streams().front();
    PruneStep prune;
    prune.prune.stream.model = stream.model;
    prune.prune.until = "@" + stream.records[faults_.below(stream.records.size())].id;
    step(std::move(prune));
  }

  // --- runs in the background -------------------------------------------------------------------

  const DrawnWorld::Shape& with_background() {
    const bool small = options_.size == DrawOptions::Size::kSmall;
    // A limit would refuse the judge's own calls, too.
    const bool limited = shape_.environment.find("rate_limit") != std::string::npos;
    // Where a sync runs by itself, nobody can say that it holds what it has to.
    const bool holds_still = aims_ && aim_.moment == DrawnAim::Moment::kAgain;
    if (!small && !limited && !holds_still && swarm_.on(FaultKind::kBackgroundRun)) {
      add_background(shape_, background_, options_);
    }
    return shape_;
  }

  void background() {
    if (background_.below(3) == 0) {
      step(UpstreamStep{
          {.collection = std::string(DrawnWorld::kThings), .behaves = R"({"latency":"20ms"})"}});
    }
    for (std::uint64_t i = 1 + background_.below(3); i > 0; --i) {
      change_external_api();
      run_in_background();
      pass_some();
    }
    converge_calmly();
  }

  void change_external_api() {
    const DrawnChange change = world_.change(world_.streams().front(), RunKind::kAny, 6);
    const auto list = [](const std::string& items) {
      return items.empty() ? "" : "[" + items + "]";
    };
    ExternalChange external{.collection = std::string(DrawnWorld::kThings)};
    external.save = list(change.saves);
    external.update = list(change.updates);
    external.gone = list(change.deletes);
    step(UpstreamStep{std::move(external)});
  }

  void sync(SyncStep::What what, bool reset = false, bool empty_cache = false) {
    step(SyncStep{.what = what,
                  .name = std::string(DrawnWorld::kThings),
                  .reset = reset,
                  .empty_cache = empty_cache});
  }

  void run_in_background() {
    using What = SyncStep::What;
    switch (background_.below(8)) {
      case 0:
        sync(What::kPause);
        change_external_api();
        pass(background_.below(2) == 0 ? 0s : 4s);
        sync(What::kStart);
        return sync(What::kTrigger);
      case 1:
        if (swarm_.on(FaultKind::kRunFails)) fail_a_run();
        return sync(What::kTrigger);
      case 2:
        return sync(What::kTrigger, true);
      case 3:
        return sync(What::kTrigger, true, true);
      case 4:
        if (swarm_.on(FaultKind::kKill)) {
          step(ProcessStep{ProcessStep::What::kIsKilled, 1, true});
          sync(What::kTrigger);
          return start();
        }
        return sync(What::kTrigger);
      case 5:
        sync(What::kTrigger);
        change_external_api();
        return sync(What::kTrigger);
      default:
        return sync(What::kTrigger);
    }
  }

  // A client may leave runs that failed to its poll.
  void fail_a_run() {
    step(FaultsStep{R"([{"id":"run-fails-)" + std::to_string(++rules_drawn_) +
                    R"(","on":"upstream","nth":[)" + std::to_string(1 + background_.below(3)) +
                    R"(],"times":1,"do":{"status":503}}])"});
    drawn_.kinds.add(FaultKind::kRunFails);
    sync(SyncStep::What::kTrigger);
    pass(100ms);
    step(FaultsStep{"[]"});
    hints_lost_ = true;
  }

  void add_expectations() {
    ClientCheck check;
    check.what = ClientCheck::What::kWebhooksAnswered;
    check.time = 5s;
    check.clause = "CLIENT-6";
    drawn_.scenario.plan.expect.push_back({.what = CheckStep{std::move(check)}});
  }

  const DrawOptions& options_;
  core::Random story_;    // what happens, and when
  core::Random history_;  // what becomes of records
  core::Random faults_;   // what goes wrong
  Swarm swarm_;
  core::Random background_;  // what becomes of the external API and its sync
  DrawnAim aim_;
  bool aims_;  // it can be tried here
  DrawnWorld::Shape shape_;
  DrawnWorld world_;
  DrawnSchedule drawn_;
  std::uint64_t budget_ = 0;  // of faults
  std::size_t rules_drawn_ = 0;

  bool hints_lost_ = false;    // something may have changed of which no webhook tells
  bool changes_wait_ = false;  // for pages between which they come
  bool faults_set_ = false;
  bool wire_set_ = false;
  bool disk_full_ = false;
  bool armed_ = false;
  bool stopped_ = false;
  bool late_commit_ = false;
  DrawnRuleOptions::When when_ = DrawnRuleOptions::When::kAnyTime;  // rules strike
  std::size_t api_rules_ = 0;                                       // of the episode
  core::Duration retry_after_{0};                                   // that one of them asks for
};

}  // namespace

DrawnSchedule draw_schedule(std::uint64_t seed, const DrawOptions& options) {
  return ScheduleDraw(seed, options).take();
}

}  // namespace terapi::conformance

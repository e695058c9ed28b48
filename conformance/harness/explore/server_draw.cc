#include "conformance/harness/explore/server_draw.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "conformance/harness/explore/drawn_dialect.h"
#include "conformance/harness/explore/drawn_world.h"
#include "conformance/laws/law.h"
#include "core/check.h"
#include "core/json.h"
#include "core/random.h"

namespace terapi::conformance {

namespace json = core::json;

namespace {

// Laws that take hundreds of requests: a story has one at most.
constexpr std::array<std::string_view, 5> kLongLaws = {"filters", "modified-after", "combined",
                                                       "reachable", "nothing-behind"};

bool is_long(const Law& law) {
  return std::find(kLongLaws.begin(), kLongLaws.end(), law.name) != kLongLaws.end();
}

// Which laws a seed looks at: few, some, most.
std::vector<const Law*> drawn_laws(core::Random random, bool only_reads) {
  static constexpr std::array<std::uint64_t, 3> kDensities = {2, 4, 7};
  const std::uint64_t density = kDensities[random.below(kDensities.size())];
  std::vector<const Law*> laws;
  for (const Law& law : all_laws()) {
    const bool on = random.below(8) < density;
    if (!on || law.needs.webhooks || law.name == "rate-limit") continue;  // episodes of their own
    if (!only_reads || !law.needs.any()) laws.push_back(&law);
  }
  if (laws.empty()) laws.push_back(find_law("any-query"));
  return laws;
}

class ServerDraw {
 public:
  ServerDraw(std::uint64_t seed, const ServerDrawOptions& options)
      : seed_(seed),
        options_(options),
        story_(core::Random(seed).stream("story")),
        history_(core::Random(seed).stream("history")),
        hooks_(core::Random(seed).stream("webhooks")),
        laws_(drawn_laws(core::Random(seed).stream("laws"), options.only_reads)),
        announces_(!options.only_reads && hooks_.below(3) != 0),
        background_(core::Random(seed).stream("background")),
        world_(core::Random(seed), drawn_shape(core::Random(seed).stream("shape"))) {}

  std::string take() {
    std::string given;
    if (options_.only_reads) {
      for (std::uint64_t i = 1 + story_.below(3); i > 0; --i) law({});
    } else if (story_.below(12) == 0) {
      given = environments();
    } else {
      given = world_.given();
      tell();
    }
    return head() +
           (given.empty() ? R"("any_data":true,)"
                          : R"("given":)" + world_in(given, *options_.dialect) + ",") +
           R"("steps":[)" + steps_ + "]}";
  }

 private:
  // --- the file ---------------------------------------------------------------------------------

  std::string head() const {
    const std::string number = std::to_string(seed_);
    return R"({"id":"explore/server-seed-)" + number + R"(","title":"What seed )" + number +
           R"( drew","why":"Nobody thought of it.","clauses":["REC-1"],)" +
           R"("origin":"terapi-conformance explore --server --seeds )" + number +
           R"(","judges":"server","dialects":[")" + std::string(options_.dialect->name) +
           R"("],"seed":)" + number + R"(,"kills_none":"It was drawn, not designed.",)";
  }
  static void add_to(std::string& list, const std::string& item) {
    list += (list.empty() ? "" : ",") + item;
  }
  void step(const std::string& text) { add_to(steps_, text); }

  // The members of a step that say which stream it is about.
  static std::string about(const DrawnStream& stream) {
    std::string text;
    if (stream.connection != "demo") text += R"(,"connection":")" + stream.connection + "\"";
    if (stream.model != "Issue") text += R"(,"model":")" + stream.model + "\"";
    if (!stream.variant.empty()) text += R"(,"variant":")" + stream.variant + "\"";
    return text;
  }

  // --- the world --------------------------------------------------------------------------------

  DrawnWorld::Shape drawn_shape(core::Random random) {
    static constexpr std::array<std::size_t, 6> kStreams = {1, 1, 2, 2, 3, 4};
    static constexpr std::array<std::size_t, 8> kRecords = {0, 1, 3, 6, 9, 12, 20, 30};
    DrawnWorld::Shape shape;
    shape.streams = kStreams[random.below(kStreams.size())];
    shape.records = kRecords[random.below(kRecords.size())];
    shape.odd = random.below(3) == 0;
    shape.nested = random.below(3) == 0;
    if (background_.below(3) == 0) add_background(shape);
    notes_ = shape.notes = background_.below(4) == 0;
    if (random.below(6) == 0) {
      shape.bytes = 200;
      shape.environment = R"("max_response_bytes":1500)";
    }
    if (!announces_) return shape;
    if (!shape.environment.empty()) shape.environment += ",";
    shape.environment += R"("webhook_urls":["{receiver}/one")";
    if (random.below(2) == 0) shape.environment += R"(,"{receiver}/two")";
    shape.environment += "],\"retry\":" + retry();
    // With runs that go on for ever, it would never be quiet.
    const bool always = random.below(6) == 0 && shape.background.empty() && !notes_;
    if (always) shape.environment += R"(,"always_send":true)";
    if (random.below(3) == 0) shape.own_url = "{receiver}/own";
    if (random.below(2) == 0) {
      shape.syncs = R"([{"name":"github-all","models":["Issue","PullRequest"]}])";
    }
    return shape;
  }

  // A sync that reads the first stream's records from an external API.
  void add_background(DrawnWorld::Shape& shape) {
    static constexpr std::array<const char*, 3> kFrequencies = {"1h", "5m", "1d"};
    full_ = background_.below(2) == 0;
    frequency_ = kFrequencies[options_.real_time ? 0 : background_.below(kFrequencies.size())];
    shape.background = std::string(R"("type":")") + (full_ ? "full" : "incremental") +
                       R"(","frequency":")" + frequency_ + "\"";
    shape.external_api = R"("page_size":)" + std::to_string(1 + background_.below(6));
  }

  // In real time, what is waited for takes less than a second, but for silence: a time-out has to
  // be long enough for the judge's answer on a busy machine.
  std::string retry() {
    static constexpr std::array<const char*, 4> kDelays = {"50ms", "100ms", "1s", "1m"};
    const std::uint64_t most = options_.real_time ? 3 : 8;
    return R"({"attempts":)" + std::to_string(1 + hooks_.below(most)) + R"(,"first_delay":")" +
           kDelays[hooks_.below(options_.real_time ? 2 : kDelays.size())] + R"(","factor":)" +
           std::to_string(1 + hooks_.below(3)) + R"(,"timeout":")" +
           (options_.real_time ? "3s" : "300ms") + "\"}";
  }

  // --- what is asked ----------------------------------------------------------------------------

  DrawnStream& any_stream() { return world_.streams()[history_.below(world_.streams().size())]; }

  void law(const std::string& stream) {
    const Law* law = laws_[story_.below(laws_.size())];
    if (is_long(*law) && std::exchange(long_law_, true)) return;
    law_step(law->name, stream);
  }
  void laws() {
    for (std::uint64_t i = 1 + story_.below(3); i > 0; --i) law(about(any_stream()));
  }
  void law_step(std::string_view name, const std::string& stream) {
    std::string text = R"({"law":")" + std::string(name) + "\"" + stream;
    if (name == "any-query") text += R"(,"rounds":)" + std::to_string(1 + story_.below(8));
    if (name == "reachable" || name == "nothing-behind") {
      text += R"(,"rounds":)" + std::to_string(2 + story_.below(4));
    }
    if (name == "pages-agree") {
      static constexpr std::array<const char*, 4> kLimits = {"1", "2,5", "3", "7,1"};
      text += R"(,"limits":[)" + std::string(kLimits[story_.below(kLimits.size())]) + "]";
    }
    step(text + "}");
  }
  void read(const DrawnStream& stream) {
    static constexpr std::array<const char*, 5> kLimits = {"1", "2", "3", "10", "1000"};
    step(R"({"read":"all","limit":)" + std::string(kLimits[story_.below(kLimits.size())]) +
         about(stream) + "}");
  }
  // From a cursor that was given out before: wherever its record is now, it is a place.
  void hold_a_cursor_while_it_runs(const DrawnStream& stream) {
    read(stream);
    const std::string id =
        stream.records.empty() ? "" : stream.records[story_.below(stream.records.size())].id;
    runs();
    if (id.empty()) return;
    step(R"({"get":{"cursor":)" + json::quoted("@" + id) + R"(,"limit":)" +
         std::to_string(1 + story_.below(5)) + R"(},"clause":"CUR-3")" + about(stream) + "}");
  }

  // --- what happens -----------------------------------------------------------------------------

  void run() {
    DrawnStream& stream = any_stream();
    const bool told = history_.below(5) != 0;
    std::string body;
    switch (history_.below(9)) {
      case 0:
        body = world_.replacement(stream, false);
        break;
      case 1:
        body = world_.replacement(stream, true);
        break;
      case 2:
      case 3:
        body = world_.again(stream, 3);
        break;
      case 4:
        body = world_.run(stream, RunKind::kOnlyDeletes, 4, told);
        break;
      case 5:
        body = world_.backlog(stream, 1 + history_.below(6), told);
        break;
      default:
        body = world_.run(stream, RunKind::kAny, 5, told);
        break;
    }
    step(R"({"run":)" + body + "}");
  }
  void runs() {
    for (std::uint64_t i = 1 + history_.below(4); i > 0; --i) {
      run();
      if (history_.below(3) == 0) advance();
    }
  }
  // Far from the year after which a time is too old to be asked for.
  void advance() {
    static constexpr std::array<const char*, 8> kTimes = {"1us", "999us", "1ms", "200ms",
                                                          "1s",  "10s",   "10m", "1d"};
    step(R"({"advance":")" + std::string(kTimes[story_.below(options_.real_time ? 4 : 8)]) +
         R"("})");
  }

  // --- the story --------------------------------------------------------------------------------

  void tell() {
    if (announces_ && hooks_.below(2) == 0) step(R"({"receiver":{"answers":[200],"reads":true}})");
    for (std::uint64_t i = 1 + story_.below(5); i > 0; --i) episode();
    if (!frequency_.empty()) background();
    if (notes_) notes();
    if (announces_) look_at_webhooks();
    for (const DrawnStream& stream : world_.streams()) {
      step(R"({"laws":["matches-model","order","metadata"])" + about(stream) + "}");
    }
  }

  void episode() {
    switch (story_.below(announces_ ? 10 : 6)) {
      case 0:
      case 1:
        runs();
        return laws();
      case 2:
        return laws();
      case 3:
        return hold_a_cursor_while_it_runs(any_stream());
      case 4:
        return prune();
      case 5:
        return rate_limit();
      case 6:
        return change_settings();
      default:
        return webhooks();
    }
  }

  void prune() {
    DrawnStream& stream = any_stream();
    runs();
    if (stream.records.empty()) return;
    read(stream);
    const DrawnRecord& record = stream.records[story_.below(stream.records.size())];
    const std::string limit =
        story_.below(2) == 0 ? R"(,"limit":)" + std::to_string(1 + story_.below(4)) : "";
    step(R"({"prune":{"until":)" + json::quoted("@" + record.id) + limit + about(stream) + "}}");
    law_step("matches-model", about(stream));
    if (story_.below(2) == 0) runs();
  }

  void rate_limit() {
    // A receiver that reads before it answers would spend what is counted.
    if (announces_ && options_.real_time) step(R"({"idle":true})");
    step(R"({"settings":{"rate_limit":{"requests":)" + std::to_string(1 + story_.below(4)) +
         R"(,"per":"1h"}}})");
    law_step("rate-limit", "");
    step(R"({"settings":{"rate_limit":null}})");
  }

  // --- runs in the background -------------------------------------------------------------------

  void background() {
    for (std::uint64_t i = 1 + background_.below(4); i > 0; --i) {
      change_external_api();
      run_in_background();
      law_step("matches-model", about(world_.streams().front()));
    }
  }
  void change_external_api() {
    const DrawnChange change = world_.change(world_.streams().front(), RunKind::kAny, 6);
    step(R"({"upstream":{"collection":"things",)" + change.members() + "}}");
  }
  void sync(const std::string& what, const std::string& how = "") {
    step(R"({"sync":")" + what + R"(","name":"things")" + how + "}");
  }
  void run_in_background() {
    switch (background_.below(options_.real_time ? 5 : 8)) {
      case 0:
        sync("pause");
        change_external_api();
        if (!options_.real_time) {
          step(R"({"advance":")" + frequency_ + R"("})");
          law_step("matches-model", about(world_.streams().front()));
        }
        sync("start");
        return sync("trigger");
      case 1:
        return fail_a_run();
      case 2:
        return sync("trigger", R"(,"reset":true)");
      case 3:
        return sync("trigger", R"(,"reset":true,"empty_cache":true)");
      case 4:
        return sync("trigger");
      case 5:
        sync("frequency", R"(,"every":"2m")");
        step(R"({"advance":"4m"})");
        return sync("frequency");
      default:
        return step(R"({"advance":")" + frequency_ + R"("})");
    }
  }
  // --- writing back -----------------------------------------------------------------------------

  static constexpr const char* kBook = R"(,"integration":"book")";
  void look_at_notes() { law_step("matches-model", R"(,"integration":"book","model":"Note")"); }
  void write(const std::string& how) {
    step(R"({"write":{"integration":"book","collection":"notes",)" + how + "}}");
  }
  void notes() {
    step(R"({"get":{},"model":"Note","expect":{"count":0},"clause":"SYNC-1")" + std::string(kBook) +
         "}");  // it is off
    step(R"({"sync":"enable","name":"notes")" + std::string(kBook) + "}");
    look_at_notes();
    for (std::uint64_t i = 1 + background_.below(3); i > 0; --i) write_a_note();
    step(R"({"sync":"trigger","name":"notes")" + std::string(kBook) + "}");
    look_at_notes();
    if (background_.below(2) != 0) return;
    step(R"({"connect":"new")" + std::string(kBook) + "}");
    // Who has gone is told nothing more.
    step(R"({"idle":true})");
    if (background_.below(2) == 0) step(R"({"disconnect":"new")" + std::string(kBook) + "}");
  }
  void write_a_note() {
    switch (background_.below(5)) {
      case 0:
        return write(R"("action":"create-note","input":{"title":"Three"})");
      case 1:
        return write(R"("action":"create-note","input":{"title":"Four"},"later":true)");
      case 2:
        return write(R"("proxy":"POST","input":{"title":"Five"})");
      case 3:
        return write(R"("proxy":"PATCH","does":"update","input":{"id":1,"title":"Changed"})");
      default:
        if (std::exchange(note_deleted_, true)) return;
        return write(R"("proxy":"DELETE","does":"delete","input":{"id":2})");
    }
  }

  // --- runs that fail ---------------------------------------------------------------------------

  // At its very first page, which is there whatever it reads.
  void fail_a_run() {
    step(
        R"({"faults":[{"id":"run-fails","on":"upstream","nth":[1],"times":1,"do":{"status":503}}]})");
    sync("trigger", R"(,"fails_after":0)");
    step(R"({"faults":[]})");
    if (background_.below(2) == 0) sync("trigger");
  }

  // --- webhooks ---------------------------------------------------------------------------------

  void change_settings() {
    switch (hooks_.below(4)) {
      case 0:
        if (!frequency_.empty() || notes_) return;
        return step(R"({"settings":{"always_send":)" +
                    std::string(hooks_.below(2) == 0 ? "true" : "false") + "}}");
      case 1:
        // What is on its way was signed with the key of its time.
        step(R"({"idle":true})");
        return step(R"({"settings":{"signing_key":"key-)" + std::to_string(hooks_.below(3)) +
                    R"("}})");
      default:
        return step(R"({"settings":{"retry":)" + retry() + "}}");
    }
  }

  std::string answer() {
    static constexpr std::array<const char*, 17> kAnswers = {
        "200", "200", "200", "201", "204", "299",          "400",        "404",          "410",
        "429", "500", "503", "304", "301", R"("timeout")", R"("reset")", R"("truncate")"};
    std::string answer = kAnswers[hooks_.below(kAnswers.size())];
    // Silence takes its time where time is real.
    if (answer == R"("timeout")" && options_.real_time && hooks_.below(4) != 0) answer = "500";
    if (answer != "301") return answer;
    return R"({"status":)" + std::to_string(301 + hooks_.below(3)) +
           R"(,"headers":{"Location":"{receiver}/elsewhere"}})";
  }

  void webhooks() {
    std::string answers;
    for (std::uint64_t i = 1 + hooks_.below(5); i > 0; --i) {
      add_to(answers, answer());
    }
    const std::string path = hooks_.below(4) == 0 ? R"("path":"/one",)" : "";
    step(R"({"receiver":{)" + path + R"("answers":[)" + answers + "]}}");
    runs();
    if (hooks_.below(3) == 0) {
      advance();
      law_step("deliveries", "");
    }
    look_at_webhooks();
  }
  void look_at_webhooks() {
    step(R"({"idle":true})");
    law_step("deliveries", "");
  }

  // --- several environments ---------------------------------------------------------------------

  // A key opens its own environment and no other (AUTH-3): connections of one name in two of them
  // are strangers.
  std::string environments() {
    std::string given;
    std::vector<std::string> asked;
    for (std::uint64_t i = 0, count = 2 + history_.below(2); i < count; ++i) {
      add_to(given, environment(i, asked));
    }
    for (std::uint64_t i = 1 + story_.below(5); i > 0; --i) {
      const std::string_view name = laws_[story_.below(laws_.size())]->name;
      if (story_.below(4) == 0 && !find_law(name)->needs.any()) law_step(name, "");
      step(asked[story_.below(asked.size())]);
    }
    return R"({"environments":[)" + given + "]}";
  }
  static std::string records_of(const std::string& connection, const std::string& items) {
    return R"({"integration":"github","connection":")" + connection +
           R"(","model":"Issue","items":[)" + items + "]}";
  }
  static std::string read_with(const std::string& key, const std::string& connection,
                               const std::string& expected) {
    return R"({"get":{},"clause":"AUTH-3","connection":")" + connection + R"(","key":")" + key +
           R"(","expect":{)" + expected + "}}";
  }
  // What its key brings of each connection is added to `asked`.
  std::string environment(std::uint64_t number, std::vector<std::string>& asked) {
    static constexpr std::array<const char*, 3> kConnections = {"demo", "acme", "initech"};
    const std::string key = "0b8e6c54-91d7-4f0a-8a3e-5d2c7f16b9e" + std::to_string(number);
    std::string connections;
    std::string records;
    for (const char* const name : kConnections) {
      const std::string connection(name);
      std::string expected = R"("status":400,"code":"unknown_connection")";
      // Laws ask for the usual connection of the first one.
      if ((number == 0 && connection == "demo") || history_.below(2) == 0) {
        std::string ids;
        std::string items;
        for (std::uint64_t i = 0, count = 1 + history_.below(3); i < count; ++i) {
          const std::string id =
              json::quoted(connection + std::to_string(number) + "-" + std::to_string(i));
          add_to(ids, id);
          add_to(items, "{\"id\":" + id + "}");
        }
        expected = R"("status":200,"any_order":true,"ids":[)" + ids + "]";
        add_to(connections, R"({"integration":"github","id":")" + connection + "\"}");
        add_to(records, records_of(connection, items));
      }
      asked.push_back(read_with(key, connection, expected));
    }
    return R"({"name":"e)" + std::to_string(number) + R"(","secret_key":")" + key +
           R"(","integrations":[{"id":"github"}],"connections":[)" + connections +
           R"(],"records":[)" + records + "]}";
  }

  std::uint64_t seed_;
  const ServerDrawOptions& options_;
  core::Random story_;    // what happens, and when
  core::Random history_;  // what becomes of records
  core::Random hooks_;    // how webhooks are answered
  std::vector<const Law*> laws_;
  bool announces_;           // there is somebody whom webhooks are sent to
  core::Random background_;  // what becomes of the external API and its sync
  bool full_ = false;        // of that sync
  std::string frequency_{};  // the same; empty: there is none
  bool notes_ = false;       // there is a template that is off
  bool note_deleted_ = false;
  DrawnWorld world_;
  std::string steps_;
  bool long_law_ = false;  // there is one already
};

}  // namespace

std::string server_story_text(std::uint64_t seed, const ServerDrawOptions& options) {
  return ServerDraw(seed, options).take();
}

Scenario draw_server_story(std::uint64_t seed, const ServerDrawOptions& options) {
  auto scenario = Scenario::parse(server_story_text(seed, options), "what a seed drew");
  TERAPI_CHECK(scenario.has_value(), scenario ? "" : scenario.error().message);
  return *std::move(scenario);
}

namespace {

// The stream that a step is about, as it is written.
std::string stream_of(const json::Value& step) {
  return step["connection"].string() + "/" + step["model"].string() + "/" +
         step["variant"].string();
}

}  // namespace

std::string server_unfairness(const Scenario& story, const Scenario& drawn) {
  std::set<std::string> requests;  // that were drawn
  for (const json::Value step : drawn.document->root()["steps"].items()) {
    if (step["get"].present()) requests.insert(json::compact(step));
  }
  bool limited = false;
  bool idle = true;           // no delivery is on its way
  std::string read = "none";  // the stream that the step before has read
  for (const json::Value step : story.document->root()["steps"].items()) {
    if (step["get"].present() && !requests.contains(json::compact(step))) {
      return "it asks for something else";
    }
    if (step["expect"].present() && story.given != drawn.given) {
      return "it expects what another world held";
    }
    if (step["prune"].present() && read != stream_of(step["prune"])) {
      return "it prunes up to a cursor that may be another stream's";
    }
    if (limited && !step["settings"].present() && step["law"].string() != "rate-limit") {
      return "it asks while a rate limit is in force";
    }
    if (step["settings"]["signing_key"].present() && !idle) {
      return "it changes the key while deliveries are on their way";
    }
    idle = step["idle"].present();
    const json::Value limit = step["settings"]["rate_limit"];
    if (limit.present()) limited = !limit.is_null();
    read = step["read"].present() ? stream_of(step) : "none";
  }
  return "";
}

}  // namespace terapi::conformance

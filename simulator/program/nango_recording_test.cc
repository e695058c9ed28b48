// A recording of the real Nango 0.71.4, replayed step by step, over sockets, against a simulator in
// the nango dialect. nango_recording.json holds what was asked, what was written in between, and
// how that system answered:
//
//   save, update, delete   what a sync wrote: one run of the simulator; `records_text` is JSON
//   prune, request         a call of the public API; `expect` has status, headers and body
//
// What differs from run to run stands as a symbol. In what is sent: $KEY, $CONNECTION, …;
// {"$cursor_of":[model,id], …}, the cursor last served for that record, perhaps written otherwise;
// {"$next":name}, {"$cursor_at":[name,i]}, {"$etag":name} of an earlier answer; {"$b64":text},
// {"$repeat":[text,n]}, {"$raw":text}; {"$now_ms":delta,"style":s}, {"$time_of":[model,id], …}.
// In what is expected: "T7", "T8ms", times in their order (`ms`: in whole milliseconds);
// {"cursor_of":[model,id,T]}; {"$tie":{"take":n,"of":[…]}}, records of one instant in the server's
// own order; {"$last":true}, the cursor of the page's last record; {"$one_of":[a,b]}.
#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "core/base64.h"
#include "core/rfc3339.h"
#include "core/test_places.h"
#include "core/url.h"
#include "simulator/program/simulator_under_test.h"

namespace terapi::simulator {
namespace {

constexpr std::string_view kMetadata = "_nango_metadata";
constexpr std::string_view kUnknownKey = "3d6c8a52-0b1f-4e77-9c35-7a1e5d9b2f04";

std::string text_of(const Json& value) {
  std::string text = value.dump();
  if (text.size() > 300) text = text.substr(0, 300) + "…";
  return text;
}

bool is_time_symbol(const Json& value) {
  static const std::regex kSymbol(R"(T\d+(ms)?)");
  return value.is_string() && std::regex_match(value.get<std::string>(), kSymbol);
}
int number_of(const std::string& symbol) { return std::stoi(symbol.substr(1)); }
bool is_millisecond(const std::string& symbol) { return symbol.ends_with("ms"); }

// As PostgreSQL writes them: no zeros at the fraction's end, and no empty fraction.
std::optional<std::int64_t> served_micros(const Json& text) {
  static const std::regex kServed(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{0,5}[1-9])?\+00:00)");
  if (!text.is_string() || !std::regex_match(text.get<std::string>(), kServed)) return std::nullopt;
  const auto time = core::parse_rfc3339(text.get<std::string>());
  if (!time) return std::nullopt;
  return time->time_since_epoch().count();
}

// A cursor's parts; nothing where it is not in its one form.
std::optional<std::pair<std::string, std::string>> cursor_parts(const Json& cursor) {
  if (!cursor.is_string()) return std::nullopt;
  const auto text = core::decode_base64(cursor.get<std::string>());
  if (!text || core::base64(*text, core::Padding::kWith) != cursor.get<std::string>()) {
    return std::nullopt;
  }
  const std::size_t bars = text->find("||");
  if (bars == std::string::npos) return std::nullopt;
  return std::pair(text->substr(0, bars), text->substr(bars + 2));
}

std::string base64_of(std::string_view text, bool padded) {
  return core::base64(text, padded ? core::Padding::kWith : core::Padding::kWithout);
}

Time at(std::int64_t micros) { return Time(Duration(micros)); }

// "+05:30" in microseconds.
std::int64_t offset_micros(const std::string& offset) {
  const std::int64_t minutes = std::stoi(offset.substr(1, 2)) * 60 + std::stoi(offset.substr(4));
  return (offset[0] == '-' ? -minutes : minutes) * 60'000'000;
}

std::string rfc_2822(Time time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(
      std::chrono::time_point_cast<std::chrono::system_clock::duration>(time));
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[64];
  return {text, std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts)};
}

// A time in one of the styles in which the recording asked for times.
std::string styled(std::int64_t micros, const std::string& style) {
  if (style.starts_with("offset")) {
    const std::string offset = style.substr(6);
    std::string local = styled(micros + offset_micros(offset), "ms-z");
    local.pop_back();
    return local + offset;
  }
  const std::string full = core::format_rfc3339(at(micros));  // …T10:00:00.123456+00:00
  const std::string date = full.substr(0, 10);
  const std::string seconds = full.substr(0, 19);
  const std::string millis = full.substr(0, 23);
  const std::map<std::string, std::string> styles = {
      {"ms-z", millis + "Z"},
      {"micro-z", full.substr(0, 26) + "Z"},
      {"nano-z", full.substr(0, 26) + "789Z"},
      {"seconds-z", seconds + "Z"},
      {"minutes-z", full.substr(0, 16) + "Z"},
      {"date", date},
      {"no-zone", millis},
      {"tenth-z", full.substr(0, 21) + "Z"},
      {"lower", date + "t" + millis.substr(11) + "z"},
      {"lower-z", millis + "z"},
      {"space-between", date + " " + millis.substr(11) + "Z"},
      {"unix-ms", std::to_string(micros / 1000)},
      {"feb-30", date.substr(0, 4) + "-02-30T00:00:00Z"},
      {"hour-24", date + "T24:00:00Z"},
      {"hour-25", date + "T25:00:00Z"},
      {"second-60", date + "T00:00:60Z"},
      {"rfc-2822", rfc_2822(at(micros))},
  };
  return styles.at(style);
}

// The model whose records a step's answer has, with its variant.
std::string model_of(const Json& step) {
  std::string model;
  std::string variant = "base";
  for (const Json& pair : step.value("query", Json::array())) {
    if (pair.size() < 2 || !pair[1].is_string()) continue;
    if (pair[0] == "model") model = pair[1].get<std::string>();
    if (pair[0] == "variant") variant = pair[1].get<std::string>();
  }
  return variant == "base" ? model : model + "::" + variant;
}

// A member of a record's metadata; null where it is missing.
Json metadata_of(const Json& record, const char* key) {
  const Json metadata = record.value(std::string(kMetadata), Json::object());
  return metadata.value(key, Json());
}

std::vector<std::string> keys_of(const Json& object) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.push_back(key);
  return keys;
}

class NangoRecording {
 public:
  explicit NangoRecording(TestSimulator& simulator) : simulator_(simulator) {}

  // Carries a step out. Returns how its answer differs from the recorded one; a line each.
  std::vector<std::string> play(const Json& step);

 private:
  using RecordName = std::pair<std::string, std::string>;  // the model, with its variant; the id

  // What is sent.
  void write(const Json& step);
  core::Request request_of(const Json& step);
  std::string filled(std::string text) const;
  std::string value(const Json& given);
  std::string cursor_rewritten(const Json& how);
  std::string from_answer(const Json& how);
  std::string time_text(const Json& how);
  const Json& record(const Json& name) const;

  // What comes back.
  void remember(const Json& step, const core::Response& answer);
  void judge(const Json& step, const core::Response& answer);
  void judge_page(const Json& step, const Json& want, const Json& got);
  std::vector<Json> expected_records(const Json& step, const Json& want, const Json& got);
  void judge_order(const Json& records);
  void same(const Json& want, const Json& got, const std::string& at);
  void same_object(const Json& want, const Json& got, const std::string& at);
  void same_cursor(const Json& want, const Json& got, const std::string& at);
  void same_time(const std::string& symbol, const Json& got, const std::string& at);
  void differs(const std::string& at, const std::string& want, const std::string& got);

  TestSimulator& simulator_;
  std::map<std::string, core::Response> answers_;  // by the step's name
  std::map<RecordName, Json> seen_;                // as last served
  std::map<RecordName, std::string> uuids_;
  std::map<std::string, std::int64_t> times_;           // by symbol, in microseconds
  std::map<std::string, std::set<std::string>> walks_;  // ids that a walk has visited
  std::vector<std::string> differences_;
};

std::vector<std::string> NangoRecording::play(const Json& step) {
  differences_.clear();
  const std::string kind = step["do"];
  if (kind == "about") return {};
  // The recording's writes stand in different milliseconds, and seldom at the beginning of one.
  simulator_.advance("10217us");
  try {
    if (kind == "save" || kind == "update" || kind == "delete") {
      write(step);
      return {};
    }
    const core::Response answer = simulator_.send_unchecked(request_of(step));
    remember(step, answer);
    if (step.contains("expect")) judge(step, answer);
  } catch (const std::exception& error) {
    differs("step", "that it can be made", error.what());
  }
  return std::move(differences_);
}

// --- what is sent -------------------------------------------------------------------------------

void NangoRecording::write(const Json& step) {
  const std::string kind = step["do"];
  Json run = {{"integration", "github"}, {"connection", "demo"}, {"model", step["model"]}};
  run[kind] = kind == "delete" ? step["ids"] : step.value("records", Json());
  run["webhook"] = false;
  if (step.contains("variant")) run["variant"] = step["variant"];
  std::string text = run.dump();
  // One that this JSON library could not hold: half of a surrogate pair.
  if (step.contains("records_text")) {
    const std::size_t hole = text.find("null");
    text.replace(hole, 4, step["records_text"].get<std::string>());
  }
  simulator_.ok("POST", "/runs", text);
}

core::Request NangoRecording::request_of(const Json& step) {
  core::Request request;
  const bool prunes = step["do"] == "prune";
  request.method = prunes ? "PATCH" : step["method"].get<std::string>();
  request.target = prunes ? "/records/prune" : step["path"].get<std::string>();
  char separator = '?';
  for (const Json& pair : step.value("query", Json::array())) {
    request.target += std::exchange(separator, '&') + pair[0].get<std::string>();
    if (pair.size() < 2) continue;
    const bool raw = pair[1].is_object() && pair[1].contains("$raw");
    request.target +=
        "=" + (raw ? pair[1]["$raw"].get<std::string>() : core::percent_encode(value(pair[1])));
  }
  const Json usual = {{"Authorization", "Bearer $KEY"},
                      {"Connection-Id", "$CONNECTION"},
                      {"Provider-Config-Key", "$INTEGRATION"}};
  const Json headers = step.value("headers", usual);
  for (const auto& [name, text] : headers.items()) {
    request.headers.add(name, value(text));
  }
  Json body = step.value("json", Json());
  if (prunes) {
    body = {{"model", step["model"]}};
    body.update(step["body"]);
  }
  if (body.is_object()) {
    for (auto& [key, member] : body.items()) {
      if (member.is_object() || member.is_string()) member = value(member);
    }
  }
  request.body = body.is_null() ? step.value("text", std::string()) : body.dump();
  if (!body.is_null()) request.headers.add("Content-Type", "application/json");
  return request;
}

std::string NangoRecording::filled(std::string text) const {
  std::string upper(kDefaultSecretKey);
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  const std::pair<std::string, std::string> symbols[] = {
      {"$KEY_UPPER", upper},
      {"$KEY", std::string(kDefaultSecretKey)},
      {"$UNKNOWN_KEY", std::string(kUnknownKey)},
      {"$CONNECTION", "demo"},
      {"$INTEGRATION", "github"},
  };
  for (const auto& [symbol, stands_for] : symbols) {
    for (std::size_t at = text.find(symbol); at != std::string::npos; at = text.find(symbol)) {
      text.replace(at, symbol.size(), stands_for);
    }
  }
  return text;
}

std::string NangoRecording::value(const Json& given) {
  if (given.is_string()) return filled(given.get<std::string>());
  if (given.contains("$cursor_of")) return cursor_rewritten(given);
  if (given.contains("$b64")) {
    return base64_of(given["$b64"].get<std::string>(), given.value("pad", true));
  }
  if (given.contains("$repeat")) {
    std::string text;
    for (int i = 0; i < given["$repeat"][1].get<int>(); ++i) {
      text += given["$repeat"][0].get<std::string>();
    }
    return text;
  }
  if (given.contains("$now_ms") || given.contains("$time_of")) return time_text(given);
  return from_answer(given);
}

const Json& NangoRecording::record(const Json& name) const {
  const auto found = seen_.find({name[0].get<std::string>(), name[1].get<std::string>()});
  if (found == seen_.end()) throw std::runtime_error("no record " + name.dump() + " was served");
  return found->second;
}

// The same position in other words: another offset, more digits, another UUID, other base64.
std::string NangoRecording::cursor_rewritten(const Json& how) {
  std::string cursor = metadata_of(record(how["$cursor_of"]), "cursor");
  if (how.size() == 1) return cursor;
  auto [time, uuid] = cursor_parts(cursor).value();
  const std::string offset = how.value("offset", "+00:00");
  if (how.contains("nanos") || how.contains("offset")) {
    const bool shifts = offset.size() == 6;
    const std::int64_t micros = served_micros(time).value() + (shifts ? offset_micros(offset) : 0);
    time = core::format_rfc3339(at(micros)).substr(0, 26) + how.value("nanos", "") +
           (offset == "none" ? "" : offset);
  }
  uuid = how.value("uuid", uuid);
  if (how.value("uuid_case", "") == "upper") {
    std::transform(uuid.begin(), uuid.end(), uuid.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  }
  cursor = base64_of(time + "||" + uuid, how.value("pad", true));
  if (how.value("url", false)) {
    std::replace(cursor.begin(), cursor.end(), '+', '-');
    std::replace(cursor.begin(), cursor.end(), '/', '_');
  }
  return cursor + how.value("tail", "");
}

std::string NangoRecording::from_answer(const Json& how) {
  const bool indexed = how.contains("$cursor_at");
  const std::string name = indexed                 ? how["$cursor_at"][0]
                           : how.contains("$next") ? how["$next"]
                                                   : how.at("$etag");
  const core::Response& answer = answers_.at(name);
  if (how.contains("$etag")) return std::string(answer.headers.get("ETag").value());
  const Json body = Json::parse(answer.body);
  if (!indexed) return body["next_cursor"];
  return metadata_of(body["records"].at(how["$cursor_at"][1].get<std::size_t>()), "cursor");
}

std::string NangoRecording::time_text(const Json& how) {
  const std::string style = how["style"];
  if (how.contains("$now_ms")) {
    const Json clock = simulator_.ok("GET", "/clock");
    const auto now = core::parse_rfc3339(clock["now"].get<std::string>());
    return styled(
        now.value().time_since_epoch().count() + how["$now_ms"].get<std::int64_t>() * 1000, style);
  }
  const std::string served = metadata_of(record(how["$time_of"]), "last_modified_at");
  if (style == "as-served") return served;
  std::int64_t micros = served_micros(served).value();
  if (how.value("floor_ms", false)) micros -= micros % 1000;
  return styled(micros + how.value("plus_us", 0), style);
}

// --- what comes back ----------------------------------------------------------------------------

void NangoRecording::differs(const std::string& place, const std::string& want,
                             const std::string& got) {
  differences_.push_back(place + ": expected " + want + ", got " + got);
}

void NangoRecording::remember(const Json& step, const core::Response& answer) {
  answers_[step["name"]] = answer;
  if (step.value("method", "") != "GET") return;
  const Json body = Json::parse(answer.body, nullptr, false);
  if (!body.is_object() || !body.contains("records")) return;
  for (const Json& each : body["records"]) seen_[{model_of(step), each["id"]}] = each;
}

void NangoRecording::judge(const Json& step, const core::Response& answer) {
  const Json& expect = step["expect"];
  if (answer.status != expect["status"]) {
    differs("status", expect["status"].dump(),
            std::to_string(answer.status) + " " + answer.body.substr(0, 200));
  }
  const auto shown = [](std::optional<std::string_view> text) {
    return text ? Json(std::string(*text)) : Json();
  };
  same(expect["headers"]["content-type"], shown(answer.headers.get("Content-Type")),
       "header content-type");
  same(expect["headers"]["allow"], shown(answer.headers.get("Allow")), "header allow");
  same(expect["headers"]["x-ratelimit"], answer.headers.get("X-RateLimit-Limit").has_value(),
       "whether there are headers x-ratelimit-*");
  const Json& want = expect["body"];
  if (want.is_string()) return same(want, answer.body, "body");
  const Json got = Json::parse(answer.body, nullptr, false);
  if (got.is_discarded()) return differs("body", text_of(want), answer.body.substr(0, 200));
  if (want.is_object() && want.contains("records") && got.contains("records")) {
    return judge_page(step, want, got);
  }
  same(want, got, "body");
}

void NangoRecording::judge_page(const Json& step, const Json& want, const Json& got) {
  if (keys_of(want) != keys_of(got)) {
    differs("body", "the keys of " + text_of(want), text_of(got));
  }
  const Json& records = got["records"];
  const std::vector<Json> expected = expected_records(step, want, got);
  if (expected.size() != records.size()) {
    return differs("body.records", std::to_string(expected.size()) + " records",
                   std::to_string(records.size()) + ": " + text_of(records));
  }
  for (std::size_t i = 0; i < expected.size(); ++i) {
    same(expected[i], records[i], "records[" + std::to_string(i) + "]");
  }
  const Json& next = want["next_cursor"];
  const bool names_last = next.is_object() && next.contains("$last");
  if (!names_last) same(next, got["next_cursor"], "next_cursor");
  if (!next.is_null() && !records.empty()) {
    same(metadata_of(records.back(), "cursor"), got["next_cursor"], "next_cursor");
  }
  judge_order(records);
  if (!step.contains("walk")) return;
  std::set<std::string>& visited = walks_[step["walk"]];
  for (const Json& each : records) {
    if (!visited.insert(each["id"]).second) differs("walk", "each record once", each["id"]);
  }
  if (step.contains("walk_all") && visited != step["walk_all"].get<std::set<std::string>>()) {
    differs("walk", step["walk_all"].dump(), Json(visited).dump());
  }
}

// The records in the order in which they came, as far as the recording leaves it open.
std::vector<Json> NangoRecording::expected_records(const Json& step, const Json& want,
                                                   const Json& got) {
  const std::set<std::string> visited =
      step.contains("walk") ? walks_[step["walk"]] : std::set<std::string>();
  std::vector<Json> expected;
  for (const Json& each : want["records"]) {
    if (!each.contains("$tie")) {
      expected.push_back(each);
      continue;
    }
    Json left = Json::array();
    for (const Json& tied : each["$tie"]["of"]) {
      if (!visited.contains(tied["id"])) left.push_back(tied);
    }
    for (int i = 0; i < each["$tie"]["take"].get<int>() && !left.empty(); ++i) {
      const std::size_t place = expected.size();
      const Json here = place < got["records"].size() ? got["records"][place]["id"] : Json();
      auto found = std::find_if(left.begin(), left.end(),
                                [&](const Json& tied) { return tied["id"] == here; });
      if (found == left.end()) found = left.begin();
      expected.push_back(*found);
      left.erase(found);
    }
  }
  return expected;
}

void NangoRecording::judge_order(const Json& records) {
  std::optional<std::pair<std::int64_t, std::string>> last;
  for (const Json& each : records) {
    const auto parts = cursor_parts(metadata_of(each, "cursor"));
    if (!parts) return differs("cursor", "base64 of a time and a UUID", text_of(each));
    same(metadata_of(each, "last_modified_at"), parts->first, "the time in the cursor");
    const std::pair position(served_micros(parts->first).value_or(0), parts->second);
    if (last && !(*last < position)) differs("order", "by time and UUID", text_of(records));
    last = position;
  }
}

void NangoRecording::same(const Json& want, const Json& got, const std::string& place) {
  if (want.is_object() && want.contains("cursor_of")) return same_cursor(want, got, place);
  if (want.is_object() && want.contains("$one_of")) {
    const Json& any = want["$one_of"];
    if (std::find(any.begin(), any.end(), got) == any.end()) {
      differs(place, text_of(want), text_of(got));
    }
    return;
  }
  if (want.is_object() && got.is_object()) return same_object(want, got, place);
  if (want.is_array() && got.is_array() && want.size() == got.size()) {
    for (std::size_t i = 0; i < want.size(); ++i) {
      same(want[i], got[i], place + "[" + std::to_string(i) + "]");
    }
    return;
  }
  // Numbers by their text: 1 and 1.0 are one value and two answers.
  if (want.type() != got.type() || want.dump() != got.dump()) {
    differs(place, text_of(want), text_of(got));
  }
}

void NangoRecording::same_object(const Json& want, const Json& got, const std::string& place) {
  if (keys_of(want) != keys_of(got)) return differs(place, text_of(want), text_of(got));
  const bool has_times = place.ends_with(kMetadata);
  for (const auto& [key, member] : want.items()) {
    const std::string inside = place + "." + key;
    if (has_times && is_time_symbol(member)) {
      same_time(member, got[key], inside);
    } else {
      same(member, got[key], inside);
    }
  }
}

void NangoRecording::same_cursor(const Json& want, const Json& got, const std::string& place) {
  const Json& parts = want["cursor_of"];
  const auto found = cursor_parts(got);
  if (!found) return differs(place, "padded base64 of a time and a UUID", text_of(got));
  same_time(parts[2], found->first, place);
  const RecordName name(parts[0], parts[1]);
  const auto known = uuids_.emplace(name, found->second).first;
  if (known->second != found->second) differs(place, known->second, found->second);
}

// A symbol stands for one time, and symbols for times in their order. A clock of milliseconds may
// fall on one of microseconds, or before it.
void NangoRecording::same_time(const std::string& symbol, const Json& got,
                               const std::string& place) {
  const auto micros = served_micros(got);
  if (!micros) return differs(place, symbol + ", a time as it is served", text_of(got));
  if (is_millisecond(symbol) && *micros % 1000 != 0) {
    return differs(place, symbol + ", in whole milliseconds", text_of(got));
  }
  const auto [known, is_new] = times_.emplace(symbol, *micros);
  if (!is_new) {
    if (known->second != *micros) {
      differs(place, symbol + ", " + core::format_rfc3339(at(known->second)), text_of(got));
    }
    return;
  }
  for (const auto& [other, time] : times_) {
    if (other == symbol) continue;
    const bool near =
        is_millisecond(other) != is_millisecond(symbol) && time / 1000 == *micros / 1000;
    const bool before = number_of(other) < number_of(symbol);
    if (!near && (before ? time >= *micros : time <= *micros)) {
      differs(place, symbol + (before ? " after " : " before ") + other, text_of(got));
    }
  }
}

Json recorded_steps() {
  std::ifstream file(core::source_folder() + "/simulator/program/nango_recording.json");
  return Json::parse(file);
}

TEST(NangoRecording, IsAnsweredAsItWasRecorded) {
  SocketSimulator simulator({.dialect = &nango_dialect()});
  NangoRecording recording(simulator);
  int judged = 0;
  for (const Json& step : recorded_steps()) {
    const std::vector<std::string> differences = recording.play(step);
    EXPECT_THAT(differences, testing::IsEmpty()) << step.value("name", step.dump());
    if (step.contains("expect")) ++judged;
  }
  EXPECT_EQ(judged, 293) << "as many answers as were recorded";
}

// What the replay would not notice, it could not hold: without its quirks the dialect is another.
TEST(NangoRecording, NoticesWhatAQuirkChanges) {
  SocketSimulator simulator({.world = R"("quirks":{"bad_cursor_500":false,"fraction_limit":false,)"
                                      R"("filter_drops_deleted":false,"prune_resave_stays":false})",
                             .dialect = &nango_dialect()});
  NangoRecording recording(simulator);
  std::set<std::string> kinds;
  for (const Json& step : recorded_steps()) {
    const std::string name = step.value("name", "");
    if (!recording.play(step).empty()) kinds.insert(name.substr(0, name.find('/')));
  }
  EXPECT_THAT(kinds, testing::IsSupersetOf({"cursor", "limit", "filter", "prune"}));
  EXPECT_THAT(kinds, testing::Not(testing::Contains("auth")));
}

}  // namespace
}  // namespace terapi::simulator

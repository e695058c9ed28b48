#include "conformance/scenario/written_out.h"

#include <set>
#include <utility>

#include "conformance/scenario/described_object.h"
#include "core/json_writer.h"

namespace terapi::conformance {

namespace json = core::json;

namespace {

void append_generated(std::string& out, std::string_view prefix, std::int64_t number,
                      std::int64_t version, std::int64_t bytes) {
  const std::size_t begin = out.size();
  out += R"({"id":")";
  out += prefix;
  out += std::to_string(number) + R"(","version":)" + std::to_string(version) + R"(,"text":")";
  const std::size_t target = begin + static_cast<std::size_t>(bytes);
  // Letters that depend on the record, so that no two payloads are alike.
  std::uint64_t state = static_cast<std::uint64_t>(number) * 0x9E3779B97F4A7C15U + 1;
  while (out.size() + 2 < target) {
    state ^= state << 13U;
    state ^= state >> 7U;
    state ^= state << 17U;
    out += static_cast<char>('a' + state % 26);
  }
  out += "\"}";
}

// What every world needs and no story wants to tell: the integrations of its connections, and,
// where it names none, the connection that everybody uses.
void write_given_basics(json::Writer& out, const json::Value& given) {
  if (given["environments"].present()) return;
  std::set<std::string> integrations = {"github"};
  for (const json::Value connection : given["connections"].items()) {
    integrations.insert(connection["integration"].string());
  }
  if (!given["integrations"].present()) {
    out.key("integrations").begin_array();
    for (const std::string& id : integrations) out.begin_object().field("id", id).end_object();
    out.end_array();
  }
  if (!given["connections"].present()) {
    out.key("connections").raw(R"([{"id":"demo","integration":"github"}])");
  }
}

void write_entry(json::Writer& out, const json::Value& entry, const json::Path& path,
                 json::Issues& issues) {
  out.begin_object();
  for (const json::Member part : entry.members()) {
    if (part.key.string() == "generate") {
      out.key("items").raw(written_out_records(entry, path, issues));
    } else {
      out.key(part.key.string()).raw(json::compact(part.value));
    }
  }
  out.end_object();
}

// Of an external API, what comes by chance: the judge could not work it out.
void refuse_chance(const json::Value& api, const json::Path& path, json::Issues& issues) {
  if (!api["items"].present() && !api["generate"].present()) {
    issues.push_back({"required", "needs 'items' or 'generate': the judge has to know its objects",
                      path, api.offset()});
  }
  for (const char* name : {"changes", "file"}) {
    if (!api[name].present()) continue;
    json::Path inner = path;
    inner.emplace_back(name);
    issues.push_back(
        {"invalid_value", "the judge would not know what comes of it", inner, api[name].offset()});
  }
}

// The world with each `generate` in its records and external APIs written out: the model has to
// know every payload.
void write_given(json::Writer& out, const json::Value& given, json::Issues& issues) {
  out.begin_object();
  write_given_basics(out, given);
  for (const json::Member member : given.members()) {
    const std::string key = member.key.string();
    const bool api = key == "upstream";
    if ((key != "records" && !api) || !member.value.is_array()) {
      out.key(key).raw(json::compact(member.value));
      continue;
    }
    out.key(key).begin_array();
    std::size_t i = 0;
    for (const json::Value entry : member.value.items()) {
      const json::Path path = {"given", key, std::to_string(i++)};
      if (api) refuse_chance(entry, path, issues);
      write_entry(out, entry, path, issues);
    }
    out.end_array();
  }
  out.end_object();
}

}  // namespace

std::string written_out_world(const json::Value& world, json::Issues& issues) {
  json::Writer out;
  write_given(out, world, issues);
  return out.take();
}

namespace {

constexpr std::int64_t kLarge = 2'000'000;     // bytes that are not written out to be kept
constexpr std::size_t kLongestKept = 1 << 16;  // of what is kept as it is

// 0 where it says something else, or something wrong.
std::int64_t bytes_made(const json::Value& generate) {
  if (!generate.is_object()) return 0;
  Generated made;
  json::Issues told_later;
  read_object(Slot{generate, {}, told_later, Subject::kClient}, made);
  return told_later.empty() ? made.count * made.bytes : 0;
}

bool may_be_kept(const std::string& text) {
  return text.size() <= kLongestKept && text.find("\"generate\"") != std::string::npos;
}

}  // namespace

std::string kept_world(const json::Value& world, json::Issues& issues) {
  std::int64_t bytes = 0;
  for (const json::Value entry : world["records"].items()) bytes += bytes_made(entry["generate"]);
  return bytes < kLarge ? written_out_world(world, issues) : json::compact(world);
}

std::string whole_world(std::string kept) {
  if (!may_be_kept(kept)) return kept;
  const auto world = json::Document::parse(kept, {.comments = true, .max_depth = 100'000});
  json::Issues issues;  // it was checked when it was read
  return world && world->root().is_object() ? written_out_world(world->root(), issues) : kept;
}

std::string written_out_records(const json::Value& spec, const json::Path& path,
                                json::Issues& issues) {
  if (spec.is_array()) return json::compact(spec);
  json::Path inner = path;
  inner.emplace_back("generate");
  Generated made;
  read_object(Slot{spec["generate"], std::move(inner), issues, Subject::kClient}, made);
  std::string out = "[";
  for (std::int64_t i = 0; i < made.count; ++i) {
    if (i > 0) out += ',';
    append_generated(out, made.prefix, made.from + i, made.version, made.bytes);
  }
  return out += ']';
}

std::string kept_records(const json::Value& spec, const json::Path& path, json::Issues& issues) {
  if (bytes_made(spec["generate"]) >= kLarge) return json::compact(spec);
  return written_out_records(spec, path, issues);
}

std::string whole_run(std::string kept) {
  if (!may_be_kept(kept)) return kept;
  const auto run = json::Document::parse(kept, {.max_depth = 100'000});
  if (!run || !run->root().is_object()) return kept;
  json::Issues issues;  // it was checked when it was read
  json::Writer out;
  out.begin_object();
  for (const json::Member member : run->root().members()) {
    const bool made = member.value["generate"].is_object();
    out.raw_field(member.key.string(), made ? written_out_records(member.value, {}, issues)
                                            : std::string(member.value.text()));
  }
  return out.end_object().take();
}

}  // namespace terapi::conformance

#include "simulator/loading/generated_record.h"

#include <array>

#include "core/json_writer.h"
#include "core/random.h"

namespace terapi::simulator {
namespace {

constexpr std::array<std::string_view, 24> kWords = {
    "sync",   "cursor",  "webhook", "retry",  "page",     "token",  "timeout", "record",
    "schema", "backoff", "delta",   "commit", "upstream", "client", "network", "latency",
    "queue",  "worker",  "header",  "quota",  "resume",   "tenant", "parser",  "naïve"};
constexpr std::array<std::string_view, 5> kAuthors = {"ada", "grace", "linus", "björn", "yukihiro"};
constexpr std::array<std::string_view, 4> kLabels = {"bug", "enhancement", "question",
                                                     "help wanted"};

std::string_view pick(core::Random& random, const auto& from) {
  return from[random.below(from.size())];
}

std::string words(core::Random& random, std::size_t bytes) {
  std::string text;
  while (text.size() < bytes) {
    if (!text.empty()) text += ' ';
    text += pick(random, kWords);
  }
  return text;
}

}  // namespace

std::string generated_record(std::uint64_t seed, std::string_view model, std::int64_t number,
                             std::int64_t bytes) {
  core::Random random(core::hash64(core::hash64(seed, model), std::to_string(number)));
  core::json::Writer out;
  out.begin_object()
      .field("id", std::to_string(number))
      .field("number", number)
      .field("title", words(random, 24))
      .field("state", random.below(3) == 0 ? "closed" : "open")
      .field("author", pick(random, kAuthors))
      .field("comments", random.below(40))
      .key("labels")
      .begin_array();
  if (random.below(2) == 0) out.string(pick(random, kLabels));
  out.end_array();
  constexpr std::size_t kTail = 12;  // what closing the object and the body's key add
  const auto wanted = static_cast<std::size_t>(bytes);
  const std::size_t have = out.text().size() + kTail;
  out.field("body", have < wanted ? words(random, wanted - have) : std::string());
  out.end_object();
  return out.take();
}

}  // namespace terapi::simulator

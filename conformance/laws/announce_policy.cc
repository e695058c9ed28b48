#include "conformance/laws/announce_policy.h"

#include <algorithm>

#include "core/duration.h"

namespace terapi::conformance {

namespace json = core::json;

namespace {

void read_duration(const json::Value& value, core::Duration& duration) {
  if (const auto read = core::parse_duration(value.string()); value.is_string() && read) {
    duration = *read;
  }
}

}  // namespace

AnnouncePolicy::AnnouncePolicy(const Dialect& dialect)
    : refusals_may_end_it_(dialect.habits.takes_refusals_for_an_answer),
      urls_may_wait_(dialect.habits.calls_urls_in_turn),
      attempts_(dialect.retry.attempts),
      first_delay_(dialect.retry.first_delay) {}

AnnouncePolicy AnnouncePolicy::of_world(const json::Value& world, const Dialect& dialect) {
  AnnouncePolicy policy(dialect);
  policy.change(world["environment"]);
  for (const json::Value connection : world["connections"].items()) {
    if (!connection["webhook_url"].is_string()) continue;
    policy.own_urls_[{connection["integration"].string(), connection["id"].string()}] =
        connection["webhook_url"].string();
  }
  return policy;
}

void AnnouncePolicy::change(const json::Value& settings) {
  if (settings["webhook_urls"].is_array()) {
    urls_.clear();
    for (const json::Value url : settings["webhook_urls"].items()) urls_.push_back(url.string());
  }
  if (settings["always_send"].is_boolean()) always_ = settings["always_send"].boolean();
  const json::Value retry = settings["retry"];
  if (const auto attempts = retry["attempts"].integer()) {
    attempts_ = static_cast<std::size_t>(std::max<std::int64_t>(*attempts, 1));
  }
  read_duration(retry["first_delay"], first_delay_);
  read_duration(retry["max_delay"], max_delay_);
  read_duration(retry["timeout"], timeout_);
  if (retry["factor"].is_number()) factor_ = retry["factor"].number();
  if (retry["jitter"].present() && retry["jitter"].number() != 0) certain_ = false;
  if (settings["breaker"].is_object()) certain_ = false;
}

std::vector<std::string> AnnouncePolicy::urls_of(const std::string& integration,
                                                 const std::string& connection) const {
  const auto own = own_urls_.find({integration, connection});
  return own == own_urls_.end() ? urls_ : std::vector<std::string>{own->second};
}

core::Duration AnnouncePolicy::delay_after(std::size_t attempt) const {
  const auto most = static_cast<double>(max_delay_.count());
  auto delay = static_cast<double>(first_delay_.count());
  for (std::size_t i = 1; i < attempt && delay < most; ++i) delay *= factor_;
  return core::Duration(static_cast<std::int64_t>(std::min(delay, most)));
}

}  // namespace terapi::conformance

#include "simulator/observation/advisories.h"

#include "core/json_writer.h"

namespace terapi::simulator {
namespace {

constexpr std::size_t kMostAdvisories = 1'000;
constexpr std::size_t kMostRequests = 10;

}  // namespace

Advisories::Advisories(const State& state, const core::Clock& clock, LogBook& logs,
                       const Secrets& secrets)
    : state_(state),
      clock_(clock),
      logs_(logs),
      secrets_(secrets),
      detectors_(make_advisory_detectors()) {}
Advisories::~Advisories() = default;

void Advisories::on_request(const RequestEntry& entry) {
  for (const auto& detector : detectors_) detector->on_request(entry, *this);
}

void Advisories::on_webhook(const Delivery& delivery, bool started) {
  for (const auto& detector : detectors_) detector->on_webhook(delivery, started, *this);
}

void Advisories::review() {
  for (const auto& detector : detectors_) detector->review(clock_.now(), *this);
}

void Advisories::clear() {
  all_.clear();
  dropped_ = 0;
  detectors_ = make_advisory_detectors();
}

void Advisories::raise(std::string code, std::string clause, std::string message,
                       const StreamKey& stream, const std::vector<std::uint64_t>& requests) {
  secrets_.hide_in(message);
  const auto key = std::make_pair(code, secrets_.hide(describe(stream)));
  auto found = all_.find(key);
  if (found == all_.end()) {
    if (all_.size() >= kMostAdvisories) {
      ++dropped_;
      return;
    }
    found = all_.emplace(key, Advisory()).first;
    Advisory& made = found->second;
    made.id = ++last_id_;
    made.code = std::move(code);
    made.clause = std::move(clause);
    made.stream = key.second;
    made.first_at = clock_.now();
    logs_.add({clock_.now(),
               LogLevel::kWarning,
               "advisory",
               message,
               {{"code", made.code}, {"clause", made.clause}, {"stream", made.stream}}});
  }
  Advisory& advisory = found->second;
  advisory.message = std::move(message);
  advisory.last_at = clock_.now();
  ++advisory.count;
  for (const std::uint64_t request : requests) {
    advisory.requests.push_back(request);
    if (advisory.requests.size() > kMostRequests) {
      advisory.requests.erase(advisory.requests.begin());
    }
  }
}

std::string advisory_json(const Advisory& advisory) {
  core::json::Writer out;
  out.begin_object()
      .field("id", advisory.id)
      .field("code", advisory.code)
      .field("clause", advisory.clause)
      .field("message", advisory.message)
      .field("count", advisory.count)
      .field("first_at", format_timestamp(advisory.first_at))
      .field("last_at", format_timestamp(advisory.last_at))
      .field("stream", advisory.stream)
      .key("requests")
      .begin_array();
  for (const std::uint64_t request : advisory.requests) out.number(request);
  out.end_array().end_object();
  return out.take();
}

}  // namespace terapi::simulator

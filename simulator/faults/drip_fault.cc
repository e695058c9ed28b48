// {"drip":"100B/s"}: the body comes at this rate (B, KB or MB a second).
#include <charconv>
#include <string_view>

#include "simulator/faults/fault.h"

namespace terapi::simulator {
namespace {

class DripFault final : public Fault {
 public:
  explicit DripFault(std::uint64_t bytes_per_second) : rate_(bytes_per_second) {}
  void strike(ApiEffect& effect) const override { effect.wire.drip_bytes_per_second = rate_; }

 private:
  std::uint64_t rate_;
};

std::uint64_t unit_bytes(std::string_view unit) {
  if (unit == "B/s") return 1;
  if (unit == "KB/s") return 1'000;
  if (unit == "MB/s") return 1'000'000;
  return 0;
}

// 0 when it is not a rate.
std::uint64_t parse_rate(std::string_view text) {
  std::uint64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || count > 1'000'000'000) return 0;
  return count * unit_bytes(text.substr(static_cast<std::size_t>(end - text.data())));
}

}  // namespace

FaultPtr make_drip_fault(core::json::Fields& fields) {
  const std::uint64_t rate = parse_rate(fields.string("drip").value_or(""));
  if (rate == 0) {
    fields.report("drip", "invalid_value",
                  "drip is not a rate; expected for example \"100B/s\" or \"2KB/s\"");
  }
  return std::make_shared<DripFault>(rate);
}

}  // namespace terapi::simulator

// {"truncate_after":40}: the connection closes after so many bytes of the body, though
// Content-Length announced all of it.
#include <limits>

#include "simulator/faults/fault.h"

namespace terapi::simulator {
namespace {

class TruncateFault final : public Fault {
 public:
  explicit TruncateFault(std::size_t bytes) : bytes_(bytes) {}
  void strike(ApiEffect& effect) const override { effect.wire.truncate_after = bytes_; }

 private:
  std::size_t bytes_;
};

}  // namespace

FaultPtr make_truncate_fault(core::json::Fields& fields) {
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  return std::make_shared<TruncateFault>(
      static_cast<std::size_t>(fields.integer("truncate_after", 0, kMost).value_or(0)));
}

}  // namespace terapi::simulator

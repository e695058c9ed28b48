// KeptOutput: what a process has said, of which the end is kept and the rest is counted: however
// much it says, it costs no more than that.
//
// Thread rule: none of its own, like a std::string.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace terapi::conformance {

class KeptOutput {
 public:
  // At least the last `keep` bytes are there, and less than twice as many.
  explicit KeptOutput(std::size_t keep) : keep_(keep) {}

  void add(std::string_view bytes);
  // Everything that was ever said, in bytes.
  std::uint64_t total() const { return total_; }
  // The last of it.
  std::string tail(std::size_t bytes = 4096) const;
  // All that there is, if nothing was left out; it is not kept any longer.
  std::string take();

 private:
  std::size_t keep_;
  std::string text_;
  std::uint64_t total_ = 0;
};

}  // namespace terapi::conformance

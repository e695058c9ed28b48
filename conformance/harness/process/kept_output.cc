#include "conformance/harness/process/kept_output.h"

#include <algorithm>
#include <utility>

namespace terapi::conformance {

void KeptOutput::add(std::string_view bytes) {
  total_ += bytes.size();
  if (bytes.size() >= keep_) {
    text_ = bytes.substr(bytes.size() - keep_);
    return;
  }
  text_ += bytes;
  if (text_.size() >= 2 * keep_) text_.erase(0, text_.size() - keep_);
}

std::string KeptOutput::tail(std::size_t bytes) const {
  return text_.substr(text_.size() - std::min(bytes, text_.size()));
}

std::string KeptOutput::take() { return std::exchange(text_, {}); }

}  // namespace terapi::conformance

// SharedText: a text that is never changed, only replaced. Copies share it: that of a world may be
// tens of megabytes, and each snapshot has it. A value; safe to share between threads.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

namespace terapi::simulator {

class SharedText {
 public:
  explicit SharedText(std::string text)
      : text_(std::make_shared<const std::string>(std::move(text))) {}

  const std::string& text() const { return *text_; }
  std::size_t size() const { return text_->size(); }

 private:
  std::shared_ptr<const std::string> text_;
};

}  // namespace terapi::simulator

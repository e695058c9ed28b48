// CheckNote: says what this thread is doing, for the message of a check that fails meanwhile:
//
//   const core::CheckNote note("seed 17 is played");  // "… (the message), while seed 17 is played"
//
// The innermost one counts. Lives on the stack of the thread it is about.
#pragma once

#include <string>

namespace terapi::core {

class CheckNote {
 public:
  explicit CheckNote(std::string note);
  ~CheckNote();
  CheckNote(const CheckNote&) = delete;
  CheckNote& operator=(const CheckNote&) = delete;
  const std::string& text() const { return note_; }

 private:
  std::string note_;
  const CheckNote* outer_;
};

}  // namespace terapi::core

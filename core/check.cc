#include "core/check.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "core/check_note.h"

namespace terapi::core {

#ifdef NDEBUG
std::atomic<bool> internal::checks_invariants{false};
#else
std::atomic<bool> internal::checks_invariants{true};
#endif

void always_check_invariants() { internal::checks_invariants = true; }

namespace {
thread_local const CheckNote* innermost = nullptr;
}

CheckNote::CheckNote(std::string note)
    : note_(std::move(note)), outer_(std::exchange(innermost, this)) {}
CheckNote::~CheckNote() { innermost = outer_; }

void check_failed(const char* file, int line, const char* condition, std::string_view message) {
  std::fprintf(stderr, "%s:%d: broken invariant: %s (%.*s)%s%s\n", file, line, condition,
               static_cast<int>(message.size()), message.data(),
               innermost == nullptr ? "" : ", while ",
               innermost == nullptr ? "" : innermost->text().c_str());
  std::abort();
}

}  // namespace terapi::core

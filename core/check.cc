#include "core/check.h"

#include <cstdio>
#include <cstdlib>

namespace terapi::core {

#ifdef NDEBUG
std::atomic<bool> internal::checks_invariants{false};
#else
std::atomic<bool> internal::checks_invariants{true};
#endif

void always_check_invariants() { internal::checks_invariants = true; }

void check_failed(const char* file, int line, const char* condition, std::string_view message) {
  std::fprintf(stderr, "%s:%d: broken invariant: %s (%.*s)\n", file, line, condition,
               static_cast<int>(message.size()), message.data());
  std::abort();
}

}  // namespace terapi::core

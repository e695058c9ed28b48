// Linked into every test program: state machines check themselves in optimised builds, too.
#include "core/check.h"

namespace terapi {
namespace {

[[maybe_unused]] const bool kInvariantsOn = [] {
  core::always_check_invariants();
  return true;
}();

}  // namespace
}  // namespace terapi

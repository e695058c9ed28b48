#include "client/record.h"

#include <array>

#include "core/words.h"

namespace terapi::client {
namespace {

constexpr auto kActionWords = std::to_array<core::Word<Action>>({
    {Action::kAdded, "ADDED"},
    {Action::kUpdated, "UPDATED"},
    {Action::kDeleted, "DELETED"},
});

}  // namespace

std::string_view to_string(Action action) { return core::word_of(kActionWords, action); }

}  // namespace terapi::client

#include "client/store.h"

#include <array>

#include "core/words.h"

namespace terapi::client {
namespace {

constexpr auto kHealthWords = std::to_array<core::Word<Health>>({
    {Health::kSyncing, "syncing"},
    {Health::kUpToDate, "up_to_date"},
    {Health::kRetrying, "retrying"},
    {Health::kStopped, "stopped"},
});

}  // namespace

std::string_view to_string(Health health) { return core::word_of(kHealthWords, health); }

core::Result<void> Store::report(const Stream& /*stream*/, const Report& /*report*/) { return {}; }

core::Result<bool> Store::claim(const Stream& /*stream*/, core::Duration /*span*/) { return true; }

core::Result<void> Store::release(const Stream& /*stream*/) { return {}; }

}  // namespace terapi::client

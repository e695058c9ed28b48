// Environment: one tenant — its keys and settings, its integrations, connections and streams, the
// external APIs behind its connections, and the syncs that run in the background.
// Values. What a world file's `environment` object says (docs/world-file.md) stands in Settings.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/words.h"
#include "simulator/records/stream.h"
#include "simulator/world/collection.h"
#include "simulator/world/indexed_list.h"
#include "simulator/world/schedule.h"

namespace terapi::simulator {

// HOOK-7, as data. Factor and jitter are in thousandths: integers only, the same everywhere.
struct RetryPolicy {
  int attempts = 7;
  Duration first_delay = std::chrono::milliseconds(100);
  std::int64_t factor_thousandths = 2000;
  Duration max_delay = std::chrono::hours(24);
  Duration timeout = std::chrono::seconds(20);
  // The share of each delay that is random: 0 none, 1000 all of it ("full jitter").
  std::int64_t jitter_thousandths = 0;
  friend bool operator==(const RetryPolicy&, const RetryPolicy&) = default;
};

// RATE-1: at most `requests` in each window of `per`.
struct RateLimit {
  std::int64_t requests = 200;
  Duration per = std::chrono::minutes(1);
  friend bool operator==(const RateLimit&, const RateLimit&) = default;
};

// HOOK-14: more than `failures` in `window` open it for `open_for`.
struct BreakerPolicy {
  int failures = 5;
  Duration window = std::chrono::seconds(10);
  Duration open_for = std::chrono::seconds(60);
  friend bool operator==(const BreakerPolicy&, const BreakerPolicy&) = default;
};

struct Settings {
  std::string name = "dev";
  std::string secret_key;
  std::string signing_key;  // HOOK-9; empty: the secret key
  // During a rotation: the key before, and until when it signs too.
  std::string previous_signing_key;
  std::optional<Time> previous_signing_key_until;
  Duration signing_key_overlap = std::chrono::hours(24);
  std::vector<std::string> webhook_urls;  // HOOK-1: at most two
  RetryPolicy retry;
  bool always_send = false;        // HOOK-5
  bool standard_webhooks = false;  // HOOK-10
  std::optional<RateLimit> rate_limit;
  std::optional<BreakerPolicy> breaker;
  std::optional<std::int64_t> max_response_bytes;  // REC-11

  // What signatures are made with: the signing key, or the secret key where none is set.
  const std::string& effective_signing_key() const {
    return signing_key.empty() ? secret_key : signing_key;
  }
  friend bool operator==(const Settings&, const Settings&) = default;
};

enum class SyncKind : std::uint8_t { kFull, kIncremental };
inline constexpr std::array<core::Word<SyncKind>, 2> kSyncKinds = {
    {{SyncKind::kFull, "full"}, {SyncKind::kIncremental, "incremental"}}};

// A sync of an integration (SYNC-1).
struct Sync {
  std::string name;
  std::vector<std::string> models;
  Duration frequency = std::chrono::hours(1);
  SyncKind kind = SyncKind::kIncremental;
  bool enabled = true;
  // By model: the collection of the external API that its objects come from. A model without one
  // gets records by hand only.
  std::map<std::string, std::string> collections;
};

struct SyncNames {
  static std::size_t hash_of(const Sync& sync) { return std::hash<std::string_view>()(sync.name); }
};

class SyncList : public IndexedList<Sync, SyncNames> {  // NOLINT(cppcoreguidelines-slicing)
 public:
  // The first sync that has the model; null when none has.
  Sync* find_of(const std::string& model);
  // Models are given to a sync that is here in this way only.
  void add_model(Sync& sync, const std::string& model);

 private:
  std::unordered_map<std::string, std::size_t> of_model_;  // of the first `seen_`
  std::size_t seen_ = 0;
};

// SYNC-6; `id` is the provider config key.
struct Integration {
  std::string id;
  SyncList syncs;
  std::string provider;      // whose templates it has; empty: `id` is that
  std::string display_name;  // empty: the provider's name
  Time created_at;
  Time updated_at;

  std::string_view provider_or_id() const { return provider.empty() ? id : provider; }
  const Sync* find_sync(std::string_view name) const;
  Sync* find_sync(std::string_view name);
};

struct Connection {
  std::string id;
  std::string integration;
  std::optional<std::string> webhook_url;  // HOOK-1: instead of the environment's
  // The (sync, variant) pairs that have run: the next run of each is INCREMENTAL (SYNC-3).
  std::set<std::pair<std::string, std::string>> synced;
  std::uint64_t number = 0;  // its id in lists; never reused
  // JSON texts. Credentials are as they were given, and never in a list (SYNC-6).
  std::string metadata = "{}";
  std::string credentials;
  std::string tags = "{}";
  std::optional<std::string> end_user;
  Time created_at;
  Time updated_at;
};

struct IntegrationNames {
  static std::size_t hash_of(const Integration& integration) {
    return std::hash<std::string_view>()(integration.id);
  }
};
struct ConnectionNames {
  static std::size_t hash_of(std::string_view integration, std::string_view id) {
    const std::hash<std::string_view> hash;
    return hash(integration) * 31 + hash(id);
  }
  static std::size_t hash_of(const Connection& connection) {
    return hash_of(connection.integration, connection.id);
  }
};

struct Environment {
  Settings settings;
  IndexedList<Integration, IntegrationNames> integrations;
  IndexedList<Connection, ConnectionNames> connections;
  std::map<StreamKey, Stream> streams;
  std::map<CollectionKey, Collection> collections;
  std::map<ScheduleKey, Schedule> schedules;

  const Integration* find_integration(std::string_view id) const;
  Integration* find_integration(std::string_view id);
  const Connection* find_connection(std::string_view integration, std::string_view id) const;
  Connection* find_connection(std::string_view integration, std::string_view id);
  const Stream* find_stream(const StreamKey& key) const;
  const Collection* find_collection(const CollectionKey& key) const;
  Collection* find_collection(const CollectionKey& key);
  const Schedule* find_schedule(const ScheduleKey& key) const;
  Schedule* find_schedule(const ScheduleKey& key);
};

}  // namespace terapi::simulator

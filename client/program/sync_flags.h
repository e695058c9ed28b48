// SyncFlags: the flags of `terapi-sync run`, with the environment variables beside them, and
// SyncSettings, what they mean once they are checked. Pure, but for SyncEnvironment::of_process.
//
//   SyncFlags flags;
//   flags.add_to(parser);
//   …
//   Result<SyncSettings> settings = settings_from(flags, SyncEnvironment::of_process());
//   // "bad_usage": --poll: …; expected a duration such as 30s
//
// Messages never hold a key.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/program/listen_address.h"
#include "client/sync_options.h"
#include "core/flags.h"
#include "core/result.h"

namespace terapi::client {

enum class ProgressWish : std::uint8_t { kAuto, kAlways, kNever };

struct SyncFlags {
  std::string base_url;
  std::string secret_key;
  std::string database;
  std::vector<std::string> streams;
  bool once = false;
  std::string listen;
  std::vector<std::string> signing_keys;
  core::Duration poll = std::chrono::seconds(30);
  std::uint64_t limit = 1000;
  std::string dialect = "terapi";
  ProgressWish progress = ProgressWish::kAuto;
  core::Duration overlap{0};
  std::uint64_t workers = 4;
  std::string metrics;
  core::Duration timeout = std::chrono::seconds(30);
  std::uint64_t max_page_mib = 32;
  core::Duration give_up{0};
  std::optional<std::uint64_t> seed;
  std::optional<std::uint64_t> expect;
  std::string ready_file;
  std::string log_format = "text";
  bool json = false;

  void add_to(core::Flags& flags);
};

// What the environment says; flags win.
struct SyncEnvironment {
  std::string base_url;     // TERAPI_BASE_URL
  std::string secret_key;   // TERAPI_SECRET_KEY
  std::string signing_key;  // TERAPI_SIGNING_KEY
  static SyncEnvironment of_process();
};

struct SyncSettings {
  SyncOptions options;  // without on_event
  std::vector<Stream> streams;
  std::string database;
  std::optional<ListenAddress> listen;
  std::vector<std::string> signing_keys;
  std::optional<ListenAddress> metrics;
  ProgressWish progress = ProgressWish::kAuto;
  std::optional<std::uint64_t> expect;
  std::string ready_file;
  bool json_log = false;
  bool json = false;  // what is printed on stdout
};

core::Result<SyncSettings> settings_from(const SyncFlags& flags,
                                         const SyncEnvironment& environment);

// The value of each --stream; none twice.
core::Result<std::vector<Stream>> streams_from(const std::vector<std::string>& texts);

}  // namespace terapi::client

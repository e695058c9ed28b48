#include "client/program/sync_flags.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <random>
#include <utility>

#include "core/shown_url.h"
#include "core/url.h"

namespace terapi::client {
namespace {

core::Error bad_flag(const std::string& flag, const std::string& what) {
  return {"bad_usage", "--" + flag + ": " + what};
}

// The URL that paths are appended to.
core::Result<std::string> base_url_from(const SyncFlags& flags,
                                        const SyncEnvironment& environment) {
  std::string url = flags.base_url.empty() ? environment.base_url : flags.base_url;
  if (url.empty()) {
    return core::Error{"bad_usage",
                       "--base-url is missing; expected the API's URL, such as "
                       "http://127.0.0.1:3003 (also from TERAPI_BASE_URL)"};
  }
  // Before any other complaint about it, since those quote it.
  if (url.find('@') != std::string::npos) {
    return bad_flag("base-url",
                    "it contains a user name or password; expected http://HOST:PORT, and the key "
                    "from TERAPI_SECRET_KEY or --secret-key");
  }
  const auto parsed = core::parse_url(url);
  if (!parsed) {
    return bad_flag("base-url",
                    parsed.error().message + "; expected a URL such as http://127.0.0.1:3003");
  }
  if (url.find_first_of("?#") != std::string::npos) {
    return bad_flag("base-url",
                    "'" + core::shown_url(url) + "' has a query or fragment; expected none");
  }
  while (url.ends_with('/')) url.pop_back();
  return url;
}

// A key goes into a header: one with a line end, as a file has, would break the request.
core::Result<std::string> checked_key(const std::string& key, const std::string& from) {
  if (key.empty()) return core::Error{"bad_usage", from + " is empty; expected a key"};
  for (const char c : key) {
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7F) {
      return core::Error{"bad_usage", from +
                                          " holds a space, a line end or a control character; "
                                          "expected the key alone"};
    }
  }
  return key;
}

core::Result<std::string> secret_key_from(const SyncFlags& flags,
                                          const SyncEnvironment& environment) {
  if (!flags.secret_key.empty()) return checked_key(flags.secret_key, "--secret-key");
  if (!environment.secret_key.empty()) {
    return checked_key(environment.secret_key, "TERAPI_SECRET_KEY");
  }
  return core::Error{"bad_usage",
                     "the secret key is missing; expected it in the environment variable "
                     "TERAPI_SECRET_KEY, or as --secret-key"};
}

core::Result<std::vector<std::string>> signing_keys_from(const SyncFlags& flags,
                                                         const SyncEnvironment& environment,
                                                         const std::string& secret_key) {
  std::vector<std::string> keys;
  for (const std::string& text : flags.signing_keys) {
    auto key = checked_key(text, "--signing-key");
    if (!key) return key.error();
    keys.push_back(*std::move(key));
  }
  if (keys.empty() && !environment.signing_key.empty()) {
    auto key = checked_key(environment.signing_key, "TERAPI_SIGNING_KEY");
    if (!key) return key.error();
    keys.push_back(*std::move(key));
  }
  if (keys.empty()) keys.push_back(secret_key);
  return keys;
}

core::Result<std::optional<ListenAddress>> address_from(const std::string& flag,
                                                        const std::string& text) {
  if (text.empty()) return std::optional<ListenAddress>();
  auto address = parse_listen_address(text);
  if (!address) return bad_flag(flag, address.error().message);
  return std::optional(*std::move(address));
}

// Unlike a simulator's, a client's seed has to differ from the next client's, or all those that
// failed together would come back together.
std::uint64_t any_seed() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

core::Result<SyncOptions> sync_options_from(const SyncFlags& flags,
                                            const SyncEnvironment& environment) {
  auto base_url = base_url_from(flags, environment);
  if (!base_url) return base_url.error();
  auto secret_key = secret_key_from(flags, environment);
  if (!secret_key) return secret_key.error();
  SyncOptions options;
  options.endpoint = {*std::move(base_url), *std::move(secret_key)};
  options.dialect = find_dialect(flags.dialect);
  options.limit = flags.limit;
  options.max_page_bytes = static_cast<std::size_t>(flags.max_page_mib) << 20;
  options.request_timeout = flags.timeout;
  options.workers = static_cast<std::size_t>(flags.workers);
  options.once = flags.once;
  options.poll = flags.poll;
  options.overlap = flags.overlap;
  options.give_up = flags.give_up;
  options.seed = flags.seed ? *flags.seed : any_seed();
  return options;
}

void add_tuning_to(SyncFlags& target, core::Flags& flags) {
  using namespace std::chrono_literals;
  flags.duration(
      "overlap", "DURATION",
      "also re-read what was modified in this span before the newest record (default 0s)", 0s,
      target.overlap);
  flags.number("workers", "N", "streams that sync at once (default 4)", {1, 64}, target.workers);
  flags.duration("timeout", "DURATION", "how long a request may take (default 30s)", 1ms,
                 target.timeout);
  flags.number("max-page-mib", "N", "largest page taken; fewer records are asked for (default 32)",
               {1, 1024}, target.max_page_mib);
  flags.duration("give-up", "DURATION",
                 "stop a stream that has been failing for this long (default 0s: never)", 0s,
                 target.give_up);
  flags.number("seed", "N", "for the random part of waits (default: a new one each time)", {},
               target.seed);
}

}  // namespace

SyncEnvironment SyncEnvironment::of_process() {
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value == nullptr ? "" : value);
  };
  return {variable("TERAPI_BASE_URL"), variable("TERAPI_SECRET_KEY"),
          variable("TERAPI_SIGNING_KEY")};
}

void SyncFlags::add_to(core::Flags& flags) {
  using namespace std::chrono_literals;
  flags.text("base-url", "URL", "the API, such as http://127.0.0.1:3003 (or TERAPI_BASE_URL)",
             base_url);
  flags.text("secret-key", "KEY", "better in TERAPI_SECRET_KEY: flags are visible to other users",
             secret_key);
  flags.text("database", "DB", "FILE.db, made where there is none, or postgres://USER@HOST/NAME",
             database);
  flags.list("stream", "STREAM", "INTEGRATION/CONNECTION/MODEL[/VARIANT]; may be repeated",
             streams);
  flags.toggle("once", "end when every stream is up to date", once);
  flags.text("listen", "HOST:PORT", "receive webhooks at POST /webhooks (port 0: any free one)",
             listen);
  flags.list(
      "signing-key", "KEY",
      "of webhooks; twice during a rotation (or TERAPI_SIGNING_KEY; default: the secret key)",
      signing_keys);
  flags.duration("poll", "DURATION",
                 "look for changes this often, also without webhooks (default 30s)", 1ms, poll);
  flags.number("limit", "N", "records of a page (default 1000)", {1, 10'000}, limit);
  flags.choice("dialect", {"terapi", "nango"}, "whose vocabulary (default terapi)", dialect);
  static constexpr auto kWishes =
      std::to_array<core::Word<ProgressWish>>({{ProgressWish::kAuto, "auto"},
                                               {ProgressWish::kAlways, "always"},
                                               {ProgressWish::kNever, "never"}});
  flags.choice("progress", kWishes, "auto: a line that is redrawn, on a terminal only", progress);
  flags.text("metrics", "HOST:PORT", "serve GET /metrics (Prometheus) and GET /health", metrics);
  flags.number("expect", "N", "how many records to expect, to estimate the time left", {.least = 1},
               expect);
  flags.text("ready-file", "FILE", "written when it runs: webhook_url, metrics_url, pid as JSON",
             ready_file);
  flags.choice("log-format", {"text", "json"}, "of the lines on stderr", log_format);
  flags.toggle(
      "json", "print a JSON object a line: where it listens, and how each stream stands at the end",
      json);
  add_tuning_to(*this, flags);
}

core::Result<std::vector<Stream>> streams_from(const std::vector<std::string>& texts) {
  std::vector<Stream> streams;
  for (const std::string& text : texts) {
    auto stream = parse_stream(text);
    if (!stream) return bad_flag("stream", stream.error().message);
    if (std::find(streams.begin(), streams.end(), *stream) != streams.end()) {
      return bad_flag("stream", "'" + text + "' is given twice; expected each stream once");
    }
    streams.push_back(*std::move(stream));
  }
  return streams;
}

core::Result<SyncSettings> settings_from(const SyncFlags& flags,
                                         const SyncEnvironment& environment) {
  SyncSettings settings;
  auto options = sync_options_from(flags, environment);
  if (!options) return options.error();
  settings.options = *std::move(options);
  if (flags.database.empty()) {
    return core::Error{"bad_usage",
                       "--database is missing; expected a file such as sync.db, or a "
                       "postgres:// URL"};
  }
  settings.database = flags.database;
  auto streams = streams_from(flags.streams);
  if (!streams) return streams.error();
  if (streams->empty()) {
    return core::Error{"bad_usage",
                       "--stream is missing; expected at least one INTEGRATION/CONNECTION/MODEL, "
                       "such as github/demo/Issue"};
  }
  settings.streams = *std::move(streams);
  auto keys = signing_keys_from(flags, environment, settings.options.endpoint.secret_key);
  if (!keys) return keys.error();
  settings.signing_keys = *std::move(keys);
  auto listen = address_from("listen", flags.listen);
  if (!listen) return listen.error();
  settings.listen = *std::move(listen);
  auto metrics = address_from("metrics", flags.metrics);
  if (!metrics) return metrics.error();
  settings.metrics = *std::move(metrics);
  settings.progress = flags.progress;
  settings.expect = flags.expect;
  settings.ready_file = flags.ready_file;
  settings.json_log = flags.log_format == "json";
  settings.json = flags.json;
  return settings;
}

}  // namespace terapi::client

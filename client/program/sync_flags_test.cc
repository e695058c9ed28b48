#include "client/program/sync_flags.h"

#include <gtest/gtest.h>

namespace terapi::client {
namespace {

using namespace std::chrono_literals;

const std::vector<std::string> kLeast = {
    "--base-url", "http://127.0.0.1:3003", "--secret-key", "secret-1", "--database", "sync.db",
    "--stream",   "github/demo/Issue"};

core::Result<SyncSettings> settings_of(const std::vector<std::string>& arguments,
                                       const SyncEnvironment& environment = {}) {
  SyncFlags values;
  core::Flags flags;
  values.add_to(flags);
  const auto rest = flags.parse(arguments);
  if (!rest) return rest.error();
  return settings_from(values, environment);
}

// With these after the least that is needed.
core::Result<SyncSettings> settings_with(const std::vector<std::string>& more) {
  std::vector<std::string> all = kLeast;
  all.insert(all.end(), more.begin(), more.end());
  return settings_of(all);
}

// The least that is needed, without one flag.
std::vector<std::string> all_but(const std::string& flag) {
  std::vector<std::string> all = kLeast;
  const auto at = std::find(all.begin(), all.end(), flag);
  all.erase(at, at + 2);
  return all;
}

void expect_refused(const core::Result<SyncSettings>& settings,
                    const std::vector<std::string>& parts) {
  ASSERT_FALSE(settings);
  EXPECT_EQ(settings.error().code, "bad_usage");
  for (const std::string& part : parts) {
    EXPECT_NE(settings.error().message.find(part), std::string::npos) << settings.error().message;
  }
  EXPECT_EQ(settings.error().message.find("secret-1"), std::string::npos);
}

TEST(SyncFlags, HaveDefaults) {
  const auto settings = settings_of(kLeast);
  ASSERT_TRUE(settings) << settings.error().message;
  const SyncOptions& options = settings->options;
  EXPECT_EQ(options.endpoint.base_url, "http://127.0.0.1:3003");
  EXPECT_EQ(options.endpoint.secret_key, "secret-1");
  EXPECT_EQ(options.dialect, &terapi_dialect());
  EXPECT_EQ(options.limit, 1000U);
  EXPECT_EQ(options.poll, 30s);
  EXPECT_EQ(options.request_timeout, 30s);
  EXPECT_EQ(options.max_page_bytes, std::size_t{32} << 20);
  EXPECT_EQ(options.workers, 4U);
  EXPECT_FALSE(options.once);
  EXPECT_EQ(settings->database, "sync.db");
  EXPECT_EQ(settings->streams, std::vector<Stream>{(Stream{"github", "demo", "Issue"})});
  EXPECT_EQ(settings->signing_keys, std::vector<std::string>{"secret-1"});
  EXPECT_FALSE(settings->listen);
  EXPECT_FALSE(settings->metrics);
}

TEST(SyncFlags, SetEverything) {
  const auto settings = settings_with({"--once",
                                       "--listen",
                                       "[::1]:0",
                                       "--signing-key",
                                       "new",
                                       "--signing-key",
                                       "old",
                                       "--poll",
                                       "50ms",
                                       "--limit",
                                       "10000",
                                       "--dialect",
                                       "nango",
                                       "--overlap",
                                       "5m",
                                       "--workers",
                                       "2",
                                       "--metrics",
                                       "localhost:9464",
                                       "--timeout",
                                       "1500ms",
                                       "--max-page-mib",
                                       "8",
                                       "--give-up",
                                       "1h",
                                       "--seed",
                                       "7",
                                       "--expect",
                                       "1000000",
                                       "--progress",
                                       "always",
                                       "--ready-file",
                                       "r.json",
                                       "--log-format",
                                       "json",
                                       "--stream",
                                       "github/demo/Issue/eu"});
  ASSERT_TRUE(settings) << settings.error().message;
  const SyncOptions& options = settings->options;
  EXPECT_TRUE(options.once);
  EXPECT_EQ(settings->listen->host, "::1");
  EXPECT_EQ(settings->signing_keys, (std::vector<std::string>{"new", "old"}));
  EXPECT_EQ(options.poll, 50ms);
  EXPECT_EQ(options.limit, 10000U);
  EXPECT_EQ(options.dialect, &nango_dialect());
  EXPECT_EQ(options.overlap, 5min);
  EXPECT_EQ(options.workers, 2U);
  EXPECT_EQ(settings->metrics->port, 9464);
  EXPECT_EQ(options.request_timeout, 1500ms);
  EXPECT_EQ(options.max_page_bytes, std::size_t{8} << 20);
  EXPECT_EQ(options.give_up, 1h);
  EXPECT_EQ(options.seed, 7U);
  EXPECT_EQ(settings->expect, 1000000U);
  EXPECT_EQ(settings->progress, ProgressWish::kAlways);
  EXPECT_EQ(settings->ready_file, "r.json");
  EXPECT_TRUE(settings->json_log);
  EXPECT_EQ(settings->streams[1].variant, "eu");
}

TEST(SyncFlags, KeysAndUrlComeFromTheEnvironmentAndFlagsWin) {
  const SyncEnvironment environment{"http://env:1/", "env-secret", "env-signing"};
  const auto from_environment = settings_of({"--database", "d", "--stream", "a/b/c"}, environment);
  ASSERT_TRUE(from_environment) << from_environment.error().message;
  EXPECT_EQ(from_environment->options.endpoint.base_url, "http://env:1");
  EXPECT_EQ(from_environment->options.endpoint.secret_key, "env-secret");
  EXPECT_EQ(from_environment->signing_keys, std::vector<std::string>{"env-signing"});
  std::vector<std::string> flags = kLeast;
  flags.insert(flags.end(), {"--signing-key", "flag-signing"});
  const auto from_flags = settings_of(flags, environment);
  ASSERT_TRUE(from_flags);
  EXPECT_EQ(from_flags->options.endpoint.base_url, "http://127.0.0.1:3003");
  EXPECT_EQ(from_flags->options.endpoint.secret_key, "secret-1");
  EXPECT_EQ(from_flags->signing_keys, std::vector<std::string>{"flag-signing"});
}

TEST(SyncFlags, NameWhatIsMissing) {
  expect_refused(settings_of(all_but("--base-url")), {"--base-url", "http://127.0.0.1:3003"});
  expect_refused(settings_of(all_but("--secret-key")), {"TERAPI_SECRET_KEY", "--secret-key"});
  expect_refused(settings_of(all_but("--database")), {"--database", "sync.db"});
  expect_refused(settings_of(all_but("--stream")), {"--stream", "INTEGRATION/CONNECTION/MODEL"});
}

TEST(SyncFlags, RefuseWhatIsWrong) {
  expect_refused(settings_with({"--limit", "0"}), {"--limit", "1 to 10000"});
  expect_refused(settings_with({"--limit", "10001"}), {"--limit", "1 to 10000"});
  expect_refused(settings_with({"--poll", "30"}), {"--poll"});
  expect_refused(settings_with({"--poll", "0s"}), {"--poll", "1ms or more"});
  expect_refused(settings_with({"--workers", "0"}), {"--workers", "1 to 64"});
  expect_refused(settings_with({"--listen", "8080"}), {"--listen", "HOST:PORT"});
  expect_refused(settings_with({"--metrics", "x:y"}), {"--metrics", "HOST:PORT"});
  expect_refused(settings_with({"--stream", "github/demo"}), {"--stream", "too few parts"});
  expect_refused(settings_with({"--stream", "github/demo/Issue/base"}), {"--stream", "twice"});
  expect_refused(settings_with({"--signing-key", ""}), {"--signing-key", "empty"});
  expect_refused(settings_with({"--pol", "1s"}), {"--pol", "did you mean '--poll'"});
  expect_refused(settings_with({"--dialect", "nangoo"}), {"--dialect", "did you mean 'nango'"});
}

TEST(SyncFlags, BaseUrlHasNoCredentialsQueryOrSlash) {
  const auto with_url = [](const std::string& url) { return settings_with({"--base-url", url}); };
  EXPECT_EQ(with_url("http://h:1//")->options.endpoint.base_url, "http://h:1");
  EXPECT_EQ(with_url("https://h/terapi/")->options.endpoint.base_url, "https://h/terapi");
  expect_refused(with_url("http://h?a=b"), {"--base-url", "query"});
  expect_refused(with_url("http://h#a"), {"--base-url", "fragment"});
  expect_refused(with_url("h:3003"), {"--base-url", "http://"});
  for (const char* url : {"http://me:hunter2@h", "ftp://me:hunter2@h"}) {
    const auto refused = with_url(url);
    expect_refused(refused, {"--base-url", "user name or password"});
    EXPECT_EQ(refused.error().message.find("hunter2"), std::string::npos);
  }
}

TEST(SyncFlags, AKeyWithALineEndIsRefusedWithoutShowingIt) {
  const auto refused = settings_of(all_but("--secret-key"), {"", "hunter2\n", ""});
  expect_refused(refused, {"TERAPI_SECRET_KEY", "line end"});
  EXPECT_EQ(refused.error().message.find("hunter2"), std::string::npos);
}

}  // namespace
}  // namespace terapi::client

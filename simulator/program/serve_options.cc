#include "simulator/program/serve_options.h"

#include <fstream>
#include <sstream>
#include <utility>
#include <vector>

#include "core/shown_url.h"
#include "core/url.h"
#include "simulator/world/settings_json.h"

namespace terapi::simulator {
namespace {

core::Result<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  if (!file || !(text << file.rdbuf())) {
    return core::Error{"no_file", "the file '" + path + "' cannot be read"};
  }
  return text.str();
}

// An allowance is for a host as a whole: with a path it would promise what nobody checks.
core::Result<std::vector<core::Url>> origins_from(const std::vector<std::string>& given) {
  std::vector<core::Url> origins;
  for (const std::string& text : given) {
    auto url = core::parse_url(text);
    if (!url) return core::Error{"bad_usage", "--allow-base-url: " + url.error().message};
    if (url->target != "/") {
      return core::Error{"bad_usage", "--allow-base-url: '" + core::shown_url(text) +
                                          "' has a path; expected " + url->scheme + "://" +
                                          url->authority()};
    }
    origins.push_back(*std::move(url));
  }
  return origins;
}

}  // namespace

core::Result<SimulatorOptions> options_from(const ServeFlags& flags) {
  SimulatorOptions options;
  if (flags.start && flags.clock != "virtual") {
    return core::Error{"bad_usage",
                       "--start: only a virtual clock can be set; expected --clock "
                       "virtual beside it"};
  }
  const auto dialect = dialect_named(flags.dialect);
  if (!dialect) return dialect.error();
  options.dialect = *dialect;
  for (const std::string& quirk : flags.quirks) {
    if (const auto read = read_quirk_choice(quirk, options.quirks); !read) {
      return core::Error{"bad_usage", "--quirk: " + read.error().message};
    }
  }
  options.seed = flags.seed;
  options.secret_key = flags.secret_key;
  if (!flags.secret_key.empty()) {
    if (const auto fault = secret_key_fault(flags.secret_key, **dialect)) {
      return core::Error{"bad_usage", "--secret-key " + *fault};
    }
  }
  options.webhook_urls = flags.webhook_urls;
  options.control_token = flags.control_token;
  if (flags.webhook_urls.size() > 2) {
    return core::Error{"bad_usage", "--webhook-url: an environment has at most two"};
  }
  for (const std::string& url : flags.webhook_urls) {
    if (const auto parsed = core::parse_url(url); !parsed) {
      return core::Error{"bad_usage", "--webhook-url: " + parsed.error().message};
    }
  }
  auto origins = origins_from(flags.allowed_base_urls);
  if (!origins) return origins.error();
  options.allowed_base_urls = *std::move(origins);
  if (!flags.world_text.empty()) {
    options.world_text = flags.world_text;
    options.world_name = flags.project.file->path();
    options.world_folder = flags.project.file->folder();
  } else if (!flags.world.empty()) {
    auto text = read_file(flags.world);
    if (!text) return text.error();
    options.world_text = std::move(*text);
    options.world_name = flags.world;
    const std::size_t slash = flags.world.rfind('/');
    if (slash != std::string::npos) options.world_folder = flags.world.substr(0, slash);
  }
  for (const std::string& spec : flags.loads) {
    auto load = parse_load_spec(spec);
    if (!load) return core::Error{"bad_usage", load.error().message};
    options.loads.push_back(std::move(*load));
  }
  return options;
}

}  // namespace terapi::simulator

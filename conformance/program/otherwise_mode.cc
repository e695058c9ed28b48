// terapi-conformance otherwise: a right server that chooses otherwise, in front of one elsewhere.
#include <cstdio>
#include <optional>
#include <string>
#include <utility>

#include "conformance/harness/otherwise/otherwise_proxy.h"
#include "conformance/program/judge_flags.h"
#include "conformance/program/program.h"
#include "core/flags.h"

namespace terapi::conformance {

int run_otherwise_mode(const std::vector<std::string>& arguments) {
  OtherwiseProxyOptions options;
  std::uint64_t port = 0;
  std::string dialect = "terapi";
  bool help = false;
  core::Flags flags;
  flags.text("base-url", "URL", "the server, which has to be right", options.base_url);
  flags.number("port", "N", "where to listen, on 127.0.0.1; 0: any free one", {.most = 65535},
               port);
  flags.number("seed", "N", "what it chooses is drawn from", {.least = 1}, options.seed);
  flags.duration("slowness", "DURATION",
                 "each way takes up to this, such as 50ms; left out: as the seed has it",
                 core::Duration(0), options.slowness);
  flags.choice("dialect", {"terapi", "nango"}, "that the server speaks", dialect);
  flags.toggle("json", "print where it serves as a JSON object", options.json);
  flags.toggle("help", "this text", help);
  const auto rest = flags.parse(arguments);
  if (!rest) return refuse(rest.error().message);
  if (help) {
    std::printf("terapi-conformance otherwise --base-url URL [FLAGS]\n\n%s\n",
                flags.help().c_str());
    return 0;
  }
  if (!rest->empty()) return refuse("otherwise takes no '" + rest->front() + "'");
  if (options.base_url.empty()) {
    return refuse(
        "--base-url is missing; expected the server's URL, such as http://127.0.0.1:3003");
  }
  options.port = static_cast<std::uint16_t>(port);
  options.metadata_key = std::string(find_dialect(dialect)->metadata_key);
  return run_otherwise_proxy(std::move(options));
}

}  // namespace terapi::conformance

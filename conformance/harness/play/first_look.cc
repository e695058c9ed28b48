#include "conformance/harness/play/first_look.h"

#include <string>
#include <string_view>

#include "conformance/laws/error_answer.h"
#include "conformance/laws/record_reader.h"
#include "core/json.h"

namespace terapi::conformance {
namespace {

core::Request question(ServerStage& stage, const StreamAsked& stream) {
  Query query = {{"model", stream.model}, {"limit", "1"}};
  if (stream.variant != "base") query.emplace_back("variant", stream.variant);
  core::Request request;
  request.target = "/records" + query_text(query);
  request.headers = {{"Authorization", "Bearer " + stage.secret_key()},
                     {"Provider-Config-Key", stream.integration},
                     {"Connection-Id", stream.connection}};
  return request;
}

// Whose metadata the records of a page have, where it is another dialect's; null: nobody's.
const Dialect* spoken_in(std::string_view body, const Dialect& asked_for) {
  const auto page = core::json::Document::parse(std::string(body));
  if (!page) return nullptr;
  const Dialect* spoken = nullptr;
  for (const core::json::Value record : page->root()["records"].items()) {
    if (record[asked_for.metadata_key].present()) return nullptr;
    for (const std::string& name : dialect_names()) {
      const Dialect* dialect = find_dialect(name);
      if (record[dialect->metadata_key].present()) spoken = dialect;
    }
  }
  return spoken;
}

core::Error wrong_usage(std::string message) { return {"bad_usage", std::move(message)}; }

}  // namespace

core::Result<void> first_look(ServerStage& stage, const StreamAsked& stream, FirstLook options) {
  const auto answer = stage.call(question(stage, stream));
  if (!answer) return {};  // the scenarios say so, each for itself
  const std::string server = stage.base_url().empty() ? "the server" : stage.base_url();
  if (answer->status == 200) {
    const Dialect* spoken = spoken_in(answer->body, stage.dialect());
    if (spoken == nullptr) return {};
    const std::string name(spoken->name);
    return wrong_usage(server + " speaks the dialect '" + name + "': its records have " +
                       std::string(spoken->metadata_key) + ", and not " +
                       std::string(stage.dialect().metadata_key) + " of the dialect '" +
                       std::string(stage.dialect().name) + "'; run it again with --dialect " +
                       name);
  }
  // Over the limit, or in trouble: nothing that was asked is wrong.
  const bool refuses = answer->status >= 400 && answer->status < 500 && answer->status != 429;
  if (!options.stream_is_there || !refuses) return {};
  return wrong_usage(server + " answers " + std::to_string(answer->status) + " " +
                     read_error(answer->body).code + " to GET /records of " + stream.integration +
                     "/" + stream.connection + "/" + stream.model +
                     "; see --secret-key and --stream");
}

}  // namespace terapi::conformance

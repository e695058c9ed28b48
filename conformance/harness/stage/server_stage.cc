#include "conformance/harness/stage/server_stage.h"

namespace terapi::conformance {

std::string ServerStage::filled(std::string text) const {
  if (text.find('{') == std::string::npos) return text;
  std::string receiver = receiver_url("/");
  if (receiver.ends_with('/')) receiver.pop_back();
  text = replaced(std::move(text), "{receiver}", receiver);
  return replaced(std::move(text), "{refusing}", refusing_url());
}

void ServerStage::begin(bool told) {
  history_ = History();
  history_.told = told;
  model_ = Model(dialect_.habits);
  syncs_.apply_world({}, {});
  wire_.forget();
}

}  // namespace terapi::conformance

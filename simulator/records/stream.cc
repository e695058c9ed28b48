#include "simulator/records/stream.h"

namespace terapi::simulator {

std::string describe(const StreamKey& key) {
  std::string text = key.integration + "/" + key.connection + "/" + key.model;
  if (key.variant != kBaseVariant) text += "/" + key.variant;
  return text;
}

}  // namespace terapi::simulator

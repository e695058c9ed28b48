// BodySource: a body that is on its way, read piece by piece, as fast as its reader takes it.
//
// Thread rule: one thread, the driver's.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "core/result.h"

namespace terapi::core {

class BodySource {
 public:
  BodySource() = default;
  // Ends what the body comes from; whoever waits for a piece gets none any more.
  virtual ~BodySource() = default;
  BodySource(const BodySource&) = delete;
  BodySource& operator=(const BodySource&) = delete;

  // At least one byte; nothing: the body is complete; an error: it was cut off there.
  using Piece = Result<std::optional<std::string>>;
  using Take = std::function<void(Piece)>;
  // The next piece: calls back once, after it has returned. One at a time, and none after the last.
  virtual void read(Take take) = 0;
};

}  // namespace terapi::core

#include "core/background.h"

namespace terapi::core {

void InlineBackground::run(std::function<void()> task, std::function<void()> done) {
  task();
  clock_.at(clock_.now(), std::move(done));
}

}  // namespace terapi::core

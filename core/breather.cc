#include "core/breather.h"

namespace terapi::core {

constinit thread_local Breather* Breather::current_ = nullptr;

Breather::Breather(std::function<void()> take) : take_(std::move(take)), outer_(current_) {
  current_ = this;
}

Breather::~Breather() { current_ = outer_; }

void Breather::take_one() {
  Breather* const here = std::exchange(current_, nullptr);
  here->take_();
  current_ = here;
}

}  // namespace terapi::core

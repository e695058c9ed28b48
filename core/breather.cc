#include "core/breather.h"

#include <chrono>
#include <future>
#include <system_error>

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

void breathe_until_done(const std::function<void()>& work) {
  constexpr std::chrono::milliseconds kBetweenBreaths(5);
  if (Breather::current_ == nullptr) return work();
  std::future<void> done;
  try {
    done = std::async(std::launch::async, work);
  } catch (const std::system_error&) {
    return work();  // there is no thread to be had
  }
  while (done.wait_for(kBetweenBreaths) != std::future_status::ready) breathe();
}

}  // namespace terapi::core

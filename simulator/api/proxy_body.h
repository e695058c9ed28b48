// ProxyBody: the rest of another host's answer, on its way through the proxy. It passes each piece
// on as it is, and says how it ended: whole, cut off by the host, or left by its caller.
//
// Thread rule: the simulator's thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "core/body_source.h"

namespace terapi::simulator {

class ProxyBody final : public core::BodySource {
 public:
  struct End {
    std::uint64_t bytes = 0;  // that were passed on
    std::string error{};      // empty: it is whole
    bool left = false;        // its caller went
  };
  using OnEnd = std::function<void(const End&)>;

  // `bytes`: that were passed on before. `on_end` is called once, also by the destructor.
  ProxyBody(std::shared_ptr<core::BodySource> from, std::uint64_t bytes, OnEnd on_end)
      : from_(std::move(from)),
        passage_(std::make_shared<Passage>(Passage{bytes, std::move(on_end)})) {}
  ~ProxyBody() override { passage_->end("its caller left", true); }

  void read(Take take) override {
    from_->read([passage = passage_, take = std::move(take)](Piece piece) {
      if (!piece) {
        passage->end(piece.error().code + ": " + piece.error().message, false);
      } else if (!*piece) {
        passage->end("", false);
      } else {
        passage->bytes += (*piece)->size();
      }
      take(std::move(piece));
    });
  }

 private:
  struct Passage {
    std::uint64_t bytes = 0;
    OnEnd on_end;
    void end(std::string error, bool left) {
      if (const OnEnd tell = std::exchange(on_end, nullptr)) tell({bytes, std::move(error), left});
    }
  };

  std::shared_ptr<core::BodySource> from_;
  std::shared_ptr<Passage> passage_;
};

}  // namespace terapi::simulator

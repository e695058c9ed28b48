#include "simulator/program/gated_transport.h"

#include <functional>
#include <utility>

namespace terapi::simulator {
namespace {

class GatedBody final : public core::BodySource {
 public:
  GatedBody(std::shared_ptr<core::BodySource> body, const EventGate& gate)
      : body_(std::move(body)), enter_(gate.door()) {}
  // Whoever reads it may go at any time; what the simulator makes of that has its turn.
  ~GatedBody() override {
    enter_([body = std::move(body_)]() mutable { body.reset(); });
  }

  void read(Take take) override {
    body_->read([enter = enter_, take = std::move(take)](Piece piece) {
      const auto given = std::make_shared<Piece>(std::move(piece));
      enter([given, take] { take(std::move(*given)); });
    });
  }

 private:
  std::shared_ptr<core::BodySource> body_;
  std::function<void(std::function<void()>)> enter_;
};

// Hands on, as an event, what is called back once.
template <typename T>
std::function<void(core::Result<T>)> gated(EventGate& gate,
                                           std::function<void(core::Result<T>)> then) {
  return [&gate, then = std::move(then)](core::Result<T> result) {
    const auto given = std::make_shared<core::Result<T>>(std::move(result));
    gate.enter([given, then] { then(std::move(*given)); });
  };
}

}  // namespace

GatedTransport::GatedTransport(core::HttpSender& sender, EventGate& gate)
    : sender_(sender), gate_(gate) {
  gate.set_on_long([&sender] { sender.hold(); }, [&sender] { sender.go_on(); });
}

void GatedTransport::send(core::Request request, const core::SendOptions& options, Done done) {
  sender_.send(std::move(request), options, gated<core::Response>(gate_, std::move(done)));
}

void GatedTransport::open(core::Request request, const core::SendOptions& options, Opened opened) {
  const auto hand_on = [&gate = gate_,
                        opened = std::move(opened)](core::Result<core::OpenedAnswer> answer) {
    if (answer) answer->rest = gated_body(std::move(answer->rest), gate);
    opened(std::move(answer));
  };
  sender_.open(std::move(request), options, gated<core::OpenedAnswer>(gate_, hand_on));
}

std::shared_ptr<core::BodySource> gated_body(std::shared_ptr<core::BodySource> body,
                                             EventGate& gate) {
  if (!body) return nullptr;
  return std::make_shared<GatedBody>(std::move(body), gate);
}

}  // namespace terapi::simulator

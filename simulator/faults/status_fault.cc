// {"status":503,"headers":{"Retry-After":"3"},"body":{…}}: answered by someone in front of the API.
#include "simulator/faults/fault.h"

namespace terapi::simulator {
namespace {

class StatusFault final : public Fault {
 public:
  explicit StatusFault(core::Response answer) : answer_(std::move(answer)) {}
  void strike(ApiEffect& effect) const override { effect.answer = answer_; }

 private:
  core::Response answer_;
};

std::string default_body(int status) {
  std::string message = "injected by a fault rule";
  return R"({"error":{"code":"injected_fault","message":"status )" + std::to_string(status) + ", " +
         message + "\"}}";
}

}  // namespace

FaultPtr make_status_fault(core::json::Fields& fields) {
  core::Response answer;
  answer.status = static_cast<int>(fields.integer("status", 200, 599).value_or(500));
  for (const core::json::Member member : fields.object("headers").members()) {
    const core::json::Value value = member.value;
    answer.headers.add(member.key.string(),
                       value.is_string() ? value.string() : std::string(value.text()));
  }
  const core::json::Value body = fields.any("body");
  answer.body = !body.present()    ? default_body(answer.status)
                : body.is_string() ? body.string()
                                   : core::json::compact(body);
  if (!answer.headers.get("Content-Type")) {
    answer.headers.add("Content-Type",
                       body.is_string() ? "text/plain; charset=utf-8" : "application/json");
  }
  return std::make_shared<StatusFault>(std::move(answer));
}

}  // namespace terapi::simulator

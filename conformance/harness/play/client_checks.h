// ClientChecks: the `expect`s of a client's scenario, judged from the history since the last mark.
// Thread rule: one thread.
#pragma once

#include <string>
#include <vector>

#include "conformance/harness/stage/client_stage.h"
#include "conformance/laws/findings.h"
#include "conformance/scenario/step.h"

namespace terapi::conformance {

class ClientChecks {
 public:
  ClientChecks(ClientStage& stage, Findings& findings) : stage_(stage), findings_(findings) {}

  // What is counted from now on.
  void mark();
  std::uint64_t requests_since_mark() const;
  void check(const ClientCheck& check);

 private:
  void check_requests(const ClientCheck& check, bool without_cursor);
  void check_waits(const ClientCheck& check);
  bool was_stretched() const;
  bool kept_quiet(const Exchange& answered, core::Duration time) const;
  void check_resumed(const ClientCheck& check);
  void check_resumed_within(const ClientCheck& check);
  void check_surfaced(const ClientCheck& check);
  void check_memory(const ClientCheck& check);
  void check_webhooks(const ClientCheck& check);
  void check_resumed_at_last(const ClientCheck& check);
  void check_keys_kept(const ClientCheck& check);
  void check_backs_off(const ClientCheck& check);
  const Exchange* first_of_last_life(const std::string& stream) const;
  void fail(const ClientCheck& check, const char* clause, std::string what, std::string expected,
            std::string actual, std::vector<std::size_t> events = {},
            Verdict verdict = Verdict::kFail);

  ClientStage& stage_;
  Findings& findings_;
  std::size_t mark_ = 0;          // exchanges before it
  std::size_t webhook_mark_ = 0;  // webhooks before it
  core::Duration starved_mark_{0};
  core::Time marked_at_{};
  std::uint64_t memory_mark_ = 0;
};

}  // namespace terapi::conformance

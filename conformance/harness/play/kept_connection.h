// KeptConnection: one connection to a server, over a plain socket, on which one question follows
// the other; each answer is read as strictly as HTTP/1.1 is written (RFC 9112), so that the next
// one is looked for exactly where this one has to end. A library throws away what it did not expect
// there, or the connection; those that do not take it for the next answer.
//
//   KeptConnection connection(*core::parse_url("http://127.0.0.1:3003"), headers);
//   const KeptAnswer answer = connection.ask("HEAD", "/records?model=Issue");
//   if (!answer.wrong.empty()) …
//
// Thread rule: everything happens on the calling thread, which waits, as long as `patience`.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/http_message.h"
#include "core/url.h"

namespace terapi::conformance {

struct KeptAnswer {
  int status = 0;
  std::string wrong{};  // one line for people; empty: it begins and ends where it has to
};

class KeptConnection {
 public:
  // `headers`: what a good request has.
  KeptConnection(core::Url server, core::Headers headers,
                 core::Duration patience = std::chrono::seconds(5));
  ~KeptConnection() { hang_up(); }
  KeptConnection(const KeptConnection&) = delete;
  KeptConnection& operator=(const KeptConnection&) = delete;

  // On the connection that there is; a new one, where the server has closed it or the last answer
  // was wrong. `last`: the connection is not kept, and nothing may follow on the answer.
  enum class Kept : bool { kLast, kGoesOn };
  KeptAnswer ask(const std::string& method, const std::string& target, Kept kept = Kept::kGoesOn);
  KeptAnswer ask_without_key(const std::string& method, const std::string& target);

 private:
  struct Head {
    int status = 0;
    bool chunked = false;
    bool closes = false;
    bool has_length = false;
    std::size_t length = 0;
  };

  KeptAnswer ask_with(const core::Headers& headers, const std::string& method,
                      const std::string& target, Kept kept);
  std::string left_over();
  KeptAnswer read_answer(const std::string& method, Kept kept);
  // What is wrong with it; empty: nothing. They take what they read from input_.
  std::string read_head(Head& head);
  std::string read_line(std::string& line);
  std::string read_field(const std::string& line, Head& head);
  std::string read_body(const std::string& method, Head& head);
  std::string read_chunks();
  std::string read_bytes(std::size_t count, std::string_view announced);

  bool connect();
  bool send(std::string_view text) const;
  bool receive();  // false: the end, or it takes too long
  void hang_up();

  core::Url server_;
  core::Headers headers_;
  core::Duration patience_;
  std::chrono::steady_clock::time_point deadline_{};
  int socket_ = -1;
  std::string input_;
  std::string last_question_;  // that was answered on this connection
  bool ended_ = false;         // by the server
};

}  // namespace terapi::conformance

// NameLookup: the addresses of host names, several names at once. The system's look-up blocks, and
// a name whose servers do not answer takes it many seconds: so each has a thread of its own for
// that long, up to a number, and none of them is waited for at the end. Private to core/system.
//
// Thread rule: the loop's thread.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/system/event_loop_impl.h"

namespace terapi::core {

class NameLookup {
 public:
  using Endpoints = std::vector<asio::ip::tcp::endpoint>;  // none: the name is not known
  // What blocks; called on any thread.
  using Ask = std::function<Endpoints(const std::string& host, std::uint16_t port)>;
  using Done = std::function<void(const Endpoints&)>;

  // As the system does.
  static Endpoints ask_system(const std::string& host, std::uint16_t port);

  explicit NameLookup(asio::io_context& io, Ask ask = ask_system, std::size_t at_once = 16);
  // Whoever still waits is not called.
  ~NameLookup();
  NameLookup(const NameLookup&) = delete;
  NameLookup& operator=(const NameLookup&) = delete;

  // Calls back on the loop's thread, never inside this call.
  void look_up(const std::string& host, std::uint16_t port, Done done);

 private:
  struct Shared;
  struct Asker {
    std::uint16_t port;
    Done done;
  };
  void start(const std::string& host);
  void on_answer(const std::string& host, const Endpoints& endpoints);

  Ask ask_;
  std::size_t at_once_;
  std::size_t under_way_ = 0;
  // By name, which is asked for once; none of them is in the hands of another thread.
  std::map<std::string, std::vector<Asker>> askers_;
  std::deque<std::string> waiting_;  // names whose turn has not come
  std::shared_ptr<Shared> shared_;
};

}  // namespace terapi::core

// PostgresPool: a few connections to one database, each lent to one thread at a time. They are
// made when they are needed, and closed when they come back broken.
//
//   auto lent = pool.take();
//   (*lent)->run("SELECT 1");
//
// Errors: those of PostgresConnection::open. Thread rule: any thread. take() waits while all are
// lent, so a thread that holds one must not take another.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "client/postgres/postgres_connection.h"
#include "core/result.h"

namespace terapi::client {

class PostgresPool {
 public:
  // A connection for as long as this lives; then it goes back.
  class Loan {
   public:
    Loan(PostgresPool& pool, std::unique_ptr<PostgresConnection> connection)
        : pool_(&pool), connection_(std::move(connection)) {}
    Loan(Loan&&) noexcept = default;
    Loan& operator=(Loan&&) = delete;
    ~Loan() {
      if (connection_ != nullptr) pool_->give_back(std::move(connection_));
    }
    PostgresConnection& operator*() { return *connection_; }
    PostgresConnection* operator->() { return connection_.get(); }

   private:
    PostgresPool* pool_;
    std::unique_ptr<PostgresConnection> connection_;
  };

  PostgresPool(PostgresUrl url, std::size_t size) : url_(std::move(url)), size_(size) {}

  core::Result<Loan> take();
  // Closes what is not lent: when one connection was lost, the others probably are, too.
  void close_idle();
  const PostgresUrl& url() const { return url_; }
  // How many connections it has at most.
  std::size_t size() const { return size_; }

 private:
  void give_back(std::unique_ptr<PostgresConnection> connection);

  const PostgresUrl url_;
  const std::size_t size_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::size_t open_ = 0;  // lent, idle, or being opened
  std::vector<std::unique_ptr<PostgresConnection>> idle_;
};

}  // namespace terapi::client

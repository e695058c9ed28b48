#include "client/postgres/postgres_pool.h"

namespace terapi::client {

core::Result<PostgresPool::Loan> PostgresPool::take() {
  {
    std::unique_lock lock(mutex_);
    returned_.wait(lock, [this] { return !idle_.empty() || open_ < size_; });
    if (!idle_.empty()) {
      std::unique_ptr<PostgresConnection> connection = std::move(idle_.back());
      idle_.pop_back();
      return Loan(*this, std::move(connection));
    }
    ++open_;
  }
  // Without the lock: connecting may take seconds, and others may give back meanwhile.
  auto connection = PostgresConnection::open(url_);
  if (connection) return Loan(*this, std::move(*connection));
  give_back(nullptr);
  return connection.error();
}

void PostgresPool::give_back(std::unique_ptr<PostgresConnection> connection) {
  {
    const std::lock_guard lock(mutex_);
    if (connection != nullptr && connection->idle()) {
      idle_.push_back(std::move(connection));
    } else {
      --open_;
    }
  }
  returned_.notify_one();
}

void PostgresPool::close_idle() {
  std::vector<std::unique_ptr<PostgresConnection>> closed;
  {
    const std::lock_guard lock(mutex_);
    closed.swap(idle_);
    open_ -= closed.size();
  }
  returned_.notify_all();
}

}  // namespace terapi::client

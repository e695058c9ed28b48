// PostgresConnection: one connection to a PostgreSQL server, over libpq. PostgresRows is the
// result of a statement, PostgresTransaction rolls back unless it was committed.
//
//   auto connection = PostgresConnection::open(url);
//   auto rows = (*connection)->run("SELECT cursor FROM cursors WHERE model = $1", parameters);
//   rows->text(0, 0);
//
// Errors carry one of the codes below, so that the caller knows what to do; the message has the
// server's words and SQLSTATE, and never a password or a record's content.
//
// Thread rule: one thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/postgres/postgres_parameters.h"
#include "client/postgres/postgres_url.h"
#include "core/result.h"

// libpq's own; its header is for postgres_connection.cc only.
struct pg_conn;
struct pg_result;

namespace terapi::client {

// The connection is gone; a new one may work.
inline constexpr std::string_view kPostgresLost = "postgres_lost";
// Others were in the way (a serialization failure, a deadlock): the transaction may work now.
inline constexpr std::string_view kPostgresRetry = "postgres_retry";
// The server cannot take these values, now or later.
inline constexpr std::string_view kPostgresData = "postgres_data";
inline constexpr std::string_view kPostgresFailed = "postgres_failed";

class PostgresRows {
 public:
  explicit PostgresRows(pg_result* result) : result_(result) {}

  // Rows and columns count from 0.
  int size() const;
  bool is_null(int row, int column) const;
  // Lives as long as this; empty for NULL.
  std::string_view text(int row, int column) const;
  // 0 for NULL.
  std::int64_t integer(int row, int column) const;
  bool boolean(int row, int column) const { return text(row, column) == "t"; }
  // How many rows an INSERT, UPDATE or DELETE touched.
  std::uint64_t touched() const;

 private:
  struct Clear {
    void operator()(pg_result* result) const;
  };
  std::unique_ptr<pg_result, Clear> result_;
};

struct PostgresStatement {
  std::string sql;
  PostgresParameters parameters{};
};

class PostgresConnection {
 public:
  // Waits 10 seconds for the server at most, unless the URL says connect_timeout. Code
  // kPostgresLost, or kPostgresFailed when the database cannot hold every text.
  static core::Result<std::unique_ptr<PostgresConnection>> open(const PostgresUrl& url);

  core::Result<PostgresRows> run(const std::string& sql, const PostgresParameters& parameters = {});
  // Gives one row after the other without holding them all, until `each` says false; after that
  // the connection is not idle any more, and can only be closed.
  core::Result<void> run_each(const std::string& sql, const PostgresParameters& parameters,
                              const std::function<bool(const PostgresRows&)>& each);

  // Sends all of them before it waits for the first: one round trip. The rows of the last; those
  // after one that fails are not run.
  core::Result<PostgresRows> run_together(const std::vector<PostgresStatement>& statements);
  // COPY … FROM STDIN (FORMAT binary); how many rows were stored. `add_row` adds one row, until it
  // says false: the server stores the first while the others are still being made.
  core::Result<std::uint64_t> copy(const std::string& sql,
                                   const std::function<bool(PostgresCopy&)>& add_row);

  // Open, and neither within a transaction nor within a statement.
  bool idle() const;
  bool in_transaction() const;

 private:
  PostgresConnection(pg_conn* connection, PostgresUrl url)
      : connection_(connection), url_(std::move(url)) {}
  core::Error error_of(const pg_result* result) const;
  core::Result<void> check_encoding() const;
  bool send_rows(const std::function<bool(PostgresCopy&)>& add_row);
  core::Result<PostgresRows> last_rows(std::size_t statements);

  struct Finish {
    void operator()(pg_conn* connection) const;
  };
  std::unique_ptr<pg_conn, Finish> connection_;
  PostgresUrl url_;
};

class PostgresTransaction {
 public:
  static core::Result<PostgresTransaction> begin(PostgresConnection& connection);
  // The same, with statements that go out along with it; `rows` are those of the last.
  struct Begun;
  static core::Result<Begun> begin(PostgresConnection& connection,
                                   std::vector<PostgresStatement> statements);
  PostgresTransaction(PostgresTransaction&& other) noexcept : connection_(other.connection_) {
    other.connection_ = nullptr;
  }
  PostgresTransaction& operator=(PostgresTransaction&&) = delete;
  // Rolls back, unless it was committed.
  ~PostgresTransaction();

  // Code kPostgresFailed also when the connection was lost: whether it was committed is unknown.
  core::Result<void> commit();
  // The same, with a statement that goes out along with it, as the last one before it.
  core::Result<void> commit(PostgresStatement statement);

 private:
  explicit PostgresTransaction(PostgresConnection& connection) : connection_(&connection) {}
  static core::Result<void> outcome_of_commit(const core::Result<PostgresRows>& committed);
  PostgresConnection* connection_;
};

struct PostgresTransaction::Begun {
  PostgresTransaction transaction;
  PostgresRows rows;
};

}  // namespace terapi::client

#include "client/postgres/postgres_connection.h"

#include <libpq-fe.h>

#include <array>
#include <charconv>

namespace terapi::client {
namespace {

void ignore_postgres_notice(void* /*unused*/, const char* /*message*/) {}

// libpq takes them in order, and what `dbname` expands to overrides what came before it.
PGconn* connect_postgres(const std::string& url) {
  const std::array<const char*, 9> keywords = {"connect_timeout",
                                               "keepalives_idle",
                                               "keepalives_interval",
                                               "tcp_user_timeout",
                                               "fallback_application_name",
                                               "dbname",
                                               "client_encoding",
                                               nullptr,
                                               nullptr};
  const std::array<const char*, 9> values = {"10",        "30",   "10",    "30000", "terapi-sync",
                                             url.c_str(), "UTF8", nullptr, nullptr};
  return PQconnectdbParams(keywords.data(), values.data(), 1);
}

std::string first_line(std::string_view text) {
  return std::string(text.substr(0, text.find('\n')));
}

// By SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html
std::string_view postgres_code_of(std::string_view state) {
  const std::string_view group = state.substr(0, 2);
  // 25006: a server that was the primary until now, and is read-only since.
  if (group == "08" || state.starts_with("57P0") || state == "25006") return kPostgresLost;
  if (state == "40001" || state == "40P01") return kPostgresRetry;
  // Another worker creates the same table in this moment: which of them it is depends on how far.
  if (state == "42P07" || state == "42710") return kPostgresRetry;
  // Values out of range or not in UTF-8, constraints that users added, keys too long for an index.
  if (group == "22" || group == "23" || group == "54") return kPostgresData;
  return kPostgresFailed;
}

bool is_success(ExecStatusType status) {
  return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_SINGLE_TUPLE;
}

}  // namespace

void PostgresRows::Clear::operator()(pg_result* result) const { PQclear(result); }

int PostgresRows::size() const { return PQntuples(result_.get()); }

bool PostgresRows::is_null(int row, int column) const {
  return PQgetisnull(result_.get(), row, column) != 0;
}

std::string_view PostgresRows::text(int row, int column) const {
  return {PQgetvalue(result_.get(), row, column),
          static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
}

std::int64_t PostgresRows::integer(int row, int column) const {
  const std::string_view digits = text(row, column);
  std::int64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

std::uint64_t PostgresRows::touched() const {
  const std::string_view digits = PQcmdTuples(result_.get());
  std::uint64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

void PostgresConnection::Finish::operator()(pg_conn* connection) const { PQfinish(connection); }

core::Result<std::unique_ptr<PostgresConnection>> PostgresConnection::open(const PostgresUrl& url) {
  std::unique_ptr<PostgresConnection> opened(
      new PostgresConnection(connect_postgres(url.text()), url));
  PGconn* connection = opened->connection_.get();
  if (connection == nullptr || PQstatus(connection) != CONNECTION_OK) {
    const char* why = connection == nullptr ? "out of memory" : PQerrorMessage(connection);
    return core::Error{std::string(kPostgresLost),
                       "cannot connect: " + first_line(url.without_secrets(why))};
  }
  PQsetNoticeProcessor(connection, ignore_postgres_notice, nullptr);
  auto prepared = opened->prepare_session();
  if (!prepared) return prepared.error();
  return opened;
}

core::Result<void> PostgresConnection::prepare_session() {
  const char* encoding = PQparameterStatus(connection_.get(), "server_encoding");
  if (encoding != nullptr && std::string_view(encoding) != "UTF8") {
    return core::Error{std::string(kPostgresFailed),
                       "the database's encoding is " + std::string(encoding) +
                           "; expected UTF8, which can hold every record"};
  }
  // A worker whose machine has died within a transaction keeps others from its stream no longer.
  auto set = run("SET idle_in_transaction_session_timeout = '60s'");
  if (!set) return set.error();
  return {};
}

core::Error PostgresConnection::error_of(const PGresult* result) const {
  const char* state = result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_SQLSTATE);
  // The primary message only: details quote the values of a row.
  const char* words =
      result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  std::string message = url_.without_secrets(
      first_line(words != nullptr ? words : PQerrorMessage(connection_.get())));
  if (state != nullptr) message += " (SQLSTATE " + std::string(state) + ")";
  const bool lost = PQstatus(connection_.get()) == CONNECTION_BAD;
  const std::string_view code =
      lost ? kPostgresLost : postgres_code_of(state == nullptr ? "" : state);
  return {std::string(code), message};
}

core::Result<PostgresRows> PostgresConnection::run(const std::string& sql,
                                                   const PostgresParameters& parameters) {
  PGresult* result = PQexecParams(connection_.get(), sql.c_str(), parameters.size(),
                                  parameters.types(), parameters.values().data(),
                                  parameters.lengths().data(), parameters.formats().data(), 0);
  PostgresRows rows(result);
  if (!is_success(PQresultStatus(result))) return error_of(result);
  return rows;
}

core::Result<void> PostgresConnection::run_each(
    const std::string& sql, const PostgresParameters& parameters,
    const std::function<bool(const PostgresRows&)>& each) {
  PGconn* connection = connection_.get();
  if (PQsendQueryParams(connection, sql.c_str(), parameters.size(), parameters.types(),
                        parameters.values().data(), parameters.lengths().data(),
                        parameters.formats().data(), 0) == 0 ||
      PQsetSingleRowMode(connection) == 0) {
    return error_of(nullptr);
  }
  core::Result<void> outcome;
  while (PGresult* result = PQgetResult(connection)) {
    const PostgresRows rows(result);
    const ExecStatusType status = PQresultStatus(result);
    if (!is_success(status)) outcome = error_of(result);
    if (status == PGRES_SINGLE_TUPLE && !each(rows)) return {};
  }
  return outcome;
}

bool PostgresConnection::idle() const {
  return PQstatus(connection_.get()) == CONNECTION_OK &&
         PQtransactionStatus(connection_.get()) == PQTRANS_IDLE;
}

bool PostgresConnection::in_transaction() const {
  const PGTransactionStatusType status = PQtransactionStatus(connection_.get());
  return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}

core::Result<PostgresTransaction> PostgresTransaction::begin(PostgresConnection& connection) {
  auto begun = connection.run("BEGIN ISOLATION LEVEL READ COMMITTED");
  if (!begun) return begun.error();
  return PostgresTransaction(connection);
}

PostgresTransaction::~PostgresTransaction() {
  if (connection_ == nullptr || !connection_->in_transaction()) return;
  // When this fails the connection is not idle, and the pool closes it: that rolls back, too.
  static_cast<void>(connection_->run("ROLLBACK"));
}

core::Result<void> PostgresTransaction::commit() {
  auto committed = connection_->run("COMMIT");
  if (committed) return {};
  if (committed.error().code != kPostgresLost) return committed.error();
  return core::Error{std::string(kPostgresFailed),
                     committed.error().message + ", and whether it was committed is unknown"};
}

}  // namespace terapi::client

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

// Of the transaction and not of the session: behind a pooler the next session is somebody else's.
// A worker whose machine has died within a transaction keeps others from its stream no longer.
const std::vector<PostgresStatement> kBegin = {
    {"BEGIN ISOLATION LEVEL READ COMMITTED"},
    {"SET LOCAL idle_in_transaction_session_timeout = '60s'"}};

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
  auto right_encoding = opened->check_encoding();
  if (!right_encoding) return right_encoding.error();
  return opened;
}

core::Result<void> PostgresConnection::check_encoding() const {
  const char* encoding = PQparameterStatus(connection_.get(), "server_encoding");
  if (encoding != nullptr && std::string_view(encoding) != "UTF8") {
    return core::Error{std::string(kPostgresFailed),
                       "the database's encoding is " + std::string(encoding) +
                           "; expected UTF8, which can hold every record"};
  }
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

#ifdef LIBPQ_HAS_PIPELINING
core::Result<PostgresRows> PostgresConnection::run_together(
    const std::vector<PostgresStatement>& statements) {
  PGconn* connection = connection_.get();
  if (PQenterPipelineMode(connection) == 0) return error_of(nullptr);
  for (const PostgresStatement& statement : statements) {
    const PostgresParameters& parameters = statement.parameters;
    if (PQsendQueryParams(connection, statement.sql.c_str(), parameters.size(), parameters.types(),
                          parameters.values().data(), parameters.lengths().data(),
                          parameters.formats().data(), 0) == 0) {
      return error_of(nullptr);
    }
  }
  if (PQpipelineSync(connection) == 0) return error_of(nullptr);
  auto rows = last_rows(statements.size());
  // When it fails the connection is not idle, and the pool closes it.
  static_cast<void>(PQexitPipelineMode(connection));
  return rows;
}

// In pipeline mode: the results of so many statements, each with a null after it, and the end.
core::Result<PostgresRows> PostgresConnection::last_rows(std::size_t statements) {
  PGconn* connection = connection_.get();
  PostgresRows last(nullptr);
  core::Result<void> outcome;
  while (PQstatus(connection) == CONNECTION_OK) {
    PGresult* result = PQgetResult(connection);
    if (result == nullptr && statements-- > 0) continue;
    PostgresRows rows(result);
    const ExecStatusType status = PQresultStatus(result);
    if (result == nullptr || status == PGRES_PIPELINE_SYNC) break;
    if (!is_success(status) && outcome) outcome = error_of(result);
    last = std::move(rows);
  }
  if (!outcome) return outcome.error();
  if (PQstatus(connection) != CONNECTION_OK) return error_of(nullptr);
  return last;
}
#else
core::Result<PostgresRows> PostgresConnection::run_together(
    const std::vector<PostgresStatement>& statements) {
  PostgresRows last(nullptr);
  for (const PostgresStatement& statement : statements) {
    auto rows = run(statement.sql, statement.parameters);
    if (!rows) return rows.error();
    last = *std::move(rows);
  }
  return last;
}
#endif

core::Result<std::uint64_t> PostgresConnection::copy(
    const std::string& sql, const std::function<bool(PostgresCopy&)>& add_row) {
  PGconn* connection = connection_.get();
  PGresult* begun = PQexec(connection, sql.c_str());
  const PostgresRows cleared(begun);
  if (PQresultStatus(begun) != PGRES_COPY_IN) return error_of(begun);
  const bool sent = send_rows(add_row);
  const char* give_up = sent ? nullptr : "not all rows could be sent";
  const bool ended = PQputCopyEnd(connection, give_up) == 1;
  core::Result<std::uint64_t> stored = 0;
  while (PGresult* result = PQgetResult(connection)) {
    const PostgresRows rows(result);
    if (!is_success(PQresultStatus(result))) {
      stored = error_of(result);
    } else if (stored) {
      stored = rows.touched();
    }
  }
  if (stored && !(sent && ended)) return error_of(nullptr);
  return stored;
}

// False when the connection takes no more; an error of the server shows in the result.
bool PostgresConnection::send_rows(const std::function<bool(PostgresCopy&)>& add_row) {
  constexpr std::size_t kPiece = std::size_t{32} << 10;
  PostgresCopy rows;
  for (bool more = true; more;) {
    more = add_row(rows);
    if (!more) rows.end();
    if (more && rows.bytes().size() < kPiece) continue;
    const std::string_view piece = rows.bytes();
    if (PQputCopyData(connection_.get(), piece.data(), static_cast<int>(piece.size())) != 1) {
      return false;
    }
    rows.clear();
  }
  return true;
}

bool PostgresConnection::idle() const {
#ifdef LIBPQ_HAS_PIPELINING
  if (PQpipelineStatus(connection_.get()) != PQ_PIPELINE_OFF) return false;
#endif
  return PQstatus(connection_.get()) == CONNECTION_OK &&
         PQtransactionStatus(connection_.get()) == PQTRANS_IDLE;
}

bool PostgresConnection::in_transaction() const {
  const PGTransactionStatusType status = PQtransactionStatus(connection_.get());
  return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}

core::Result<PostgresTransaction> PostgresTransaction::begin(PostgresConnection& connection) {
  auto begun = begin(connection, {});
  if (!begun) return begun.error();
  return std::move(begun->transaction);
}

core::Result<PostgresTransaction::Begun> PostgresTransaction::begin(
    PostgresConnection& connection, std::vector<PostgresStatement> statements) {
  statements.insert(statements.begin(), kBegin.begin(), kBegin.end());
  // From here on, since it may have begun when a later statement fails.
  PostgresTransaction transaction(connection);
  auto rows = connection.run_together(statements);
  if (!rows) return rows.error();
  return Begun{std::move(transaction), *std::move(rows)};
}

PostgresTransaction::~PostgresTransaction() {
  if (connection_ == nullptr || !connection_->in_transaction()) return;
  // When this fails the connection is not idle, and the pool closes it: that rolls back, too.
  static_cast<void>(connection_->run("ROLLBACK"));
}

core::Result<void> PostgresTransaction::commit() {
  return outcome_of_commit(connection_->run("COMMIT"));
}

core::Result<void> PostgresTransaction::commit(PostgresStatement statement) {
  return outcome_of_commit(connection_->run_together({std::move(statement), {"COMMIT"}}));
}

core::Result<void> PostgresTransaction::outcome_of_commit(
    const core::Result<PostgresRows>& committed) {
  if (committed) return {};
  if (committed.error().code != kPostgresLost) return committed.error();
  return core::Error{std::string(kPostgresFailed),
                     committed.error().message + ", and whether it was committed is unknown"};
}

}  // namespace terapi::client

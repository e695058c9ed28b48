#include "client/postgres/postgres_url.h"

#include <libpq-fe.h>

#include <map>
#include <memory>

namespace terapi::client {
namespace {

struct FreePostgresOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};
using ConninfoOptions = std::unique_ptr<PQconninfoOption, FreePostgresOptions>;

core::Error bad_postgres_url(const std::string& why) {
  return {"bad_store_url", "the address of the PostgreSQL database: " + why +
                               "; expected postgresql://USER:PASSWORD@HOST:PORT/DATABASE, with "
                               "@ / ? # % : in a password written as %40 %2F %3F %23 %25 %3A"};
}

// The options that the text sets itself; what environment variables add is libpq's affair.
std::map<std::string, std::string> set_options(const PQconninfoOption* options) {
  std::map<std::string, std::string> set;
  for (; options->keyword != nullptr; ++options) {
    if (options->val != nullptr) set.emplace(options->keyword, options->val);
  }
  return set;
}

// A password with a bare @ or / in it is torn apart: its end becomes part of the host, the port or
// the database.
bool looks_torn(std::map<std::string, std::string>& set) {
  return set["host"].find('@') != std::string::npos ||
         set["dbname"].find('@') != std::string::npos ||
         set["port"].find_first_not_of("0123456789,") != std::string::npos;
}

std::string describe(std::map<std::string, std::string>& set) {
  std::string text = "database";
  if (!set["dbname"].empty()) text += " \"" + set["dbname"] + "\"";
  const std::string& host = set["host"].empty() ? set["hostaddr"] : set["host"];
  if (!host.empty()) text += " at " + host;
  if (!host.empty() && !set["port"].empty()) text += ":" + set["port"];
  return text;
}

}  // namespace

core::Result<PostgresUrl> PostgresUrl::parse(const std::string& text) {
  if (text.empty()) return bad_postgres_url("it is empty");
  char* complaint = nullptr;  // may quote the password: freed unread
  const ConninfoOptions options(PQconninfoParse(text.c_str(), &complaint));
  PQfreemem(complaint);
  if (options == nullptr) return bad_postgres_url("it cannot be read");
  std::map<std::string, std::string> set = set_options(options.get());
  if (looks_torn(set)) {
    return bad_postgres_url("an unescaped character is taken for a separator");
  }
  PostgresUrl url;
  url.text_ = text;
  url.target_ = describe(set);
  for (const char* keyword : {"password", "sslpassword"}) {
    if (!set[keyword].empty()) url.secrets_.push_back(set[keyword]);
  }
  return url;
}

std::string PostgresUrl::without_secrets(std::string_view message) const {
  std::string text(message);
  for (const std::string& secret : secrets_) {
    std::size_t at = 0;
    while ((at = text.find(secret, at)) != std::string::npos) {
      text.replace(at, secret.size(), "***");
      at += 3;
    }
  }
  return text;
}

}  // namespace terapi::client

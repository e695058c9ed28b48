// PostgresUrl: where a PostgreSQL database is, in either of libpq's forms, and how to speak about
// it without its password.
//
//   auto url = PostgresUrl::parse("postgresql://app:secret@db.example:5432/app");
//   url->target();  // "database \"app\" at db.example:5432"
//   url->without_secrets(message);
//
// Errors: "bad_store_url". libpq's own messages about an address quote parts of it, and with a
// password in which @ or / was not escaped such a part is the password. So none of them is passed
// on. Values, no thread rule.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace terapi::client {

class PostgresUrl {
 public:
  static core::Result<PostgresUrl> parse(const std::string& text);

  // For libpq only.
  const std::string& text() const { return text_; }
  // For messages.
  const std::string& target() const { return target_; }
  // The message with "***" in place of the password, if it contains it.
  std::string without_secrets(std::string_view message) const;

 private:
  std::string text_;
  std::string target_;
  std::vector<std::string> secrets_;
};

}  // namespace terapi::client

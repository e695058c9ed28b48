// OtherWords: what a server answers, said in another way that the contract leaves open. Which one
// is drawn from the Random that is handed in; the meaning stays. Pure functions.
//
//   page_in_other_words(body, "_terapi_metadata", {.percent = 40}, random);
//
// What cannot be read comes back as it was.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/http_message.h"
#include "core/json.h"
#include "core/random.h"

namespace terapi::conformance {

struct PageChoices {
  std::uint64_t percent = 100;  // of the records, one at least; the rest follows (REC-11)
  bool says_more = false;       // members that the contract does not name
};
// An answer of GET /records. Of a record only its metadata moves: payloads are passed on character
// by character, their keys in their order (REC-10).
std::string page_in_other_words(const std::string& body, std::string_view metadata_key,
                                const PageChoices& choices, core::Random& random);

// An error (ERR-1): its members and the mistakes that it lists in another order, and told in other
// sentences. Codes and paths stay.
std::string error_in_other_words(const std::string& body, bool says_more, core::Random& random);

// Any other object: its members in another order, at every depth; lists stay as they are.
std::string object_in_other_words(const std::string& body, core::Random& random);

// Fields in another order and their names in another case (RFC 9110, 5.1); lines of one name stay
// in their order.
core::Headers headers_in_other_words(const core::Headers& headers, core::Random& random);

}  // namespace terapi::conformance

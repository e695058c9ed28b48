// URLs as they may be shown: without what opens doors. Who may call a receiver is often said by a
// query ("?token=…") or by "user:password@", so neither is ever printed. Pure functions over text.
#pragma once

#include <string>
#include <string_view>

namespace terapi::core {

// What stands in place of what is not shown.
inline constexpr std::string_view kHidden = "[hidden]";

// A URL, or what was meant as one: without user name and password, without the values of its query,
// without its fragment. "http://u:p@h/x?token=1" becomes "http://[hidden]@h/x?token=[hidden]".
std::string shown_url(std::string_view url);

// The query of a request, "model=Issue&token=1": without any of its values.
std::string shown_query(std::string_view query);

// A text with URLs in it: each of them as shown_url has it; and, wherever a query may stand
// ("/x?token=1"), without the values of those parameters whose names say that they are secret.
std::string without_url_secrets(std::string_view text);

}  // namespace terapi::core

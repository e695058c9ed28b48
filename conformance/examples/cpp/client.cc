// A Terapi sync client in one file: C++20, cpp-httplib, nlohmann/json, SQLite 3 and OpenSSL.
// Its settings: ../README.md
//
//   libraries=$(pkg-config --cflags --libs cpp-httplib sqlite3 libcrypto)
//   c++ -std=c++20 -O2 -pthread client.cc $libraries -o client
//   ./client         mirrors the streams of TERAPI_STREAMS into TERAPI_STATE_DIR, for ever
//   ./client dump    prints what it holds, one line of JSON a record
//
// One thread for each stream reads a page, stores it in one transaction, and goes on to the next;
// webhooks only wake that thread. A line that safety or liveness hangs on names its clause of
// docs/contract.md.
#include <httplib.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sqlite3.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <deque>
#include <filesystem>
#include <functional>
#include <iostream>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Json = nlohmann::ordered_json;  // a payload's keys keep their order
using Seconds = std::chrono::duration<double>;

// ---- Settings ----

std::string setting(const char* name, const std::string& otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr || *value == '\0' ? otherwise : value;
}

const std::string kBaseUrl = setting("TERAPI_BASE_URL", "http://127.0.0.1:3003");
const std::string kDialect = setting("TERAPI_DIALECT", "terapi");
const std::string kKey = setting("TERAPI_SECRET_KEY", "");
const std::string kSigningKey = setting("TERAPI_SIGNING_KEY", kKey);
const std::string kStateDir = setting("TERAPI_STATE_DIR", ".");
const std::string kLimit = setting("TERAPI_LIMIT", "1000");
const std::string kWebhookPort = setting("TERAPI_WEBHOOK_PORT", "");
const Seconds kPoll{std::stod(setting("TERAPI_POLL_MS", "30000")) / 1000};

constexpr std::size_t kMaxPageBytes = 128 << 20;
constexpr std::size_t kMaxWebhookBytes = 1 << 20;
constexpr int kMaxDepth = 1000;  // of a page's JSON; its copies are made by recursion

// ---- What can go wrong ----

// Only a person can help.
struct Stop : std::runtime_error {
  using runtime_error::runtime_error;
};

// It passes by itself, but not before this time is over.
struct Retry : std::runtime_error {
  explicit Retry(const std::string& why, Seconds at_least = 0s)
      : runtime_error(why), after(at_least) {}
  Seconds after;
};

struct BadCursor : Retry {
  using Retry::Retry;
};

void say(std::string text) {
  // AUTH-5: a server may repeat the key, and this may end up in a log.
  for (std::size_t at = 0; !kKey.empty() && (at = text.find(kKey, at)) != std::string::npos;) {
    text.replace(at, kKey.size(), "(key)");
  }
  std::cerr << text + "\n" << std::flush;
}

// ---- Texts ----

std::string percent_encoded(std::string_view text) {
  static constexpr std::string_view kUnreserved =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string encoded;
  for (const char c : text) {
    if (kUnreserved.find(c) != std::string_view::npos) {
      encoded += c;
    } else {
      char escape[4];
      std::snprintf(escape, sizeof escape, "%%%02X", static_cast<unsigned char>(c));
      encoded += escape;
    }
  }
  return encoded;
}

std::string percent_decoded(const std::string& text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      decoded += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

// "2024-01-01T00:00:00.123456+02:00" in microseconds since 1970.
std::int64_t micros(const std::string& stamp) {
  std::tm day{};
  const char* rest = ::strptime(stamp.c_str(), "%Y-%m-%dT%H:%M:%S", &day);
  if (rest == nullptr) throw std::invalid_argument("'" + stamp + "' is no time");
  std::int64_t time = std::int64_t{::timegm(&day)} * 1'000'000;
  if (*rest == '.') {
    ++rest;
    // CLIENT-8: to the microsecond, since two versions may lie within a millisecond.
    for (std::int64_t unit = 100'000; *rest >= '0' && *rest <= '9'; unit /= 10) {
      time += (*rest++ - '0') * unit;
    }
  }
  int hours = 0;
  int minutes = 0;
  if (std::sscanf(rest, "%3d:%2d", &hours, &minutes) == 2) {
    time -= (hours * 60 + (*rest == '-' ? -minutes : minutes)) * std::int64_t{60'000'000};
  } else if (std::string_view(rest) != "Z") {
    throw std::invalid_argument("'" + stamp + "' has no time zone");
  }
  return time;
}

// ---- Numbers ----
//
// 2^64, 0.10 and 1e400 are no C++ numbers, and REC-10 wants them back as they came. So before a
// page is parsed, each number becomes a string that begins with a mark; when it is written, a
// number.

// Nobody's text has it: it is drawn by chance.
const std::string kMark = [] {
  std::random_device random;
  std::string mark = "number-";
  for (int i = 0; i < 4; ++i) mark += std::to_string(random()) + "-";
  return mark;
}();

Json parse_page(const std::string& text) {
  std::string marked;
  marked.reserve(text.size() + text.size() / 4);
  bool in_string = false;
  int depth = 0;
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (in_string && c == '\\') {
      marked.append(text, i, 2);
      i += 2;
    } else if (!in_string && (c == '-' || (c >= '0' && c <= '9'))) {
      const std::size_t end = std::min(text.find_first_not_of("+-.0123456789Ee", i), text.size());
      marked += '"' + kMark + text.substr(i, end - i) + '"';  // REC-10: its digits are kept
      i = end;
    } else {
      if (c == '"') in_string = !in_string;
      if (!in_string && (c == '{' || c == '[') && ++depth > kMaxDepth) {
        throw Stop("a record is nested more than " + std::to_string(kMaxDepth) + " levels deep");
      }
      if (!in_string && (c == '}' || c == ']')) --depth;
      marked += c;
      ++i;
    }
  }
  return Json::parse(marked);
}

std::string text_of(const Json& value) {
  const std::string marked = value.dump();
  const std::string begin = '"' + kMark;
  std::string text;
  std::size_t done = 0;
  for (std::size_t at = 0; (at = marked.find(begin, done)) != std::string::npos;) {
    const std::size_t digits = at + begin.size();
    const std::size_t end = marked.find('"', digits);
    text.append(marked, done, at - done).append(marked, digits, end - digits);
    done = end + 1;
  }
  return text.append(marked, done);
}

bool is_text(const Json& value) {
  return value.is_string() && !value.get_ref<const std::string&>().starts_with(kMark);
}

// ---- A page ----

struct Record {
  std::string id;
  bool deleted = false;
  bool pruned = false;
  std::int64_t modified = 0;
  std::string last_modified_at;
  std::string cursor;
  std::string payload;  // JSON, without the metadata
};

struct Page {
  std::vector<Record> records;        // those before the first that cannot be stored
  std::optional<std::string> poison;  // what is wrong with that one
  std::optional<std::string> next_cursor;
};

Record read_record(Json record) {
  const std::string name = "_" + kDialect + "_metadata";
  const Json metadata = record.at(name);
  record.erase(name);
  if (!is_text(record.at("id"))) throw std::invalid_argument("its id is no text");
  if (!is_text(metadata.at("cursor"))) throw std::invalid_argument("its cursor is no text");
  Record read;
  read.id = record.at("id");
  read.deleted = metadata.at("last_action") == "DELETED";  // CLIENT-8: a tombstone
  read.pruned = metadata.contains("pruned_at") && !metadata.at("pruned_at").is_null();
  read.last_modified_at = metadata.at("last_modified_at");
  read.modified = micros(read.last_modified_at);
  read.cursor = metadata.at("cursor");
  read.payload = text_of(record);
  return read;
}

Page read_page(const std::string& text) {
  const Json answer = parse_page(text);
  Page page;
  for (const Json& record : answer.at("records")) {
    try {
      page.records.push_back(read_record(record));
    } catch (const std::exception& why) {
      // CLIENT-11: it is told, and not passed over.
      page.poison = std::string(why.what()) + " in record " + text_of(record).substr(0, 300);
      return page;
    }
  }
  const Json& next = answer.at("next_cursor");
  if (!next.is_null()) page.next_cursor = next.get<std::string>();
  return page;
}

// ---- The store ----

constexpr char kCursorTable[] =
    "CREATE TABLE IF NOT EXISTS cursors (stream TEXT PRIMARY KEY, cursor TEXT)";
constexpr char kRecordTable[] = R"(
    CREATE TABLE IF NOT EXISTS records (
      seq INTEGER PRIMARY KEY, stream TEXT, id TEXT, deleted INTEGER, payload TEXT,
      modified INTEGER, last_modified_at TEXT, cursor TEXT, UNIQUE (stream, id)))";
constexpr char kUpsert[] = R"(
    INSERT OR REPLACE INTO records
      (stream, id, deleted, payload, modified, last_modified_at, cursor)
    VALUES (?, ?, ?, ?, ?, ?, ?))";
constexpr char kDump[] = R"(
    SELECT stream, id, deleted, last_modified_at, cursor, payload FROM records
    ORDER BY stream, modified, seq)";

// A connection to the database; what goes wrong is thrown.
class Database {
 public:
  using Row = std::vector<std::string>;  // NULL is ""

  Database() {
    std::filesystem::create_directories(kStateDir);
    sqlite3* opened = nullptr;
    const int result = sqlite3_open((kStateDir + "/sync.db").c_str(), &opened);
    db_.reset(opened);
    check(result);
    sqlite3_busy_timeout(db_.get(), 20'000);
    run("PRAGMA journal_mode = WAL");
    run(kCursorTable);
    run(kRecordTable);
  }

  // Runs one statement with these values, and calls `each` for every row that it gives.
  void run(const char* sql, const std::vector<std::string>& values = {},
           const std::function<void(const Row&)>& each = nullptr) {
    sqlite3_stmt* prepared = nullptr;
    check(sqlite3_prepare_v2(db_.get(), sql, -1, &prepared, nullptr));
    const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> statement(prepared,
                                                                          sqlite3_finalize);
    for (std::size_t i = 0; i < values.size(); ++i) {
      check(sqlite3_bind_text(prepared, static_cast<int>(i) + 1, values[i].data(),
                              static_cast<int>(values[i].size()), SQLITE_STATIC));
    }
    int result = 0;
    while ((result = sqlite3_step(prepared)) == SQLITE_ROW) {
      Row row(static_cast<std::size_t>(sqlite3_column_count(prepared)));
      for (std::size_t i = 0; i < row.size(); ++i) {
        const int column = static_cast<int>(i);
        const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(prepared, column));
        const int size = sqlite3_column_bytes(prepared, column);
        if (text != nullptr) row[i].assign(text, static_cast<std::size_t>(size));
      }
      if (each) each(row);
    }
    if (result != SQLITE_DONE) check(result);
  }

  // The first row; none is empty.
  Row first(const char* sql, const std::vector<std::string>& values) {
    Row found;
    run(sql, values, [&](const Row& row) { found = row; });
    return found;
  }

  // Does all of it, or nothing when something is thrown.
  void in_one_transaction(const std::function<void()>& action) {
    run("BEGIN IMMEDIATE");
    try {
      action();
      run("COMMIT");
    } catch (...) {
      if (sqlite3_get_autocommit(db_.get()) == 0) run("ROLLBACK");
      throw;
    }
  }

 private:
  void check(int result) const {
    if (result == SQLITE_OK) return;
    throw std::runtime_error(std::string("SQLite: ") + sqlite3_errmsg(db_.get()));
  }

  std::unique_ptr<sqlite3, int (*)(sqlite3*)> db_{nullptr, sqlite3_close};
};

std::optional<std::string> load_cursor(Database& db, const std::string& stream) {
  const auto row = db.first("SELECT cursor FROM cursors WHERE stream = ?", {stream});
  return row.empty() ? std::nullopt : std::optional(row[0]);
}

void store_record(Database& db, const std::string& stream, Record record) {
  const auto held = db.first("SELECT modified, payload FROM records WHERE stream = ? AND id = ?",
                             {stream, record.id});
  // CLIENT-8: the older version never wins.
  if (!held.empty() && std::stoll(held[0]) > record.modified) return;
  // CLIENT-8: a pruned record keeps the payload that is held.
  if (!held.empty() && record.pruned) record.payload = held[1];
  // CLIENT-8: ADDED, UPDATED and DELETED alike, whether its id is known or not.
  db.run(kUpsert, {stream, record.id, record.deleted ? "1" : "0", record.payload,
                   std::to_string(record.modified), record.last_modified_at, record.cursor});
}

void store(Database& db, const std::string& stream, const std::optional<std::string>& old_cursor,
           const std::vector<Record>& records) {
  // CLIENT-2: the records and the cursor, in one transaction.
  db.in_one_transaction([&] {
    // CLIENT-12: whoever comes second has read the same page, or an older one.
    if (load_cursor(db, stream) != old_cursor) throw Retry("another worker was faster");
    // CLIENT-1: the cursor of the last record that is stored with it.
    db.run("INSERT OR REPLACE INTO cursors VALUES (?, ?)", {stream, records.back().cursor});
    for (const Record& record : records) store_record(db, stream, record);
  });
}

void dump() {
  Database db;
  db.run(kDump, {}, [](const Database::Row& row) {
    const std::vector<std::string> keys = split(row[0], '/');
    const Json line = {{"integration", percent_decoded(keys.at(0))},
                       {"connection", percent_decoded(keys.at(1))},
                       {"model", percent_decoded(keys.at(2))},
                       {"variant", "base"},
                       {"id", row[1]},
                       {"deleted", row[2] == "1"},
                       {"last_modified_at", row[3]},
                       {"cursor", row[4]}};
    const std::string text = line.dump();
    std::cout << text.substr(0, text.size() - 1) << ",\"payload\":" << row[5] << "}\n";
  });
}

// ---- A fetch ----

// What a Retry-After asks for; nothing if it is garbage, or none.
Seconds retry_after(const httplib::Response& answer) {
  const std::string value = answer.get_header_value("Retry-After");
  const bool digits = value.find_first_not_of("0123456789") == std::string::npos;
  // CLIENT-9: seconds, or a date.
  if (digits && !value.empty() && value.size() < 10) return Seconds(std::stol(value));
  std::tm until{};
  std::tm now{};
  const char* format = "%a, %d %b %Y %H:%M:%S GMT";
  if (::strptime(value.c_str(), format, &until) == nullptr) return 0s;
  if (::strptime(answer.get_header_value("Date").c_str(), format, &now) == nullptr) return 0s;
  return Seconds(std::difftime(::timegm(&until), ::timegm(&now)));
}

[[noreturn]] void refuse(const httplib::Response& answer, const std::string& body,
                         bool with_cursor) {
  const int status = answer.status;
  const std::string text = body.substr(0, 300);
  const std::string why = "the server answered " + std::to_string(status) + ": " + text;
  // CLIENT-9: this heals itself.
  if (status == 400 && with_cursor && text.find("\"invalid_cursor\"") != std::string::npos) {
    throw BadCursor(why);
  }
  const bool passes =
      status < 400 || status >= 500 || status == 408 || status == 425 || status == 429;
  // CLIENT-9: asking again is no use.
  if (!passes) throw Stop(why);
  // CLIENT-9: and not sooner.
  throw Retry(why, retry_after(answer));
}

Page fetch(const std::vector<std::string>& keys, const std::optional<std::string>& asked) {
  // "http://host:port" is the library's, a path behind it ours.
  const std::size_t slash = kBaseUrl.find('/', kBaseUrl.find("://") + 3);
  std::string path = slash == std::string::npos ? "" : kBaseUrl.substr(slash);
  while (path.ends_with('/')) path.pop_back();
  path += "/records?limit=" + kLimit + "&model=" + percent_encoded(keys[2]);
  if (asked) path += "&cursor=" + percent_encoded(*asked);  // CUR-6: it may hold + / = & %

  httplib::Client http(kBaseUrl.substr(0, slash));
  http.set_tcp_nodelay(true);
  http.set_follow_location(false);  // AUTH-5: the key goes to nobody else
  http.set_read_timeout(10s);       // CLIENT-9: of silence
  const httplib::Headers headers = {{"Authorization", "Bearer " + kKey},
                                    {"Provider-Config-Key", keys[0]},
                                    {"Connection-Id", keys[1]}};
  std::string body;
  const auto deadline = steady_clock::now() + 30s;  // CLIENT-9: for all of it
  const auto answer = http.Get(path, headers, [&](const char* data, std::size_t size) {
    body.append(data, size);
    return body.size() <= kMaxPageBytes && steady_clock::now() < deadline;
  });
  // CLIENT-9: refused, reset, silent, cut short, too large or too slow.
  if (!answer) throw Retry("no whole answer: " + httplib::to_string(answer.error()));
  if (answer->status == 200) return read_page(body);
  refuse(*answer, body, asked.has_value());
}

// ---- A stream: its thread walks from the stored cursor to the end, rests, and walks again ----

class Stream {
 public:
  explicit Stream(const std::string& name) : name_(name) {
    for (const std::string& part : split(name, '/')) keys_.push_back(percent_decoded(part));
    if (keys_.size() != 3) throw Stop("'" + name + "' is no INTEGRATION/CONNECTION/MODEL");
  }

  const std::vector<std::string>& keys() const { return keys_; }

  // CLIENT-4: one thread, so one fetch at a time.
  void run() {
    while (true) {
      try {
        catch_up();
        failures_ = 0;
        rest();
      } catch (const Stop& why) {
        // CLIENT-9, CLIENT-11: aloud; the others go on.
        return say(name_ + ": STOPPED: " + why.what());
      } catch (const std::exception& why) {
        // CLIENT-9: a reset, a body cut short, a disk that is full.
        say(name_ + ": trying again: " + why.what());
        // CLIENT-9: it reads everything again, and what is held stays.
        if (dynamic_cast<const BadCursor*>(&why) != nullptr) full_read_ = true;
        const auto* retry = dynamic_cast<const Retry*>(&why);
        back_off(retry != nullptr ? retry->after : 0s);
      }
    }
  }

  // There may be something new.
  void hint() {
    const std::lock_guard lock(mutex_);
    hinted_ = true;
    wake_.notify_one();
  }

 private:
  void back_off(Seconds at_least) {
    failures_ = std::min(failures_ + 1, 9);
    std::uniform_real_distribution<double> jitter(0.5, 1);
    // CLIENT-9: longer and longer, and not all clients at once.
    const Seconds delay(std::min(5.0, 0.1 * std::pow(2, failures_)) * jitter(random_));
    // No webhook cuts it short.
    std::this_thread::sleep_for(std::min<Seconds>(24h, std::max(at_least, delay)));
  }

  void rest() {
    Seconds look = kPoll;
    if (!looks_.empty()) {
      look = std::min(look, looks_.front());
      looks_.pop_front();
    }
    std::unique_lock lock(mutex_);
    // CLIENT-3: it looks again, webhook or not.
    if (!wake_.wait_for(lock, look, [this] { return hinted_; })) return;
    lock.unlock();
    std::this_thread::sleep_for(100ms);  // a burst gathers
    lock.lock();
    hinted_ = false;         // CLIENT-4: all that comes from here on leads to one more walk
    looks_ = {1s, 3s, 10s};  // a webhook may come before its data
  }

  void catch_up() {
    Database db;
    std::optional<std::string> stored = load_cursor(db, name_);
    // CLIENT-1: from the last record stored.
    std::optional<std::string> asked = full_read_ ? std::nullopt : stored;
    std::set<std::string> followed;  // in this walk
    while (true) {
      const Page page = fetch(keys_, asked);  // CLIENT-10: a page at a time
      if (!page.records.empty()) {
        store(db, name_, stored, page.records);
        stored = page.records.back().cursor;
        full_read_ = false;
        looks_.clear();
      }
      // CLIENT-11: what stands before it is stored, and nothing after it.
      if (page.poison) throw Stop(*page.poison);
      // CLIENT-7: neither a short page nor an empty one is the end.
      if (!page.next_cursor) return;
      // CLIENT-9: no faster than other trouble.
      if (!followed.insert(*page.next_cursor).second) throw Retry("the pages go round in a circle");
      asked = page.next_cursor;
    }
  }

  const std::string name_;
  std::vector<std::string> keys_;  // integration, connection, model
  int failures_ = 0;
  bool full_read_ = false;
  std::deque<Seconds> looks_;  // when to look again, after a webhook
  std::mt19937 random_{std::random_device{}()};

  std::mutex mutex_;
  std::condition_variable wake_;
  bool hinted_ = false;
};

// ---- Webhooks ----

bool verified(const std::string& body, const std::string& header) {
  // CLIENT-5: of the raw bytes.
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha256(), kSigningKey.data(), static_cast<int>(kSigningKey.size()),
       reinterpret_cast<const unsigned char*>(body.data()), body.size(), digest, &size);
  std::string expected;
  for (unsigned i = 0; i < size; ++i) {
    expected += "0123456789abcdef"[digest[i] >> 4];
    expected += "0123456789abcdef"[digest[i] & 15];
  }
  // HOOK-9: a list while keys are rotated.
  for (std::string given : split(header, ',')) {
    given.erase(0, given.find_first_not_of(' '));
    given.erase(given.find_last_not_of(' ') + 1);
    const bool equal = given.size() == expected.size() &&
                       CRYPTO_memcmp(given.data(), expected.data(), given.size()) == 0;
    if (equal) return true;  // compared in constant time
  }
  return false;
}

// CLIENT-4: it says where to look, and nothing else of it is believed.
void hint(const std::string& body, const std::vector<std::unique_ptr<Stream>>& streams) {
  // Not Json: where its keys keep their order, deep values are copied level by level.
  const auto event = nlohmann::json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (!event.is_object()) return;
  const auto text = [&event](const char* key) {
    const auto found = event.find(key);
    return found != event.end() && found->is_string() ? found->get<std::string>() : "";
  };
  const std::vector<std::string> told = {text("providerConfigKey"), text("connectionId"),
                                         text("model")};
  for (const auto& stream : streams) {
    if (told == stream->keys()) stream->hint();
  }
}

void receive_webhooks(const std::vector<std::unique_ptr<Stream>>& streams) {
  httplib::Server server;
  // A connection holds a thread for as long as it is open. So each is for one webhook, and there
  // are threads enough for slow ones.
  server.set_keep_alive_max_count(1);
  server.new_task_queue = [] { return new httplib::ThreadPool(64); };
  server.set_read_timeout(10s);  // of silence
  server.Post("/webhooks", [&](const httplib::Request& request, httplib::Response& response,
                               const httplib::ContentReader& read) {
    std::string body;
    // Bounded here: the library's own bound does not hold for chunked bodies.
    const bool whole = read([&](const char* data, std::size_t size) {
      body.append(data, size);
      return body.size() <= kMaxWebhookBytes;
    });
    std::string header;  // a list, perhaps on several lines
    const auto lines = request.headers.equal_range("X-" + kDialect + "-Hmac-Sha256");
    for (auto line = lines.first; line != lines.second; ++line) header += line->second + ",";
    response.status = 401;
    if (!whole || !verified(body, header)) return;  // CLIENT-5: and nothing happens
    response.status = 200;  // CLIENT-6: this thread answers, and the stream's own fetches
    hint(body, streams);
  });
  int socket = -1;
  server.set_socket_options([&](int made) {
    // The library would let two programs share the port, each with half of the webhooks.
    const int yes = 1;
    ::setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    socket = made;
  });
  if (!server.bind_to_port("127.0.0.1", std::stoi(kWebhookPort))) {
    return say("no webhooks: port " + kWebhookPort + " is taken");  // it polls, all the same
  }
  ::listen(socket, 512);  // a burst waits in line: the library's own line has five places
  server.listen_after_bind();
}

}  // namespace

int main(int count, char** arguments) {
  try {
    if (count > 1 && std::string_view(arguments[1]) == "dump") {
      dump();
      return 0;
    }
    std::vector<std::unique_ptr<Stream>> streams;
    std::istringstream names(setting("TERAPI_STREAMS", ""));
    for (std::string name; names >> name;) streams.push_back(std::make_unique<Stream>(name));
    std::vector<std::thread> threads;
    threads.reserve(streams.size());
    for (const auto& stream : streams) threads.emplace_back([&one = *stream] { one.run(); });
    if (!kWebhookPort.empty()) receive_webhooks(streams);
    for (std::thread& thread : threads) thread.join();
    return 0;
  } catch (const std::exception& why) {
    say(why.what());
    return 1;
  }
}

// DrawnWorld: the records of a drawn schedule while it is being drawn: what a world file says of
// them, and runs that change them in ways that make sense (an update of a record that is there, a
// deletion, one that comes back).
//
// Everything comes from the Random it was made with. A value; one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/random.h"

namespace terapi::conformance {

struct DrawnRecord {
  std::string id;
  std::uint64_t version = 1;
  bool deleted = false;
  std::string payload{};  // as it was saved last; empty: it was updated since
};

struct DrawnStream {
  std::string connection;
  std::string model;
  std::string variant;                 // empty: base
  std::vector<DrawnRecord> records{};  // as they are after the runs drawn so far
  std::size_t begun_with = 0;          // records of the world file
  std::string name() const;            // "github/demo/Issue"
};

// What a run does, as far as it is not left to chance.
enum class RunKind : std::uint8_t { kAny, kOnlyDeletes, kOnlyNew, kOnlyOld };

// Items of JSON lists; empty: none.
struct DrawnChange {
  std::string saves;
  std::string updates;
  std::string deletes;
  // `"save":[…],"delete":[…]`
  std::string members() const;
};

class DrawnWorld {
 public:
  // Of the sync and of the collection that it reads.
  static constexpr std::string_view kThings = "things";

  struct Shape {
    std::size_t streams = 1;
    std::size_t records = 10;   // in all
    std::size_t bytes = 0;      // of each; 0: as small as may be
    bool odd = false;           // ids and values that not everything keeps
    std::string environment{};  // its members, JSON without braces
    // The first stream is that of a sync in the background: members of the sync, and of the
    // external API that it reads. Empty: there is none.
    std::string background{};
    std::string external_api{};
    // A template that is off, `notes` of the integration `book`, with an action; its connection is
    // demo, its model Note.
    bool notes = false;
    // For those who judge a server:
    bool nested = false;    // objects within records
    std::string syncs{};    // of the integration, a JSON array; empty: none is named
    std::string own_url{};  // of the connection acme, for webhooks; empty: none
  };
  DrawnWorld(const core::Random& random, Shape shape);

  std::vector<DrawnStream>& streams() { return streams_; }
  std::vector<std::string> names() const;
  // The world file as it is before any run; call it before the first.
  std::string given();
  // The body of POST /_simulator/runs, one that changes something. `announced`: a webhook tells.
  std::string run(DrawnStream& stream, RunKind kind, std::size_t most, bool announced);
  // The same at the external API, which a sync in the background then finds.
  DrawnChange change(DrawnStream& stream, RunKind kind, std::size_t most);
  // So many records that were never there.
  std::string backlog(DrawnStream& stream, std::size_t count, bool announced);
  // A full data set: some of the records as they were, some changed, some left out, which deletes
  // them. `fails`: the run ends with an error, and then nothing is deleted (SYNC-4).
  std::string replacement(DrawnStream& stream, bool fails);
  // Records that are there, saved again as they are.
  std::string again(DrawnStream& stream, std::size_t most);

 private:
  std::string payload(DrawnRecord& record);
  std::string head(const DrawnStream& stream) const;
  std::string apis(const std::string& objects) const;
  std::string new_id(const DrawnStream& stream);
  void add_new(DrawnStream& stream, std::string& saves);
  void change_one(DrawnStream& stream, RunKind kind, DrawnChange& change,
                  std::vector<std::string>& touched);

  core::Random random_;
  Shape shape_;
  std::vector<DrawnStream> streams_;
};

}  // namespace terapi::conformance

#include "client/program/status_table.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/rfc3339.h"

namespace terapi::client {
namespace {

using namespace std::chrono_literals;

core::Time moment() { return *core::parse_rfc3339("2026-11-23T20:46:12Z"); }

StreamStatus healthy() {
  StreamStatus status;
  status.stream = {"github", "demo", "Issue"};
  status.position = {"Y3JlYXRlZF9hdF4yMDIzLTExLTE3", *core::parse_rfc3339("2026-11-23T20:44:07.8Z"),
                     1000};
  status.deleted = 3;
  status.health = "up_to_date";
  status.up_to_date_at = moment() - 125s;
  status.moved_at = moment() - 10s;
  return status;
}

StreamStatus stopped() {
  StreamStatus status = healthy();
  status.stream.model = "User";
  status.health = "stopped";
  status.error = {"poison_record", "the record has no id"};
  status.record = "record 3";
  return status;
}

TEST(StatusTable, AlignsItsColumns) {
  StreamStatus fresh;
  fresh.stream = {"slack", "ä", "Message"};
  EXPECT_EQ(status_table({healthy(), fresh}, {}, moment()),
            "STREAM             RECORDS  DELETED  STATE         LAG  NEWEST                CURSOR\n"
            "github/demo/Issue    1,000        3  up_to_date  2m 5s  2026-11-23 20:44:07Z  "
            "Y3JlYX…IzLTExLTE3\n"
            "slack/ä/Message          0        0  syncing         -  -                     -\n");
}

TEST(StatusTable, TellsWhatIsWrongUnderTheStream) {
  const std::string text = status_table({stopped(), healthy()}, {}, moment());
  EXPECT_NE(text.find("\n  poison_record: the record has no id\n  record: record 3\ngithub/"),
            std::string::npos)
      << text;
}

TEST(StatusTable, TellsWhatIsWrongWithAStreamThatIsUpToDateButForIt) {
  StreamStatus status = healthy();
  status.error = {"overlap_refused", "the server answered 400"};
  EXPECT_NE(
      status_table({status}, {}, moment()).find("\n  overlap_refused: the server answered 400\n"),
      std::string::npos);
  const auto rows = nlohmann::json::parse(status_json({status}, {}, moment()));
  EXPECT_EQ(rows[0]["state"], "up_to_date");
  EXPECT_EQ(rows[0]["error"]["code"], "overlap_refused");
}

TEST(StatusTable, SaysWhatAnOperatorShouldKnowOfTheStore) {
  const StoreNotes notes = {"271 MB wait in 'sync.db-wal'", {{healthy().stream, 3}}};
  const std::string text = status_table({healthy(), stopped()}, notes, moment());
  EXPECT_NE(text.find("\n  3 payloads with NUL (docs/sync-tables.md)\ngithub/demo/User"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("\nstore busy: 271 MB wait in 'sync.db-wal'\n"), std::string::npos);
  const auto rows = nlohmann::json::parse(status_json({healthy(), stopped()}, notes, moment()));
  EXPECT_EQ(rows[0]["with_nul"], 3);
  EXPECT_EQ(rows[1]["with_nul"], 0);
  EXPECT_EQ(rows[0]["store_busy"], notes.busy);
}

TEST(StatusTable, SaysThatThereAreNoStreams) {
  EXPECT_EQ(status_table({}, {}, moment()), "no streams yet\n");
  EXPECT_EQ(status_json({}, {}, moment()), "[]\n");
}

TEST(StatusTable, WhatAServerWroteCannotSteerTheTerminal) {
  StreamStatus status = stopped();
  status.error.message = "a\x1b[2Jb\nc";
  EXPECT_NE(status_table({status}, {}, moment()).find("a\\x1b[2Jb\\x0ac\n"), std::string::npos);
}

TEST(StatusTable, JsonHasEverythingInFull) {
  const auto rows = nlohmann::json::parse(status_json({healthy(), stopped()}, {}, moment()));
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0]["stream"], "github/demo/Issue");
  EXPECT_EQ(rows[0]["integration"], "github");
  EXPECT_EQ(rows[0]["variant"], "base");
  EXPECT_EQ(rows[0]["records"], 1000);
  EXPECT_EQ(rows[0]["deleted"], 3);
  EXPECT_EQ(rows[0]["state"], "up_to_date");
  EXPECT_EQ(rows[0]["lag_seconds"], 125);
  EXPECT_EQ(rows[0]["newest"], "2026-11-23T20:44:07.800000+00:00");
  EXPECT_EQ(rows[0]["cursor"], "Y3JlYXRlZF9hdF4yMDIzLTExLTE3");
  EXPECT_EQ(rows[0]["up_to_date_at"], "2026-11-23T20:44:07.000000+00:00");
  EXPECT_TRUE(rows[0]["error"].is_null());
  EXPECT_EQ(rows[1]["error"]["code"], "poison_record");
  EXPECT_EQ(rows[1]["error"]["message"], "the record has no id");
  EXPECT_EQ(rows[1]["error"]["record"], "record 3");
}

}  // namespace
}  // namespace terapi::client

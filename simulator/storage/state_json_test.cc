#include "simulator/storage/state_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "simulator/storage/state_sample.h"
#include "simulator/storage/stored_json.h"

namespace terapi::simulator {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// A state without what documents do not hold.
State without_tables(State state) {
  state.deliveries.clear();
  for (Environment& environment : state.environments) {
    for (auto& [key, stream] : environment.streams) stream.log = {};
  }
  for (Environment& environment : state.environments) {
    environment.schedules.clear();
    for (auto& [key, collection] : environment.collections) {
      Collection bare;
      bare.number = collection.number;
      bare.id_key = collection.id_key;
      bare.behaviour = collection.behaviour;
      bare.plan = collection.plan;
      bare.changes_drawn = collection.changes_drawn;
      collection = bare;
    }
  }
  return state;
}

// The error of reading the sample's documents with one of them exchanged.
core::Error error_with(std::string_view name, const std::string& json) {
  Documents documents = write_documents(sample_state());
  documents.insert_or_assign(std::string(name), json);
  const auto state = read_documents(documents);
  return state ? core::Error{"", "no error"} : state.error();
}

// The sample's document with `from` replaced.
std::string document_with(std::string_view name, const std::string& from, const std::string& to) {
  std::string json = write_documents(sample_state()).find(name)->second;
  const std::size_t at = json.find(from);
  EXPECT_NE(at, std::string::npos) << from << " is not in " << json;
  return json.replace(at, from.size(), to);
}

TEST(StateJson, ReadsBackEveryMember) {
  const State state = sample_state();
  const auto read = read_documents(write_documents(state));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(StateText::of(*read), StateText::of(without_tables(state)));
}

TEST(StateJson, ReadsBackTheEmptyState) {
  const auto read = read_documents(write_documents(State()));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(StateText::of(*read), StateText::of(State()));
  EXPECT_EQ(read->last_commit, Time::min());
  EXPECT_FALSE(read->virtual_now);
}

TEST(StateJson, ReadsBackADeliveryByteForByte) {
  State state;
  state.deliveries.emplace(2, sample_delivery(2));
  State copy;
  auto read = read_delivery(write_delivery(sample_delivery(2)), "delivery 2");
  ASSERT_TRUE(read) << read.error().message;
  copy.deliveries.emplace(2, *std::move(read));
  EXPECT_EQ(StateText::of(copy), StateText::of(state));
}

TEST(StateJson, ReadsBackEveryStateOfADelivery) {
  for (int i = 0; i <= static_cast<int>(DeliveryState::kDropped); ++i) {
    Delivery delivery;
    delivery.state = static_cast<DeliveryState>(i);
    const auto read = read_delivery(write_delivery(delivery), "it");
    ASSERT_TRUE(read);
    EXPECT_EQ(read->state, delivery.state);
  }
}

TEST(StateJson, ReadsBackWhyADeliveryIsHeldAndRefusesOtherReasons) {
  for (const Hold& hold :
       {Hold{}, Hold{HeldFor::kCommit, {}}, Hold{HeldFor::kBreaker, {}},
        Hold{HeldFor::kTurn, "d-1"}, Hold{HeldFor::kFault, "a,b"}, Hold{HeldFor::kFault, {}}}) {
    Delivery delivery;
    delivery.held = hold;
    const auto read = read_delivery(write_delivery(delivery), "it");
    ASSERT_TRUE(read);
    EXPECT_EQ(read->held.reason, hold.reason);
    EXPECT_EQ(read->held.by, hold.by);
  }
  std::string text = write_delivery({});
  const std::string key = R"("held_by":")";
  text.insert(text.find(key) + key.size(), "whim");
  EXPECT_FALSE(read_delivery(text, "it"));
}

TEST(StateJson, RestoredFaultRulesStrikeWhereTheyStood) {
  State state;
  state.faults.put(sample_rule(R"({"id":"r","on":"webhook","nth":[3],"do":{"drop":true}})"));
  const FaultEvent event{{}, "e"};
  WebhookEffect effect;
  EXPECT_EQ(state.faults.strike(event, 1, effect), "");
  EXPECT_EQ(state.faults.strike(event, 1, effect), "");
  auto read = read_documents(write_documents(state));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_FALSE(read->faults.take_changed());
  EXPECT_EQ(read->faults.strike(event, 1, effect), "r");
  EXPECT_TRUE(effect.drop);
}

TEST(StateJson, TextsThatAreNotUtf8AreKept) {
  for (const std::string& text :
       {std::string("\xFF\x00\xFE", 3), std::string("caf\xC3"), std::string("\0", 1),
        std::string("\xED\xA0\x80"), std::string()}) {
    const auto read = read_stored<std::string>(write_stored_text(text), "it");
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, text);
  }
}

TEST(StateJson, ExtremeNumbersAreKept) {
  State state;
  state.last_commit = Time::max();
  state.virtual_now = Time::min();
  state.last_row = std::numeric_limits<std::int64_t>::max();
  const auto read = read_documents(write_documents(state));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(StateText::of(*read), StateText::of(state));
}

TEST(StateJson, SaysWhichDocumentIsMissingOrNoJson) {
  Documents documents = write_documents(sample_state());
  documents.erase(std::string(kStagedDocument));
  const auto read = read_documents(documents);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error(), (core::Error{"data_corrupt", "document staged is missing"}));
  EXPECT_EQ(error_with(kFaultsDocument, "[{").code, "data_corrupt");
  EXPECT_THAT(error_with(kFaultsDocument, "[{").message, HasSubstr("document faults: "));
  EXPECT_THAT(error_with(kCountersDocument, "").message, HasSubstr("document counters: "));
}

TEST(StateJson, SaysWhatIsWrongAndWhere) {
  const auto environments = [](const std::string& from, const std::string& to) {
    return error_with(kEnvironmentsDocument, document_with(kEnvironmentsDocument, from, to))
        .message;
  };
  EXPECT_THAT(environments("\"attempts\":8", "\"attempts\":8000000000"),
              AllOf(HasSubstr("[0].settings.retry.attempts is 8000000000"),
                    HasSubstr("from -2147483648 to 2147483647")));
  EXPECT_THAT(environments("\"attempts\":8,", ""),
              HasSubstr("[0].settings.retry.attempts is missing"));
  EXPECT_THAT(environments("\"attempts\":8", "\"tries\":8"), HasSubstr("unknown key 'tries'"));
  EXPECT_THAT(environments("\"full\"", "\"half\""),
              HasSubstr("expected \"full\" or \"incremental\""));
  EXPECT_THAT(environments("\"always_send\":true", "\"always_send\":1"),
              HasSubstr("[0].settings.always_send is 1; expected true or false"));
  EXPECT_THAT(environments("[\"issues\",\"v1\"]", "[\"issues\",\"base\"]"),
              HasSubstr("no repetition"));
  EXPECT_THAT(environments("[\"issues\",\"v1\"]", "[\"issues\"]"), HasSubstr("expected a pair"));
  EXPECT_THAT(error_with(kCountersDocument, "[]").message, HasSubstr("expected an object"));
  EXPECT_THAT(error_with(kEnvironmentsDocument, "{}").message, HasSubstr("expected an array"));
}

TEST(StateJson, OptionalMembersMayBeMissing) {
  Documents documents = write_documents(sample_state());
  documents.find(kCountersDocument)->second =
      document_with(kCountersDocument, ",\"virtual_now\":1700000000000052", "");
  const auto read = read_documents(documents);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_FALSE(read->virtual_now);
}

TEST(StateJson, RefusesImpossibleStreamsAndRecords) {
  const auto environments = [](const std::string& from, const std::string& to) {
    return error_with(kEnvironmentsDocument, document_with(kEnvironmentsDocument, from, to))
        .message;
  };
  EXPECT_THAT(environments("{\"number\":3", "{\"number\":1"), HasSubstr("has number 1; expected"));
  EXPECT_THAT(environments("{\"number\":3", "{\"number\":0"), HasSubstr("has number 0; expected"));
  EXPECT_THAT(environments("{\"number\":3", "{\"number\":51"),
              HasSubstr("has number 51; expected"));
  const auto staged = [](const std::string& from, const std::string& to) {
    return error_with(kStagedDocument, document_with(kStagedDocument, from, to)).message;
  };
  EXPECT_THAT(staged("\"action\":1", "\"action\":3"), HasSubstr("an action from 0 to 2"));
  EXPECT_THAT(staged("\"id\":\"late\"", "\"id\":\"" + std::string(65536, 'x') + "\""),
              HasSubstr("at most 65535 bytes"));
  EXPECT_THAT(staged("\"uuid\":\"", "\"uuid\":\"x"), HasSubstr("expected a uuid"));
}

TEST(StateJson, RefusesAFaultRuleThatIsNoneAnyMore) {
  const std::string json = document_with(kFaultsDocument, "\"drop\":true", "\"explode\":true");
  const core::Error error = error_with(kFaultsDocument, json);
  EXPECT_EQ(error.code, "data_corrupt");
  EXPECT_THAT(error.message, HasSubstr("[1].rule.do"));
}

}  // namespace
}  // namespace terapi::simulator

// Clients that are processes, measured in little. What is measured is looked at for sense, not for
// speed.
#include "conformance/harness/measure/measuring.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/test_places.h"

namespace terapi::conformance {
namespace {

using testing::HasSubstr;

MeasuredClient example_in_python(bool with_dump) {
  const std::string command =
      "python3 " + core::source_folder() + "/conformance/examples/python/client.py";
  return {"client.py", {command, with_dump ? command + " dump" : ""}, false};
}

MeasuringOptions little(MeasuredClient client) {
  MeasuringOptions options;
  options.clients = {std::move(client)};
  options.records = 200;
  options.limit = 50;
  options.rounds = 1;
  options.round_trip = core::Duration(0);
  options.rates = {{20, 5}};
  return options;
}

TEST(Measuring, MeasuresAClientThatIsAProcess) {
  const Measurement measured = Measuring(little(example_in_python(true))).run();
  ASSERT_EQ(measured.clients.size(), 1u);
  const ClientFigures& client = measured.clients[0];
  EXPECT_EQ(client.figures.size(), measured.rows.size());
  for (const auto& [row, figure] : client.figures) {
    EXPECT_EQ(figure.missing, "") << row;
    EXPECT_GT(figure.value.median, 0) << row;
  }
  EXPECT_EQ(client.witness, Witness::kFiles);
  // Four pages of 50.
  EXPECT_EQ(client.figures.at("first-sync/300B/0ms/requests-per-1000").value.median, 20);
  ASSERT_EQ(client.latencies.size(), 1u);
  EXPECT_EQ(client.latencies[0].milliseconds.size(), 5u);
  EXPECT_EQ(measured.ceiling.size(), 2u);
}

TEST(Measuring, WithoutADumpNothingIsCalledStored) {
  MeasuringOptions options = little(example_in_python(false));
  options.parts = {MeasuredPart::kCatchUp, MeasuredPart::kWebhooks};
  const Measurement measured = Measuring(std::move(options)).run();
  EXPECT_EQ(measured.clients[0].witness, Witness::kServed);
  EXPECT_EQ(measured.clients[0].latencies[0].witness, Witness::kServed);
  EXPECT_EQ(measured.clients[0].figures.at("catch-up/0ms").missing, "");
}

TEST(Measuring, AClientThatDiesHasNoFiguresButItsLastWords) {
  const Measurement measured =
      Measuring(little({"dies", {"echo no database >&2; exit 3", ""}, false})).run();
  for (const MeasuredRow& row : measured.rows) {
    EXPECT_THAT(measured.clients[0].figures.at(row.id).missing,
                HasSubstr("the client died: it ended with status 3; it said last: no database"));
  }
}

// It asks for everything and keeps a tenth of it.
TEST(Measuring, AClientThatDoesNotStoreWhatItFetchesHasNoFigures) {
  MeasuringOptions options = little(example_in_python(true));
  options.parts = {MeasuredPart::kWebhooks};
  options.clients[0].commands.dump += " | head -n 100";
  options.sync_limit = std::chrono::seconds(4);
  const Measurement measured = Measuring(std::move(options)).run();
  EXPECT_THAT(measured.clients[0].figures.at("webhooks/20/0ms/p50").missing,
              HasSubstr("its dump does not have everything"));
}

}  // namespace
}  // namespace terapi::conformance

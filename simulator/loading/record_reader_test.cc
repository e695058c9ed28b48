#include "simulator/loading/record_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "core/temporary_folder.h"
#include "simulator/loading/csv_row.h"

namespace terapi::simulator {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class RecordReaderTest : public testing::Test {
 protected:
  std::string file(const std::string& name, const std::string& bytes) {
    const std::string path = folder_.file(name);
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }
  // All records; the error, if there is one, comes last, as "code: message".
  std::vector<std::string> read(const std::string& name, const std::string& bytes) {
    const std::string path = file(name, bytes);
    std::vector<std::string> all;
    auto reader = RecordReader::open(path);
    if (!reader) return {reader.error().code + ": " + reader.error().message};
    while (true) {
      auto record = (*reader)->next();
      if (!record) {
        all.push_back(record.error().code + ": " +
                      record.error().message.substr(folder_.path().size()));
        return all;
      }
      if (!*record) return all;
      all.push_back(**record);
    }
  }

  core::TemporaryFolder folder_;
};

TEST_F(RecordReaderTest, ReadsNdjson) {
  EXPECT_THAT(read("x.ndjson", "{\"id\":1}\n\n  \t\r\n{\"id\":2}\r\n{\"id\":3}"),
              ElementsAre("{\"id\":1}", "{\"id\":2}\r", "{\"id\":3}"));
  EXPECT_THAT(read("x.ndjson", "\xEF\xBB\xBF{\"id\":1}\n"), ElementsAre("{\"id\":1}"));
  EXPECT_THAT(read("x.ndjson", ""), ElementsAre());
  EXPECT_THAT(read("x.ndjson", " \n \n"), ElementsAre());
}

// As older programs for the Macintosh write them. One convention in a file: what is not it is text.
TEST_F(RecordReaderTest, TakesCarriageReturnsAsLineEnds) {
  EXPECT_THAT(read("x.csv", "id,a\r1,x\r\r2,\"y\rz\"\r"),
              ElementsAre(R"({"id":"1","a":"x"})", R"({"id":"2","a":"y\rz"})"));
  EXPECT_THAT(read("x.csv", "\xEF\xBB\xBFid,a\r1,x"), ElementsAre(R"({"id":"1","a":"x"})"));
  EXPECT_THAT(read("x.csv", "id,a\r\n1,x\ry\r\n2,\"y\r\nz\"\r\n"),
              ElementsAre(R"({"id":"1","a":"x\ry"})", R"({"id":"2","a":"y\r\nz"})"));
  EXPECT_THAT(read("x.ndjson", "{\"id\":1}\r{\"id\":2}\r"),
              ElementsAre("{\"id\":1}", "{\"id\":2}"));
  EXPECT_THAT(read("x.csv", "id,a\r1,x\r2\r"),
              ElementsAre(R"({"id":"1","a":"x"})", HasSubstr("line 3: the row has 1 columns")));
}

// Nothing of it can be read a second time.
TEST_F(RecordReaderTest, ReadsAPipe) {
  const auto from_pipe = [&](const std::string& name, const std::string& bytes) {
    const std::string path = folder_.file(name);
    ::mkfifo(path.c_str(), 0600);
    std::thread writer([&] { std::ofstream(path, std::ios::binary) << bytes; });
    std::vector<std::string> all;
    auto reader = RecordReader::open(path);
    if (!reader) all.push_back(reader.error().code);
    while (reader) {
      auto record = (*reader)->next();
      if (!record) all.push_back(record.error().code);
      if (!record || !*record) break;
      all.push_back(**record);
    }
    writer.join();
    ::unlink(path.c_str());
    return all;
  };
  const std::string mark = "\xEF\xBB\xBF";
  EXPECT_THAT(from_pipe("a", "{\"id\":1}\n{\"id\":2}\n"), ElementsAre("{\"id\":1}", "{\"id\":2}"));
  EXPECT_THAT(from_pipe("a", mark + "\n {\"id\":1}"), ElementsAre(" {\"id\":1}"));
  EXPECT_THAT(from_pipe("a", mark + " [{\"id\":1},{\"id\":2}]"),
              ElementsAre("{\"id\":1}", "{\"id\":2}"));
  EXPECT_THAT(from_pipe("a.csv", mark + "id\n1\n"), ElementsAre(R"({"id":"1"})"));
  EXPECT_THAT(from_pipe("a", ""), ElementsAre("bad_file"));
  EXPECT_THAT(from_pipe("a.csv", mark), ElementsAre("bad_file"));
}

TEST_F(RecordReaderTest, RefusesAPipeWhereOnlyPlainFilesMayBeRead) {
  const std::string path = folder_.file("pipe");
  ::mkfifo(path.c_str(), 0600);
  for (const std::string& given : {path, std::string("/dev/null")}) {
    const auto reader = RecordReader::open(given, RecordReader::Files::kPlain);
    ASSERT_FALSE(reader);
    EXPECT_THAT(reader.error().message, HasSubstr("expected a plain file"));
  }
  EXPECT_TRUE(RecordReader::open(file("x.ndjson", ""), RecordReader::Files::kPlain));
}

TEST_F(RecordReaderTest, ReadsAnArray) {
  EXPECT_THAT(
      read("x.json", " \n[ {\"id\":1,\"s\":\"}]\\\"{\\\\\"} ,\r\n{\"o\":{\"p\":[{}]}}\n]\n "),
      ElementsAre("{\"id\":1,\"s\":\"}]\\\"{\\\\\"}", "{\"o\":{\"p\":[{}]}}"));
  EXPECT_THAT(read("x.json", "[]"), ElementsAre());
  EXPECT_THAT(read("x.json", "[\n]\n"), ElementsAre());
  EXPECT_THAT(read("x.json", "\xEF\xBB\xBF[{\"id\":1}]"), ElementsAre("{\"id\":1}"));
  EXPECT_THAT(read("x.json", "\xEF\xBB\xBF \n [{\"id\":1}]"), ElementsAre("{\"id\":1}"));
}

TEST_F(RecordReaderTest, ReadsAnArrayInAFileOfAnyName) {
  EXPECT_THAT(read("x.ndjson", "[{\"id\":1},{\"id\":2}]"), ElementsAre("{\"id\":1}", "{\"id\":2}"));
}

TEST_F(RecordReaderTest, RefusesATruncatedArrayWithItsLine) {
  EXPECT_THAT(read("x.json", "[{\"id\":1},\n{\"id\":"),
              ElementsAre("{\"id\":1}", "bad_file: /x.json, line 2: the file ends inside an item"));
  EXPECT_THAT(read("x.json", "[{\"id\":\"\\"),
              ElementsAre(HasSubstr("the file ends inside an item")));
  EXPECT_THAT(read("x.json", "[{\"id\":1}"),
              ElementsAre("{\"id\":1}", HasSubstr("found 'the end of the file'")));
  EXPECT_THAT(read("x.json", "[{\"id\":1},"),
              ElementsAre("{\"id\":1}", HasSubstr("found 'the end of the file'")));
  EXPECT_THAT(read("x.json", "["), ElementsAre(HasSubstr("found 'the end of the file'")));
}

TEST_F(RecordReaderTest, RefusesArraysOfSomethingElse) {
  for (const std::string text : {"[1]", "[\"a\"]", "[[{}]]", "[null]", "[,]", "[,{}]"}) {
    EXPECT_THAT(read("x.json", text), ElementsAre(HasSubstr("bad_file"))) << text;
  }
  for (const std::string text :
       {"[{}{}]", "[{},]", "[{},,{}]", "[{};{}]", "[{}][{}]", "[{}]x", "[{}}]"}) {
    EXPECT_THAT(read("x.json", text), ElementsAre("{}", HasSubstr("bad_file"))) << text;
  }
}

TEST_F(RecordReaderTest, ReadsCsv) {
  EXPECT_THAT(read("x.csv", "id,name\n1,ada\n2,\n"),
              ElementsAre(R"({"id":"1","name":"ada"})", R"({"id":"2","name":""})"));
  EXPECT_THAT(read("x.csv", "id\n"), ElementsAre());
  EXPECT_THAT(read("x.csv", ""), ElementsAre());
  EXPECT_THAT(read("x.csv", "id,n\n1,2"), ElementsAre(R"({"id":"1","n":"2"})"));
}

TEST_F(RecordReaderTest, ReadsCsvFromEveryKindOfMachine) {
  EXPECT_THAT(read("x.csv", "\xEF\xBB\xBFid,n\r\n1,2\r\n\r\n3,4\r\n"),
              ElementsAre(R"({"id":"1","n":"2"})", R"({"id":"3","n":"4"})"));
  EXPECT_THAT(read("x.csv", "\xEF\xBB\xBF\"id\",\"n\"\r\n\"1\",\"2\"\r\n"),
              ElementsAre(R"({"id":"1","n":"2"})"));
}

TEST_F(RecordReaderTest, ReadsQuotedCsvFieldsWithEverythingInThem) {
  EXPECT_THAT(
      read("x.csv",
           "id,text\n1,\"a,b\"\n2,\"say \"\"hi\"\"\"\n3,\"two\nlines\n\nand more\"\n"
           "4,\"\"\n5,\"\"\"\"\n6,\"cr\r\nlf\"\r\n"),
      ElementsAre(R"({"id":"1","text":"a,b"})", R"({"id":"2","text":"say \"hi\""})",
                  R"({"id":"3","text":"two\nlines\n\nand more"})", R"({"id":"4","text":""})",
                  R"({"id":"5","text":"\""})", R"({"id":"6","text":"cr\r\nlf"})"));
  EXPECT_THAT(read("x.csv", "id,text\n1,\"\nstarts with a break\"\n"),
              ElementsAre(R"({"id":"1","text":"\nstarts with a break"})"));
}

// An inch sign in a plain field opens nothing.
TEST_F(RecordReaderTest, TakesQuotesInPlainFieldsAsTheyAre) {
  EXPECT_THAT(read("x.csv", "id,disk\n1,5\" disk\n2,3.5\" disk\n"),
              ElementsAre(R"({"id":"1","disk":"5\" disk"})", R"({"id":"2","disk":"3.5\" disk"})"));
}

TEST_F(RecordReaderTest, RefusesCsvRowsOfAnotherWidthWithTheirLine) {
  EXPECT_THAT(read("x.csv", "id,n\n1,2\n3\n"),
              ElementsAre(R"({"id":"1","n":"2"})",
                          "bad_file: /x.csv, line 3: the row has 1 columns; the header has 2"));
  EXPECT_THAT(read("x.csv", "id,n\n1,2,\n"), ElementsAre(HasSubstr("the row has 3 columns")));
  EXPECT_THAT(read("x.csv", "id,n\n\"1\"x,2\n"), ElementsAre(HasSubstr("after its closing quote")));
}

TEST_F(RecordReaderTest, RefusesCsvThatEndsInsideQuotes) {
  EXPECT_THAT(read("x.csv", "id,n\n1,\"two\nthree"),
              ElementsAre(HasSubstr("line 3: the file ends inside quotes")));
}

// A quote that is never closed makes the rest of the file one row; that takes no longer than
// reading.
TEST_F(RecordReaderTest, ReadsLongQuotedFieldsInOnePass) {
  std::string text = "id,n\n1,\"";
  for (int i = 0; i < 200000; ++i) text += "line\n";
  EXPECT_THAT(read("x.csv", text), ElementsAre(HasSubstr("the file ends inside quotes")));
  const auto records = read("x.csv", text + "\"\n");
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(nlohmann::json::parse(records[0])["n"].get<std::string>().size(), 1000000U);
}

// REC-10: better refused than silently changed.
TEST_F(RecordReaderTest, RefusesCsvThatWouldLoseSomething) {
  EXPECT_THAT(read("x.csv", "id,name\n1,caf\xE9\n"), ElementsAre(HasSubstr("not UTF-8")));
  EXPECT_THAT(read("x.csv", "id,n,n\n1,2,3\n"), ElementsAre(HasSubstr("two columns named 'n'")));
}

TEST_F(RecordReaderTest, SaysWhereARecordBegan) {
  const std::string path = file("x.ndjson", "{}\n\n{}\n");
  auto reader = RecordReader::open(path);
  ASSERT_TRUE(reader);
  ASSERT_TRUE((*reader)->next());
  EXPECT_EQ((*reader)->place(), path + ", line 1");
  ASSERT_TRUE((*reader)->next());
  EXPECT_EQ((*reader)->place(), path + ", line 3");
  const std::string array = file("x.json", "[\n {},\n {\n \"a\":1}\n]");
  auto items = RecordReader::open(array);
  ASSERT_TRUE(items);
  ASSERT_TRUE((*items)->next());
  EXPECT_EQ((*items)->place(), array + ", line 2");
  ASSERT_TRUE((*items)->next());
  EXPECT_EQ((*items)->place(), array + ", line 3");
}

TEST_F(RecordReaderTest, SaysWhatIsNotThere) {
  const auto missing = RecordReader::open(folder_.file("none.ndjson"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, "no_file");
  EXPECT_THAT(missing.error().message, HasSubstr("none.ndjson"));
  const auto folder = RecordReader::open(folder_.path());
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().code, "no_file");
  EXPECT_THAT(folder.error().message, HasSubstr("is a folder"));
}

TEST(CsvRow, SplitsAtCommas) {
  EXPECT_THAT(*parse_csv_row(""), ElementsAre(""));
  EXPECT_THAT(*parse_csv_row(","), ElementsAre("", ""));
  EXPECT_THAT(*parse_csv_row("a,\"b\",c"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(*parse_csv_row("\"a\"\"b\",\"\""), ElementsAre("a\"b", ""));
  EXPECT_THAT(*parse_csv_row(" a , \"b\" "), ElementsAre(" a ", " \"b\" "));
  EXPECT_EQ(parse_csv_row("\"a\" ,b").error().code, "bad_csv");
}

TEST(CsvQuotes, KnowTheirStateAfterEveryLine) {
  const auto closed = [](const std::vector<std::string>& lines) {
    CsvQuotes quotes;
    for (const std::string& line : lines) quotes.read(line);
    return quotes.closed();
  };
  EXPECT_TRUE(closed({"a,b"}));
  EXPECT_TRUE(closed({"\"a\",\"\",\"\"\"\""}));
  EXPECT_TRUE(closed({"a\",b\""}));
  EXPECT_FALSE(closed({"a,\"b"}));
  EXPECT_FALSE(closed({"\"a\"\""}));
  EXPECT_TRUE(closed({"\"a", "b\""}));
  EXPECT_FALSE(closed({"\"a", "b\"\""}));
  EXPECT_FALSE(closed({"\"a", "b\",\"c"}));
}

}  // namespace
}  // namespace terapi::simulator

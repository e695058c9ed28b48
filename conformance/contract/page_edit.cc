#include "conformance/contract/page_edit.h"

#include "core/json.h"
#include "core/json_writer.h"

namespace terapi::conformance {

namespace json = core::json;

namespace {

// Writes the page again, with the records as `edit` writes them and what `extend` adds.
template <typename Edit, typename Next, typename Extend>
std::string rewritten_page(std::string_view body, Edit edit, Next next, Extend extend) {
  const auto page = json::Document::parse(std::string(body), {.max_depth = 100'000});
  if (!page || !page->root().is_object()) return std::string(body);
  json::Writer out;
  out.begin_object();
  for (const json::Member member : page->root().members()) {
    const std::string key = member.key.string();
    out.key(key);
    if (key == "records" && member.value.is_array()) {
      out.begin_array();
      for (const json::Value record : member.value.items()) edit(out, record);
      out.end_array();
    } else if (key == "next_cursor" && member.value.is_string()) {
      next(out, member.value);
    } else {
      out.raw(member.value.text());
    }
  }
  extend(out);
  out.end_object();
  return out.take();
}

void write_as_it_is(json::Writer& out, const json::Value& value) { out.raw(value.text()); }
void add_nothing(json::Writer& /*out*/) {}

// The record with another metadata object.
template <typename EditMetadata>
void write_record(json::Writer& out, const json::Value& record, const Dialect& dialect,
                  EditMetadata edit) {
  out.begin_object();
  for (const json::Member member : record.members()) {
    const std::string key = member.key.string();
    out.key(key);
    if (key == dialect.metadata_key && member.value.is_object()) {
      edit(member.value);
    } else {
      out.raw(member.value.text());
    }
  }
  out.end_object();
}

void write_poisoned(json::Writer& out, const json::Value& record, const Dialect& dialect,
                    const std::string& lacks) {
  if (lacks == "object") {
    out.raw("17");
    return;
  }
  out.begin_object();
  for (const json::Member member : record.members()) {
    const std::string key = member.key.string();
    if (lacks == "id" && key == "id") continue;
    if (lacks == "metadata" && key == dialect.metadata_key) continue;
    out.key(key);
    if (lacks == "null metadata" && key == dialect.metadata_key) {
      out.null();
      continue;
    }
    const bool of_cursor = lacks == "cursor" || lacks == "null cursor";
    if (!of_cursor || key != dialect.metadata_key) {
      out.raw(member.value.text());
      continue;
    }
    out.begin_object();
    for (const json::Member part : member.value.members()) {
      if (part.key.string() != "cursor") {
        out.key(part.key.string()).raw(part.value.text());
      } else if (lacks == "null cursor") {
        out.null_field("cursor");
      }
    }
    out.end_object();
  }
  out.end_object();
}

}  // namespace

std::string with_cursors(std::string_view body, const Dialect& dialect,
                         const std::function<std::string(const std::string&)>& rename) {
  return rewritten_page(
      body,
      [&](json::Writer& out, const json::Value& record) {
        write_record(out, record, dialect, [&](const json::Value& metadata) {
          out.begin_object();
          for (const json::Member part : metadata.members()) {
            const std::string key = part.key.string();
            if (key == "cursor" && part.value.is_string()) {
              out.field(key, rename(part.value.string()));
            } else {
              out.key(key).raw(part.value.text());
            }
          }
          out.end_object();
        });
      },
      [&](json::Writer& out, const json::Value& next) { out.string(rename(next.string())); },
      add_nothing);
}

std::string with_next_cursor(std::string_view body, const std::string& cursor) {
  return rewritten_page(
      body, write_as_it_is,
      [&](json::Writer& out, const json::Value& /*next*/) { out.string(cursor); }, add_nothing);
}

std::string with_poison(std::string_view body, const Dialect& dialect, const std::string& id,
                        const std::string& lacks) {
  return rewritten_page(
      body,
      [&](json::Writer& out, const json::Value& record) {
        if (record["id"].string() == id) return write_poisoned(out, record, dialect, lacks);
        out.raw(record.text());
      },
      write_as_it_is, add_nothing);
}

std::string with_ids(std::string_view body,
                     const std::function<std::string(const std::string&)>& respell) {
  return rewritten_page(
      body,
      [&](json::Writer& out, const json::Value& record) {
        out.begin_object();
        for (const json::Member member : record.members()) {
          const std::string key = member.key.string();
          const std::string text(member.value.text());
          out.key(key).raw(key == "id" ? respell(text) : text);
        }
        out.end_object();
      },
      write_as_it_is, add_nothing);
}

std::string with_extra_fields(std::string_view body, const Dialect& dialect) {
  return rewritten_page(
      body,
      [&](json::Writer& out, const json::Value& record) {
        write_record(out, record, dialect, [&](const json::Value& metadata) {
          out.begin_object();
          out.key("shard").raw("17").key("labels").raw(R"(["a",{"b":null}])");
          for (const json::Member part : metadata.members()) {
            out.key(part.key.string()).raw(part.value.text());
          }
          out.end_object();
        });
      },
      write_as_it_is,
      [](json::Writer& out) { out.key("page_info").raw(R"({"served_by":"node-3","n":1e3})"); });
}

}  // namespace terapi::conformance

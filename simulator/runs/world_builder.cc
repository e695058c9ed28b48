#include "simulator/runs/world_builder.h"

#include <functional>

#include "simulator/loading/generated_record.h"
#include "simulator/loading/record_reader.h"
#include "simulator/runs/run.h"
#include "simulator/webhooks/webhook_queue.h"

namespace terapi::simulator {
namespace {

// Collects payloads and saves them in batches.
class BatchSaver {
 public:
  BatchSaver(Run& run, const Dialect& dialect, std::string id_key)
      : run_(run), dialect_(dialect), id_key_(std::move(id_key)) {}

  core::Result<void> add(std::string_view text, const std::function<std::string()>& place) {
    const auto value = reader_.read(text);
    if (!value) return core::Error{"bad_record", place() + ": " + value.error().message};
    core::Result<Payload> payload = make_payload(*value, id_key_, dialect_);
    if (!payload) return core::Error{"bad_record", place() + ": " + payload.error().message};
    batch_.push_back(std::move(*payload));
    if (batch_.size() == kLoadBatch) flush();
    return {};
  }
  void flush() {
    if (!batch_.empty()) run_.save(batch_);
    batch_.clear();
  }

 private:
  Run& run_;
  const Dialect& dialect_;
  std::string id_key_;
  core::json::Reader reader_;
  std::vector<Payload> batch_;
};

core::Result<void> add_file(BatchSaver& saver, const std::string& path) {
  auto reader = RecordReader::open(path);
  if (!reader) return reader.error();
  while (true) {
    auto text = (*reader)->next();
    if (!text) return text.error();
    if (!*text) return {};
    auto added = saver.add(**text, [&] { return (*reader)->place(); });
    if (!added) return added;
  }
}

core::Result<void> add_source(BatchSaver& saver, const RecordSource& source, std::uint64_t seed,
                              const std::string& folder) {
  if (!source.file.empty()) {
    const bool absolute = source.file.front() == '/';
    return add_file(saver, absolute ? source.file : folder + "/" + source.file);
  }
  for (std::size_t i = 0; i < source.items.size(); ++i) {
    auto added = saver.add(source.items[i],
                           [&] { return source.place + ".items[" + std::to_string(i) + "]"; });
    if (!added) return added;
  }
  for (std::int64_t i = 1; i <= source.generate_count; ++i) {
    auto added = saver.add(generated_record(seed, source.stream.model, i, source.generate_bytes),
                           [&] { return source.place; });
    if (!added) return added;
  }
  return {};
}

RunSpec spec_for(const StreamKey& stream) {
  RunSpec spec;
  spec.integration = stream.integration;
  spec.connection = stream.connection;
  spec.model = stream.model;
  spec.variant = stream.variant;
  return spec;
}

}  // namespace

core::Result<void> build_world(Engine& engine, WebhookQueue& webhooks, World world,
                               const std::string& folder) {
  State& state = engine.state();
  State fresh;
  // Numbers and commit times go on, so that nothing given out before comes again.
  fresh.last_commit = state.last_commit;
  fresh.last_run = state.last_run;
  fresh.last_delivery = state.last_delivery;
  fresh.last_staged = state.last_staged;
  fresh.records_text = std::move(world.records_text);
  fresh.environments = std::move(world.environments);
  state = std::move(fresh);
  engine.note_settings();
  for (const RecordSource& source : world.records) {
    RunSpec spec = spec_for(source.stream);
    spec.webhook = false;
    Run run(engine, webhooks, *state.find_environment(source.environment), spec);
    BatchSaver saver(run, engine.dialect(), source.id_key);
    auto added = add_source(saver, source, engine.seed(), folder);
    if (!added) return added;
    saver.flush();
    run.finish();
  }
  for (FaultRule& rule : world.faults) state.faults.put(std::move(rule));
  return {};
}

core::Result<void> carry_out_load(Engine& engine, WebhookQueue& webhooks, const LoadSpec& spec) {
  State& state = engine.state();
  Environment* environment = spec.environment.empty() ? &state.environments.front()
                                                      : state.find_environment(spec.environment);
  if (environment == nullptr) {
    return core::Error{"bad_load", "--load: there is no environment '" + spec.environment + "'"};
  }
  RunSpec run_spec = spec_for(spec.stream);
  run_spec.sync = spec.sync;
  Run run(engine, webhooks, *environment, run_spec);
  BatchSaver saver(run, engine.dialect(), spec.id_key);
  auto added = add_file(saver, spec.file);
  if (!added) return added;
  saver.flush();
  run.finish();
  return {};
}

}  // namespace terapi::simulator

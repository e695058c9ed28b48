// Upstream: the simulated external APIs behind connections: collections of objects that syncs read,
// that actions and the proxy write (WRITE-3), and that change by themselves.
//
// It speaks HTTP, as a real one does, with pages, rate limits, latency, and the effects of fault
// rules on "upstream". docs/upstream.md has its paths. The control API changes objects directly,
// past all that.
//
// Thread rule: the simulator's thread.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/http_message.h"
#include "simulator/engine/engine.h"
#include "simulator/records/payload.h"

namespace terapi::simulator {

class Upstream {
 public:
  explicit Upstream(Engine& engine) : engine_(engine) {}

  // The answer of that connection's external API to a request in origin form.
  core::Outcome handle(Environment& environment, const Connection& connection,
                       const core::Request& request);

  // The collection of that name. A missing one is created, and filled with what its template's
  // stream already holds, since that came from it, or else with generated objects. Null when it is
  // missing and no template of the provider names it.
  Collection* provide(Environment& environment, const Connection& connection,
                      std::string_view collection);
  // The same, but new ones are empty and need no template.
  Collection& make(Environment& environment, const CollectionKey& key);

  // Fills a new collection, as provide() does; does nothing without a template.
  void fill(Environment& environment, const CollectionKey& key);

  // Called when handle() or provide() has created a collection.
  void set_on_made(std::function<void(Environment&)> on_made) { on_made_ = std::move(on_made); }
  // Forgets the external API of a connection; without one, those of all of the integration's.
  void forget(Environment& environment, const std::string& integration,
              const std::optional<std::string>& connection);

  // Why no run could make a record of that object (no usable id, a different id, nested too
  // deeply), or nothing.
  std::optional<std::string> problem(const Collection& collection, std::string_view id,
                                     std::string_view text) const;
  // Direct changes, past HTTP. False when nothing changed, as for an object with a problem().
  bool put(Collection& collection, std::string_view id, std::string text);
  bool remove(Collection& collection, std::string_view id);
  // Replaces the whole collection: what is not among these objects is removed.
  void replace(Collection& collection, const std::vector<Payload>& objects);
  // Adds objects of its template; returns their ids, none when it has no template.
  std::vector<std::string> generate(Environment& environment, const CollectionKey& key,
                                    std::int64_t count);

  // Sets or replaces the plan of automatic changes; nothing ends it.
  void set_plan(Environment& environment, const CollectionKey& key, std::optional<ChangePlan> plan);

  // The template of a collection, or null.
  const Template* template_of(const Environment& environment, const CollectionKey& key) const;

  // Carries out the planned changes that are due at a connection's external API, before a run that
  // is due at the same instant reads it.
  void change_what_is_due(Environment& environment, const std::string& integration,
                          const std::string& connection);
  // Sets the timers of all plans again, after a state was loaded.
  void resume();

 private:
  struct Call;
  core::Response answer(Call& call);
  core::Response list(const Call& call) const;
  core::Response create(Call& call);
  core::Response change(Call& call, std::string_view id);
  std::optional<core::Response> over_limit(Call& call);
  core::Random random_of(const Environment& environment, const CollectionKey& key) const;
  void await_changes(const Environment& environment, const CollectionKey& key);
  void change_by_itself(const std::string& environment, const CollectionKey& key,
                        std::uint32_t number);
  struct Drawn {
    std::uint64_t sequence = 0;
    std::string id;
    std::string text;
  };
  // A new object, under the next number whose id was never used; nothing when there is none.
  std::optional<Drawn> draw(Environment& environment, const CollectionKey& key,
                            const Collection& collection, const core::json::Value& given);
  bool put_new(Collection& collection, const Drawn& object);
  void draw_changes(Environment& environment, const CollectionKey& key, Collection& collection);

  struct Window {
    Time began;
    std::int64_t used = 0;
  };
  Engine& engine_;
  std::function<void(Environment&)> on_made_;
  std::map<std::uint32_t, Window> windows_;       // by a collection's number
  std::map<std::uint32_t, core::TimerId> plans_;  // by a collection's number
};

}  // namespace terapi::simulator

// What a session stores and reads for a client that does not map the region.
//
// A store is made once for each request: asked for again by the same id, its
// outcome is told again, or found out.
#include "actors/session_barriers.hpp"
#include "config/defaults.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <string_view>

namespace holdfast::actors {

namespace {

using shm::errc;

/// Tries it again in a while; false when that has been done often enough.
bool again_later(session_pointer self, int& tries, std::function<void()> it) {
  if (++tries >= config::session_tries_max)
    return false;
  self->state.again = std::move(it);
  self->delayed_send(self, config::session_retry_interval, retry_due{});
  return true;
}

// -- storing ------------------------------------------------------------------

struct wanted_store {
  asked request;
  store_value_request what;
  std::size_t digest = 0;
  int tries = 0;
};

using wanted_store_pointer = std::shared_ptr<wanted_store>;

std::size_t digest_of(const std::string& region,
                      const store_value_request& what) {
  auto all = region;
  all += '/';
  all += what.variable;
  all += what.expected ? ' ' + std::to_string(*what.expected) : std::string{};
  all += ' ';
  all.append(reinterpret_cast<const char*>(what.value.data()),
             what.value.size());
  return std::hash<std::string>{}(all);
}

wanted_store_pointer read_store(const asked& request) {
  auto wanted = std::make_shared<wanted_store>();
  wanted->request = {request.id, {{"region", request.text("region")}}};
  auto& what = wanted->what;
  what.variable = request.text("variable");
  if (const auto* value = wire::find(request.fields, "value"))
    what.value = std::get<wire::bytes>(*value);
  if (wire::find(request.fields, "expected") != nullptr)
    what.expected = wire::number_or(request.fields, "expected", 0);
  wanted->digest = digest_of(request.text("region"), what);
  return wanted;
}

session_state::made_store* made_by(session_pointer self,
                                   std::uint64_t request) {
  auto& stores = self->state.stores;
  const auto found
    = std::find_if(stores.begin(), stores.end(), [request](const auto& each) {
        return each.request == request;
      });
  return found == stores.end() ? nullptr : &*found;
}

void tell_stored(session_pointer self, const session_state::made_store& store) {
  answer(self, store.request, {{"version", store.made.version}});
}

/// It is in memory: whatever keeps it from being committed, it may still be.
void flush_made(session_pointer self, session_state::made_store& store) {
  const auto id = store.request;
  wait_for(
    self, store.region, flush_request{store.made.epoch, false},
    [self, id] {
      auto& done = *made_by(self, id);
      done.committed = true;
      tell_stored(self, done);
    },
    [self, id](const shm::error& why) {
      auto detail = std::string{shm::name_of(why.code)};
      detail += ": ";
      detail += why.detail;
      refuse(self, id, shm::failed(errc::unknown, std::move(detail)));
    });
}

void on_made(session_pointer self, const wanted_store& wanted,
             const tenant_region_actor& region, const stored_value& made) {
  auto& stores = self->state.stores;
  if (stores.size() == config::session_stores_max)
    stores.pop_front();
  stores.push_back({wanted.request.id, wanted.digest, region, made, false});
  flush_made(self, stores.back());
}

void make(session_pointer self, const wanted_store_pointer& wanted) {
  with_region(self, wanted->request, [=](const tenant_region_actor& region) {
    self->request(region, caf::infinite, wanted->what)
      .then(
        [=](const stored_value& made) { on_made(self, *wanted, region, made); },
        [=](const caf::error& error) {
          const auto why = to_shm(error);
          if (why.code != errc::contended
              || !again_later(self, wanted->tries, [=] { make(self, wanted); }))
            refuse(self, wanted->request.id, why);
        });
  });
}

void repeat(session_pointer self, const wanted_store& wanted,
            session_state::made_store& made) {
  if (made.digest != wanted.digest)
    refuse(self, wanted.request.id,
           shm::failed(errc::bad_argument, "request "
                                             + std::to_string(made.request)
                                             + " was another store"));
  else if (made.committed)
    tell_stored(self, made);
  else
    flush_made(self, made);
}

// -- reading ------------------------------------------------------------------

struct wanted_load {
  asked request;
  tenant_region_actor region;
  loaded_value loaded;
  int tries = 0;
};

using wanted_load_pointer = std::shared_ptr<wanted_load>;

std::string_view word_of(shm::freshness_kind kind) {
  switch (kind) {
  case shm::freshness_kind::fresh:
    return "fresh";
  case shm::freshness_kind::stale:
    return "stale";
  case shm::freshness_kind::orphaned:
    return "orphaned";
  }
  return "?";
}

void tell_loaded(session_pointer self, const wanted_load& wanted) {
  const auto& loaded = wanted.loaded;
  const auto age = std::chrono::duration_cast<std::chrono::milliseconds>(
                     loaded.freshness.age)
                     .count();
  answer(self, wanted.request.id,
         {{"value", loaded.value},
          {"version", loaded.version},
          {"committed", loaded.committed},
          {"epoch", loaded.epoch},
          {"freshness", std::string{word_of(loaded.freshness.kind)}},
          {"age_ms", static_cast<std::uint64_t>(age)}});
}

/// What was in memory is committed, if this node was home from then on.
void on_confirmed(session_pointer self, const wanted_load_pointer& wanted) {
  self->request(wanted->region, caf::infinite, region_status_query{})
    .then(
      [=](const region_report& now) {
        auto& loaded = wanted->loaded;
        if (now.status.epoch != loaded.epoch)
          return refuse(
            self, wanted->request.id,
            shm::failed(errc::unknown, "another epoch has begun meanwhile"));
        loaded.committed = std::max(loaded.committed, loaded.version);
        tell_loaded(self, *wanted);
      },
      refusing(self, wanted->request.id));
}

void on_loaded(session_pointer self, const wanted_load_pointer& wanted) {
  if (!wanted->request.truth("confirm"))
    return tell_loaded(self, *wanted);
  wait_for(
    self, wanted->region, confirm_request{},
    [=] { on_confirmed(self, wanted); },
    [=](const shm::error& why) { refuse(self, wanted->request.id, why); });
}

void look(session_pointer self, const wanted_load_pointer& wanted) {
  self
    ->request(wanted->region, caf::infinite,
              load_value_request{wanted->request.text("variable")})
    .then(
      [=](const loaded_value& loaded) {
        wanted->loaded = loaded;
        on_loaded(self, wanted);
      },
      [=](const caf::error& error) {
        const auto why = to_shm(error);
        if (why.code != errc::contended
            || !again_later(self, wanted->tries, [=] { look(self, wanted); }))
          refuse(self, wanted->request.id, why);
      });
}

} // namespace

void store(session_pointer self, const asked& request) {
  const auto wanted = read_store(request);
  if (wanted->what.value.size() > config::session_value_bytes_max)
    return refuse(
      self, request.id,
      shm::failed(errc::too_long,
                  "'value' has at most "
                    + std::to_string(config::session_value_bytes_max)
                    + " bytes: attach the region for more"));
  self->state.under_way = session_state::work::unhurried;
  if (auto* made = made_by(self, request.id))
    repeat(self, *wanted, *made);
  else
    make(self, wanted);
}

void load(session_pointer self, const asked& request) {
  self->state.under_way = session_state::work::unhurried;
  const auto wanted = std::make_shared<wanted_load>();
  wanted->request = request;
  with_region(self, request, [=](const tenant_region_actor& region) {
    wanted->region = region;
    look(self, wanted);
  });
}

void try_again(session_pointer self) {
  if (const auto again = std::exchange(self->state.again, nullptr))
    again();
}

} // namespace holdfast::actors

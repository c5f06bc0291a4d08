// What a session stores and reads for a client that does not map the region.
//
// A store is made once for each request: asked for again by the same id, its
// outcome is told again, or found out at the home.
#include "actors/session_home.hpp"

#include <algorithm>
#include <functional>
#include <string_view>

namespace holdfast::actors {

namespace {

using shm::errc;

std::vector<char> chars_of(const wire::bytes& bytes) {
  const auto* from = reinterpret_cast<const char*>(bytes.data());
  return {from, from + bytes.size()};
}

wire::bytes bytes_of(const std::vector<char>& chars) {
  const auto* from = reinterpret_cast<const std::byte*>(chars.data());
  return {from, from + chars.size()};
}

// -- storing ------------------------------------------------------------------

store_value_request read_store(session_pointer self, const asked& request) {
  store_value_request what;
  const auto& node = self->state.options.node;
  what.by = {node.id, node.incarnation, self->state.who->session};
  what.variable = request.text("variable");
  if (const auto* value = wire::find(request.fields, "value"))
    what.value = chars_of(std::get<wire::bytes>(*value));
  what.expects = wire::find(request.fields, "expected") != nullptr;
  what.expected = wire::number_or(request.fields, "expected", 0);
  return what;
}

std::size_t digest_of(const std::string& region,
                      const store_value_request& what) {
  auto all = region;
  all += '/';
  all += what.variable;
  all += what.expects ? ' ' + std::to_string(what.expected) : std::string{};
  all += ' ';
  all.append(what.value.data(), what.value.size());
  return std::hash<std::string>{}(all);
}

auto made_by(session_pointer self, std::uint64_t request) {
  auto& stores = self->state.stores;
  return std::find_if(
    stores.begin(), stores.end(),
    [request](const auto& each) { return each.request == request; });
}

/// Under a serial of its own, or the one that it had before.
void make(session_pointer self, const asked& request,
          store_value_request what) {
  const auto id = request.id;
  what.serial = made_by(self, id)->serial;
  const auto search
    = begin_search(self, {id, {{"region", request.text("region")}}});
  search->in_doubt = made_by(self, id)->in_doubt;
  ask_home(
    self, search, what,
    [self, id](const stored_value& stored) {
      made_by(self, id)->version = stored.version;
      answer(self, id, {{"version", stored.version}});
    },
    [self, id](const shm::error& why) {
      if (why.code == errc::unknown)
        made_by(self, id)->in_doubt = true;
      else
        self->state.stores.erase(made_by(self, id)); // it had no effect
      refuse(self, id, why);
    });
}

// -- reading ------------------------------------------------------------------

std::string_view word_of(std::uint8_t kind) {
  switch (static_cast<shm::freshness_kind>(kind)) {
  case shm::freshness_kind::fresh:
    return "fresh";
  case shm::freshness_kind::stale:
    return "stale";
  case shm::freshness_kind::orphaned:
    return "orphaned";
  }
  return "?";
}

void tell_loaded(session_pointer self, std::uint64_t request,
                 const loaded_value& loaded) {
  const auto age
    = std::chrono::duration_cast<std::chrono::milliseconds>(loaded.age).count();
  answer(self, request,
         {{"value", bytes_of(loaded.value)},
          {"version", loaded.version},
          {"committed", loaded.committed},
          {"epoch", loaded.epoch},
          {"freshness", std::string{word_of(loaded.freshness)}},
          {"age_ms", static_cast<std::uint64_t>(age)}});
}

void load_at_home(session_pointer self, const asked& request,
                  const load_value_request& what) {
  ask_home(
    self, begin_search(self, request), what,
    [self, id = request.id](const loaded_value& loaded) {
      tell_loaded(self, id, loaded);
    },
    [self, id = request.id](const shm::error& why) { refuse(self, id, why); });
}

/// What this node has, if it has it; a client in the way is waited for.
void load_here(session_pointer self, const asked& request,
               const load_value_request& what) {
  ask_home_here(
    self, region_named_in(self, request), what,
    [self, id = request.id](const loaded_value& loaded) {
      tell_loaded(self, id, loaded);
    },
    [=](const caf::error& error) {
      const auto why = to_shm(error);
      if (why.code == errc::unavailable || why.code == errc::contended
          || why.code == errc::fenced)
        load_at_home(self, request, what);
      else
        refuse(self, request.id, why);
    });
}

} // namespace

void store(session_pointer self, const asked& request) {
  auto what = read_store(self, request);
  if (what.value.size() > config::session_value_bytes_max)
    return refuse(
      self, request.id,
      shm::failed(errc::too_long,
                  "'value' has at most "
                    + std::to_string(config::session_value_bytes_max)
                    + " bytes: attach the region for more"));
  const auto digest = digest_of(request.text("region"), what);
  auto& stores = self->state.stores;
  if (const auto known = made_by(self, request.id); known != stores.end()) {
    if (known->digest != digest)
      return refuse(
        self, request.id,
        shm::failed(errc::bad_argument, "request " + std::to_string(request.id)
                                          + " was another store"));
    if (known->version != 0)
      return answer(self, request.id, {{"version", known->version}});
  } else {
    if (stores.size() == config::session_stores_max)
      stores.pop_front();
    stores.push_back({request.id, digest, ++self->state.last_serial, 0, false});
  }
  make(self, request, std::move(what));
}

void load(session_pointer self, const asked& request) {
  const load_value_request what{0, request.text("variable"),
                                request.truth("confirm")};
  if (what.confirm)
    load_at_home(self, request, what);
  else
    load_here(self, request, what);
}

} // namespace holdfast::actors

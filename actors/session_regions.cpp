// What a session does with regions that it maps, and with their variables.
#include "actors/session_replies.hpp"
#include "config/words.hpp"

namespace holdfast::actors {

namespace {

void tell_holdings(session_pointer self) {
  self->send(
    self->state.options.catalog,
    session_holds{self->state.who->session,
                  static_cast<std::uint32_t>(self->state.holdings.size())});
}

shm::error not_attached(const std::string& region) {
  return shm::failed(shm::errc::no_such_region,
                     "region '" + region + "' is not attached");
}

/// From the region itself, whoever was asked for it.
void take(session_pointer self, std::uint64_t request_id,
          const std::string& region, shm::access access,
          const attached_region& attached) {
  self->state.holdings[region]
    = {caf::actor_cast<tenant_region_actor>(self->current_sender()),
       attached.owner, access};
  answer(
    self, request_id,
    {{"region", region},
     {"access", std::string{access == shm::access::write ? "write" : "read"}},
     {"owner", std::uint64_t{attached.owner}}},
    {attached.control, attached.data});
  tell_holdings(self);
}

std::string word_of(shm::layout::variable_kind kind) {
  const auto& words = config::variable_kind_words;
  const auto index = static_cast<std::size_t>(kind) - 1;
  return std::string{index < words.size() ? words[index].text : "?"};
}

shm::layout::variable_kind kind_of(std::string_view word) {
  const auto& words = config::variable_kind_words;
  std::uint32_t kind = 1;
  for (const auto& each : words) {
    if (each.text == word)
      break;
    ++kind;
  }
  return static_cast<shm::layout::variable_kind>(kind);
}

} // namespace

void attach(session_pointer self, const asked& request) {
  const auto name = request.text("region");
  if (self->state.holdings.contains(name))
    return refuse(self, request.id,
                  shm::failed(shm::errc::exists,
                              "region '" + name + "' is attached already"));
  const auto access = request.text("access") == "write" ? shm::access::write
                                                        : shm::access::read;
  self
    ->request(self->state.options.keeper, caf::infinite,
              attach_by_name_request{{self->state.who->tenant, name},
                                     {self->state.who->session, access}})
    .then(
      [self, id = request.id, name, access](const attached_region& attached) {
        take(self, id, name, access, attached);
      },
      refusing(self, request.id));
}

void detach(session_pointer self, const asked& request) {
  const auto found = self->state.holdings.find(request.text("region"));
  if (found == self->state.holdings.end())
    return refuse(self, request.id, not_attached(request.text("region")));
  const auto held = found->second;
  self->state.holdings.erase(found);
  tell_holdings(self);
  self->request(held.region, caf::infinite, detach_request{held.owner})
    .then([self, id = request.id] { answer(self, id, {}); },
          refusing(self, request.id));
}

void watch(session_pointer self, const asked& request) {
  const auto found = self->state.holdings.find(request.text("region"));
  if (found == self->state.holdings.end())
    return refuse(self, request.id, not_attached(request.text("region")));
  const auto scope = request.text("scope") == "region"
                       ? shm::watch_scope::region
                       : shm::watch_scope::variable;
  self
    ->request(found->second.region, caf::infinite,
              watch_request{found->second.owner, scope})
    .then([self, id = request.id] { answer(self, id, {}); },
          refusing(self, request.id));
}

void add_variable(session_pointer self, const asked& request) {
  const auto capacity = wire::number_or(request.fields, "capacity", 0);
  if (capacity == 0 || capacity > shm::limits::capacity_max)
    return refuse(
      self, request.id,
      shm::failed(shm::errc::bad_argument, "'capacity' is 1 byte to 16MiB"));
  change_catalog(
    self, request,
    catalog::add_variables{
      region_named_in(self, request),
      {{request.text("name"), kind_of(request.text("kind")),
        request.text("type"), static_cast<std::uint32_t>(capacity)}}});
}

void remove_variable(session_pointer self, const asked& request) {
  change_catalog(self, request,
                 catalog::remove_variables{region_named_in(self, request),
                                           {request.text("name")}});
}

void list_variables(session_pointer self, const asked& request) {
  with_region(self, request, [=](const tenant_region_actor& region) {
    self->request(region, caf::infinite, variables_query{request.text("after")})
      .then(
        [self, id = request.id](const variables_page& page) {
          wire::rows rows;
          for (const auto& each : page.variables)
            rows.push_back({{"name", each.name},
                            {"kind", word_of(each.kind)},
                            {"type", each.type},
                            {"capacity", std::uint64_t{each.capacity}},
                            {"version", each.version},
                            {"committed", each.committed}});
          answer(self, id, {{"rows", std::move(rows)}, {"more", page.more}});
        },
        refusing(self, request.id));
  });
}

} // namespace holdfast::actors

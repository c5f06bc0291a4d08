#include "actors/catalog_sessions.hpp"

#include "actors/error.hpp"
#include "config/defaults.hpp"

#include <caf/all.hpp>

#include <algorithm>

namespace holdfast::actors {

namespace {

struct match {
  catalog_state::tenant* tenant = nullptr;
  const rules::principal* principal = nullptr;
};

/// Every tenant that knows the client, of those it may mean.
std::vector<match> find_tenants(catalog_state& state,
                                const admit_request& request) {
  const auto& [uid, gid, pid] = request.credentials;
  std::vector<match> found;
  for (auto& [name, tenant] : state.tenants) {
    if (!request.tenant.empty() && request.tenant != name)
      continue;
    const auto* principal
      = rules::find_principal(tenant.options.principals, uid, gid);
    if (principal != nullptr)
      found.push_back({&tenant, principal});
  }
  return found;
}

/// The same words whether the tenant exists or not: a stranger learns nothing.
caf::error refusal(const admit_request& request) {
  const auto& [uid, gid, pid] = request.credentials;
  const auto who
    = "user " + std::to_string(uid) + ", group " + std::to_string(gid);
  if (request.tenant.empty())
    return make_error(shm::errc::refused,
                      "no tenant has a principal for " + who);
  return make_error(shm::errc::refused, "tenant '" + request.tenant
                                          + "' has no principal for " + who);
}

caf::error ambiguity(const std::vector<match>& found) {
  std::string names;
  for (const auto& each : found)
    names += (names.empty() ? "'" : ", '") + each.tenant->options.name + "'";
  return make_error(shm::errc::bad_argument,
                    "several tenants know you; name one of " + names);
}

/// Strangers come as often as they like; the log hears of them once a second.
constexpr std::chrono::seconds refusals_log_interval{1};

void log_refusal(catalog_pointer self, const admit_request& request) {
  auto& refusals = self->state.refusals;
  ++refusals.count;
  const auto now = self->state.options.now();
  if (refusals.logged_at && now - *refusals.logged_at < refusals_log_interval)
    return;
  self->state.options.log(
    log_level::warning, "refused a client",
    {{"uid", std::to_string(request.credentials.uid)},
     {"gid", std::to_string(request.credentials.gid)},
     {"pid", std::to_string(request.credentials.pid)},
     {"tenant", request.tenant.substr(0, config::name_bytes_max)},
     {"count", std::to_string(refusals.count)}});
  refusals = {now, 0};
}

} // namespace

caf::result<admission> admit(catalog_pointer self,
                             const admit_request& request) {
  auto& state = self->state;
  const auto found = find_tenants(state, request);
  if (found.empty()) {
    log_refusal(self, request);
    return refusal(request);
  }
  if (found.size() > 1)
    return ambiguity(found);
  auto& tenant = *found.front().tenant;
  const auto& principal = *found.front().principal;
  if (const auto no = tenant.quota.charge_session())
    return make_error(shm::errc::quota, to_string(*no));
  const auto address = caf::actor_cast<caf::actor_addr>(self->current_sender());
  const auto id = state.next_session++;
  state.sessions.emplace(
    address, catalog_state::session{
               tenant.options.name,
               {id, principal.name, request.client, request.credentials, 0, 0},
               state.options.now()});
  self->monitor(address);
  return admission{id, tenant.options.name, principal.name, principal.grants};
}

session_listings list_sessions(catalog_pointer self,
                               const sessions_query& query) {
  const auto now = self->state.options.now();
  session_listings found;
  for (const auto& [address, session] : self->state.sessions) {
    if (session.tenant != query.tenant)
      continue;
    auto listing = session.listing;
    listing.age_ms = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(now - session.since)
        .count());
    found.sessions.push_back(std::move(listing));
  }
  std::sort(found.sessions.begin(), found.sessions.end(),
            [](const session_listing& a, const session_listing& b) {
              return a.session < b.session;
            });
  return found;
}

void note_holdings(catalog_pointer self, const session_holds& holds) {
  for (auto& [address, session] : self->state.sessions)
    if (session.listing.session == holds.session)
      session.listing.regions = holds.regions;
}

tenant_totals count_totals(catalog_pointer self, const totals_query& query) {
  const auto found = self->state.tenants.find(query.tenant);
  if (found == self->state.tenants.end())
    return {};
  return {found->second.regions.size(), found->second.quota.used().sessions};
}

bool forget_session(catalog_pointer self, const caf::actor_addr& address) {
  const auto found = self->state.sessions.find(address);
  if (found == self->state.sessions.end())
    return false;
  self->state.tenants.at(found->second.tenant).quota.refund_session();
  self->state.sessions.erase(found);
  return true;
}

} // namespace holdfast::actors

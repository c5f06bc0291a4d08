// Clients of this node: admitted from the tables, counted here.
#include "actors/catalog_parts.hpp"
#include "actors/error.hpp"
#include "config/defaults.hpp"

#include <algorithm>
#include <utility>

namespace holdfast::actors {

namespace {

struct match {
  const std::string* tenant = nullptr;
  const rules::principal* principal = nullptr;
};

/// Copied when they may have changed and are asked for: each hello looks
/// through them, and most entries are about other things.
void refresh_principals(catalog_state& state) {
  if (!std::exchange(state.principals_stale, false))
    return;
  state.principals = state.options.first_principals;
  for (const auto& [name, tenant] : state.machine.now().all().tenants) {
    // One that was just made gets its principals one by one.
    if (tenant.principals.empty())
      continue;
    auto& known = state.principals[name];
    known.clear();
    for (const auto& each : tenant.principals)
      known.push_back(each.who);
  }
}

/// Every tenant that knows the client, of those it may mean.
std::vector<match> find_tenants(catalog_state& state,
                                const admit_request& request) {
  refresh_principals(state);
  const auto& [uid, gid, pid] = request.credentials;
  std::vector<match> found;
  for (const auto& [name, principals] : state.principals) {
    if (!request.tenant.empty() && request.tenant != name)
      continue;
    const auto* principal = rules::find_principal(principals, uid, gid);
    if (principal != nullptr)
      found.push_back({&name, principal});
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
    names += (names.empty() ? "'" : ", '") + *each.tenant + "'";
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

/// Sessions of this node count here, without a round of consensus; those that
/// the tables know count everywhere.
std::optional<rules::quota_refusal> check_quota(const catalog_state& state,
                                                const std::string& tenant) {
  const auto& tenants = state.machine.now().all().tenants;
  const auto found = tenants.find(tenant);
  if (found == tenants.end())
    return std::nullopt; // only as first_principals lets it in
  const auto& quota = found->second.quota;
  const auto here = state.sessions_of.find(tenant);
  const auto used = quota.used().sessions
                    + (here == state.sessions_of.end() ? 0 : here->second);
  if (used < quota.limits().sessions)
    return std::nullopt;
  return rules::quota_refusal{rules::quota_kind::sessions, 1, used,
                              quota.limits().sessions};
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
  const auto& tenant = *found.front().tenant;
  const auto& principal = *found.front().principal;
  if (const auto no = check_quota(state, tenant))
    return make_error(shm::errc::quota, to_string(*no));
  const auto address = caf::actor_cast<caf::actor_addr>(self->current_sender());
  const auto id = state.next_session++;
  ++state.sessions_of[tenant];
  state.sessions.emplace(
    address, catalog_state::session{
               tenant,
               {id, principal.name, request.client, request.credentials, 0, 0},
               state.options.now()});
  self->monitor(address);
  return admission{id, tenant, principal.name, principal.grants};
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
  const auto& regions = self->state.machine.now().all().regions;
  tenant_totals totals;
  for (auto at = regions.lower_bound({query.tenant, {}});
       at != regions.end() && at->first.tenant == query.tenant; ++at)
    ++totals.regions;
  const auto here = self->state.sessions_of.find(query.tenant);
  if (here != self->state.sessions_of.end())
    totals.sessions = here->second;
  return totals;
}

void forget_session(catalog_pointer self, const caf::actor_addr& address) {
  auto& state = self->state;
  const auto found = state.sessions.find(address);
  if (found == state.sessions.end())
    return;
  const auto counted = state.sessions_of.find(found->second.tenant);
  if (--counted->second == 0)
    state.sessions_of.erase(counted);
  state.sessions.erase(found);
}

} // namespace holdfast::actors

// Sessions: opened, taken over by another node, closed.
#include "actors/rules/catalog/checks.hpp"
#include "actors/rules/catalog/tables.hpp"

#include <algorithm>

namespace holdfast::catalog {

namespace {

using shm::errc;

outcome no_session(std::uint64_t id) {
  return refuse(errc::refused, "no session " + std::to_string(id));
}

} // namespace

outcome tables::decide(const open_session& what) {
  const auto found = now_.tenants.find(what.tenant);
  if (found == now_.tenants.end())
    return refuse(errc::refused, "no tenant " + in_quotes(what.tenant));
  const auto& principals = found->second.principals;
  if (std::none_of(
        principals.begin(), principals.end(),
        [&](const principal& each) { return each.who.name == what.principal; }))
    return refuse(errc::refused, "no principal " + in_quotes(what.principal));
  if (auto no = check_nodes({what.node}); !no.ok())
    return no;
  session opened{what.tenant, what.principal,  what.client,   what.uid,
                 what.node,   what.token_hash, now_.leader_ms};
  if (auto no = check(opened); !no.ok())
    return no;
  if (now_.sessions.size() >= bounds_.sessions)
    return refuse(errc::overloaded, "there are "
                                      + std::to_string(bounds_.sessions)
                                      + " sessions");
  if (const auto no = found->second.quota.charge_session())
    return refuse(errc::quota, to_string(*no));
  now_.sessions.emplace(now_.applied, std::move(opened));
  return {};
}

outcome tables::decide(const resume_session& what) {
  const auto found = now_.sessions.find(what.session);
  if (found == now_.sessions.end())
    return no_session(what.session);
  auto& session = found->second;
  // Whoever asks has compared the token in constant time; this only notices
  // that somebody else was first.
  if (session.token_hash.empty() || session.token_hash != what.token_hash)
    return refuse(errc::refused, "the token of session "
                                   + std::to_string(what.session)
                                   + " was replaced");
  if (auto no = check_nodes({what.node}); !no.ok())
    return no;
  auto resumed = session;
  resumed.node = what.node;
  resumed.token_hash = what.new_token_hash;
  if (auto no = check(resumed); !no.ok())
    return no;
  session = std::move(resumed);
  return {};
}

outcome tables::decide(const close_session& what) {
  const auto found = now_.sessions.find(what.session);
  if (found == now_.sessions.end())
    return no_session(what.session);
  now_.tenants.at(found->second.tenant).quota.refund_session();
  forget_origin({origin_kind::session, what.session, 0});
  now_.sessions.erase(found);
  return {};
}

} // namespace holdfast::catalog

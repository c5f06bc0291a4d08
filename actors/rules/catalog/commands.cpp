#include "actors/rules/catalog/commands.hpp"

#include <array>

namespace holdfast::catalog {

namespace {

constexpr std::array<std::string_view, std::variant_size_v<command>> names{
  "ensure_tenant",  "create_tenant",    "remove_tenant", "change_quota",
  "put_principal",  "remove_principal", "create_region", "remove_region",
  "release_region", "grow_region",      "add_variables", "remove_variables",
  "move_home",      "set_placement",    "settle_region", "join_member",
  "leave_member",   "change_member",    "decide_health", "open_session",
  "resume_session", "close_session",    "prefer_home",   "report_region"};

std::string node_text(node_id node) {
  return "node " + std::to_string(node);
}

std::string session_text(std::uint64_t session) {
  return "session " + std::to_string(session);
}

struct target {
  std::string operator()(const put_principal& of) const {
    return of.tenant + '/' + of.principal.who.name;
  }

  std::string operator()(const remove_principal& of) const {
    return of.tenant + '/' + of.name;
  }

  std::string operator()(const release_region& of) const {
    return "region " + std::to_string(of.id) + " on " + node_text(of.node);
  }

  std::string operator()(const resume_session& of) const {
    return session_text(of.session);
  }

  std::string operator()(const close_session& of) const {
    return session_text(of.session);
  }

  std::string operator()(const open_session& of) const {
    return of.tenant + '/' + of.principal;
  }

  template <class Command>
  std::string operator()(const Command& of) const {
    if constexpr (requires { of.name.region; })
      return of.name.tenant + '/' + of.name.region;
    else if constexpr (requires { of.node; })
      return node_text(of.node);
    else
      return of.tenant;
  }
};

} // namespace

std::string_view name_of(const command& what) noexcept {
  return names[what.index()];
}

std::string target_of(const command& what) {
  return std::visit(target{}, what);
}

} // namespace holdfast::catalog

// What a session tells about the node and changes in its tenant.
#include "actors/commands.hpp"
#include "actors/session_replies.hpp"
#include "config/defaults.hpp"
#include "shm/layout.hpp"

#include <algorithm>
#include <iterator>
#include <map>

namespace holdfast::actors {

namespace {

/// Rows in one page: this many of the longest fit one frame.
constexpr std::size_t page_rows_max = 100;

std::string word_of(shm::layout::region_state state) {
  switch (state) {
  case shm::layout::region_state::active:
    return "active";
  case shm::layout::region_state::fenced:
    return "fenced";
  case shm::layout::region_state::moved:
    return "moved";
  case shm::layout::region_state::revoked:
    return "revoked";
  }
  return "?";
}

std::string text_of(const std::set<catalog::node_id>& nodes) {
  std::string made;
  for (const auto node : nodes)
    made += (made.empty() ? "" : " ") + std::to_string(node);
  return made;
}

/// What the tables say of where it lives.
void add_placement(wire::fields& row, const catalog::placement& placed) {
  row.push_back({"replicas", text_of(placed.replicas)});
  row.push_back({"settled", placed.epoch != 0
                              && placed.settled_epoch == placed.epoch
                              && placed.settled_holders == placed.holders()
                              && placed.forgot.empty()});
  row.push_back({"began_empty", placed.began_empty});
}

wire::fields row_of(const region_report& report, rules::right_set rights) {
  const auto& now = report.status;
  return {{"region", report.name},
          {"bytes", now.bytes},
          {"bytes_max", now.bytes_max},
          {"bytes_free", now.bytes_free},
          {"variables", std::uint64_t{now.variables}},
          {"variables_max", std::uint64_t{now.variables_max}},
          {"clients", std::uint64_t{now.clients}},
          {"epoch", now.epoch},
          {"home", now.home},
          {"state", word_of(now.state)},
          {"role", std::string{report.replicated.phase
                                   == region_replica::phase::following
                                 ? "replica"
                                 : "home"}},
          {"whole", text_of(report.replicated.whole)},
          {"rights", to_string(rights)}};
}

/// One that is not on this node: what the tables say of it.
wire::fields row_of(const planned_region& planned, rules::right_set rights,
                    std::uint64_t here) {
  const auto& [name, region] = planned;
  const auto& placed = region.placement;
  return {
    {"region", name.region},
    {"bytes", region.options.bytes},
    {"bytes_max", region.options.bytes_max},
    {"bytes_free", std::uint64_t{0}},
    {"variables", std::uint64_t{region.variables.size()}},
    {"variables_max", std::uint64_t{region.options.variables_max}},
    {"clients", std::uint64_t{0}},
    {"epoch", placed.epoch},
    {"home", placed.home},
    {"state", std::string{placed.home == here ? "unavailable" : "elsewhere"}},
    {"role", std::string{placed.home == here ? "home" : "none"}},
    {"rights", to_string(rights)}};
}

/// Answers of many regions on their way into one reply.
struct gathering {
  std::uint64_t request_id = 0;
  std::size_t open = 0;
  bool more = false;
  std::map<std::string, wire::fields> rows; ///< by name
};

void finish_if_complete(session_pointer self,
                        const std::shared_ptr<gathering>& into) {
  if (into->open != 0)
    return;
  wire::rows rows;
  for (auto& [_, row] : into->rows)
    rows.push_back(std::move(row));
  answer(self, into->request_id,
         {{"rows", std::move(rows)}, {"more", into->more}});
}

/// The row of a region that is here comes from its actor; that of another one
/// stands already.
void ask_for_row(session_pointer self, const std::shared_ptr<gathering>& into,
                 const located_region& located, rules::right_set rights,
                 const catalog::placement& placed) {
  ++into->open;
  self->request(located.actor, caf::infinite, region_status_query{})
    .then(
      [=](const region_report& report) {
        auto row = row_of(report, rights);
        add_placement(row, placed);
        into->rows[report.name] = std::move(row);
        --into->open;
        finish_if_complete(self, into);
      },
      [=](const caf::error&) {
        // It was removed between the list and the question.
        into->rows.erase(located.name);
        --into->open;
        finish_if_complete(self, into);
      });
}

void gather(session_pointer self, const asked& request,
            const placed_regions& all, const located_regions& here) {
  const auto into = std::make_shared<gathering>();
  into->request_id = request.id;
  const auto after = request.text("after");
  std::map<std::string, located_region> located;
  for (const auto& each : here.regions)
    located.emplace(each.name, each);
  for (const auto& planned : all.regions) {
    const auto& name = planned.name.region;
    const auto rights = rules::rights_on(self->state.who->grants, name);
    if (name <= after || rights.empty())
      continue;
    if (into->rows.size() == page_rows_max) {
      into->more = true;
      break;
    }
    const auto& placed = planned.region.placement;
    auto row = row_of(planned, rights, self->state.options.node.id);
    add_placement(row, placed);
    into->rows.emplace(name, std::move(row));
    if (const auto found = located.find(name); found != located.end())
      ask_for_row(self, into, found->second, rights, placed);
  }
  finish_if_complete(self, into);
}

/// "written", or what is wrong with it.
void add_disk(wire::fields& row, const region_report& report) {
  const auto state = report.disk;
  row.push_back(
    {"durability", std::string{state == disk_state::none ? "memory" : "disk"}});
  if (state == disk_state::none)
    return;
  row.push_back(
    {"disk", std::string{state == disk_state::failing  ? "failing"
                         : state == disk_state::behind ? "behind"
                                                       : "written"}});
  row.push_back({"disk_trouble", report.disk_trouble});
}

void add_where_it_lives(session_pointer self, const asked& request,
                        const region_report& report) {
  auto row
    = row_of(report, rules::rights_on(self->state.who->grants, report.name));
  self
    ->request(self->state.options.catalog, caf::infinite,
              home_query{region_named_in(self, request)})
    .then(
      [self, id = request.id, row, report](const region_home& home) mutable {
        const auto& now = report.status;
        add_placement(row, home.placed);
        row.push_back({"applied", now.applied});
        row.push_back({"drains", now.drains});
        row.push_back({"repairs", now.repairs});
        row.push_back({"mended", report.mended});
        add_disk(row, report);
        answer(self, id, std::move(row));
      },
      refusing(self, request.id));
}

std::uint64_t boot_ns(shm::boot_clock::time_point at) {
  return static_cast<std::uint64_t>(at.time_since_epoch().count());
}

} // namespace

void help(session_pointer self, const asked& request) {
  wire::rows rows;
  for (const auto& each : all_commands())
    rows.push_back({{"command", std::string{each.name}},
                    {"arguments", describe_arguments(each)},
                    {"right", std::string{name_of(each.right)}},
                    {"summary", std::string{each.summary}}});
  answer(self, request.id, {{"rows", std::move(rows)}});
}

namespace {

/// Whether the node can take part in decisions. Regions have states of their
/// own.
std::string word_of(const cluster_report& report) {
  return report.draining          ? "draining"
         : report.now.leader == 0 ? "leaderless"
                                  : "serving";
}

void tell_status_as(session_pointer self, const asked& request,
                    const std::string& state) {
  self
    ->request(self->state.options.catalog, caf::infinite,
              totals_query{self->state.who->tenant})
    .then(
      [self, id = request.id, state](const tenant_totals& totals) {
        const auto& [node, who]
          = std::tie(self->state.options.node, *self->state.who);
        const auto uptime = self->state.options.now() - node.started;
        answer(self, id,
               {{"node", node.id},
                {"name", node.name},
                {"version", node.version},
                {"uptime_ms",
                 boot_ns(shm::boot_clock::time_point{uptime}) / 1'000'000},
                {"state", state},
                {"regions", totals.regions},
                {"sessions", totals.sessions},
                {"tenant", who.tenant},
                {"principal", who.principal}});
      },
      refusing(self, request.id));
}

} // namespace

void tell_status(session_pointer self, const asked& request) {
  if (!self->state.options.cluster)
    return tell_status_as(self, request, "serving");
  self
    ->request(self->state.options.cluster, caf::infinite,
              cluster_status_query{})
    .then(
      [=](const cluster_report& report) {
        tell_status_as(self, request, word_of(report));
      },
      refusing(self, request.id));
}

void tell_version(session_pointer self, const asked& request) {
  answer(self, request.id,
         {{"version", self->state.options.node.version},
          {"protocol", std::uint64_t{wire::version}},
          {"layout", std::uint64_t{shm::layout::version}}});
}

void tell_time(session_pointer self, const asked& request) {
  const auto wall = std::chrono::duration_cast<std::chrono::nanoseconds>(
    self->state.options.wall_now().time_since_epoch());
  answer(self, request.id,
         {{"unix_ns", static_cast<std::uint64_t>(wall.count())},
          {"boot_ns", boot_ns(self->state.options.now())}});
}

void list_regions(session_pointer self, const asked& request) {
  const auto tenant = self->state.who->tenant;
  self
    ->request(self->state.options.catalog, caf::infinite,
              placed_regions_query{tenant})
    .then(
      [=](const placed_regions& all) {
        self
          ->request(self->state.options.keeper, caf::infinite,
                    regions_query{tenant})
          .then(
            [=](const located_regions& here) {
              gather(self, request, all, here);
            },
            refusing(self, request.id));
      },
      refusing(self, request.id));
}

void tell_region(session_pointer self, const asked& request) {
  with_region(self, request, [=](const tenant_region_actor& region) {
    self->request(region, caf::infinite, region_status_query{})
      .then(
        [self, request](const region_report& report) {
          add_where_it_lives(self, request, report);
        },
        refusing(self, request.id));
  });
}

void create_region(session_pointer self, const asked& request) {
  const auto& fields = request.fields;
  const auto bytes = wire::number_or(fields, "bytes", 0);
  const auto variables = wire::number_or(fields, "variables_max",
                                         config::region_variables_default);
  if (variables > config::region_variables_max)
    return refuse(
      self, request.id,
      shm::failed(shm::errc::bad_argument, "'variables_max' is 1 to 65536"));
  const auto copies
    = wire::number_or(fields, "copies", config::region_copies_default);
  if (copies < config::region_copies_min || copies > config::region_copies_max)
    return refuse(self, request.id,
                  shm::failed(shm::errc::bad_argument, "'copies' is 1 to 7"));
  catalog::create_region made;
  made.name = region_named_in(self, request);
  made.options.bytes = bytes;
  made.options.bytes_max = wire::number_or(fields, "bytes_max", bytes);
  made.options.variables_max = static_cast<std::uint32_t>(variables);
  made.options.clients_max = config::clients_per_region_max;
  made.options.copies = static_cast<std::uint32_t>(copies);
  made.options.node_writes_only = request.text("writers") == "node";
  made.options.durable = request.text("durability") == "disk";
  change_catalog(self, request, std::move(made));
}

void remove_region(session_pointer self, const asked& request) {
  change_catalog(self, request,
                 catalog::remove_region{region_named_in(self, request)});
}

void grow_region(session_pointer self, const asked& request) {
  change_catalog(
    self, request,
    catalog::grow_region{region_named_in(self, request),
                         wire::number_or(request.fields, "bytes", 0)});
}

void move_region(session_pointer self, const asked& request) {
  change_catalog(
    self, request,
    catalog::prefer_home{region_named_in(self, request),
                         wire::number_or(request.fields, "node", 0)});
}

void list_sessions(session_pointer self, const asked& request) {
  const auto after = wire::number_or(request.fields, "after", 0);
  self
    ->request(self->state.options.catalog, caf::infinite,
              sessions_query{self->state.who->tenant})
    .then(
      [self, id = request.id, after](const session_listings& all) {
        wire::rows rows;
        bool more = false;
        for (const auto& each : all.sessions) {
          if (each.session <= after)
            continue;
          more = rows.size() == page_rows_max;
          if (more)
            break;
          rows.push_back({{"session", each.session},
                          {"principal", each.principal},
                          {"client", each.client},
                          {"uid", std::uint64_t{each.credentials.uid}},
                          {"pid", std::int64_t{each.credentials.pid}},
                          {"regions", std::uint64_t{each.regions}},
                          {"age_ms", each.age_ms}});
        }
        answer(self, id, {{"rows", std::move(rows)}, {"more", more}});
      },
      refusing(self, request.id));
}

} // namespace holdfast::actors

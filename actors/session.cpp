#include "actors/session.hpp"

#include "actors/commands.hpp"
#include "actors/session_replies.hpp"

#include <array>
#include <cassert>
#include <utility>

namespace holdfast::actors {

namespace {

constexpr std::uint64_t protocol_version = 1;

using runner = void (*)(session_pointer, const asked&);

struct named_runner {
  std::string_view command;
  runner run;
};

constexpr std::array runners{
  named_runner{"hello", hello},
  named_runner{"help", help},
  named_runner{"status", tell_status},
  named_runner{"version", tell_version},
  named_runner{"time", tell_time},
  named_runner{"regions", list_regions},
  named_runner{"region", tell_region},
  named_runner{"variables", list_variables},
  named_runner{"attach", attach},
  named_runner{"detach", detach},
  named_runner{"watch", watch},
  named_runner{"flush", flush},
  named_runner{"confirm", confirm},
  named_runner{"store", store},
  named_runner{"load", load},
  named_runner{"add_variable", add_variable},
  named_runner{"remove_variable", remove_variable},
  named_runner{"create_region", create_region},
  named_runner{"remove_region", remove_region},
  named_runner{"grow_region", grow_region},
  named_runner{"sessions", list_sessions},
  named_runner{"audit", list_decisions},
  named_runner{"cluster_status", tell_cluster_status},
  named_runner{"cluster_instances", list_instances},
  named_runner{"members", list_members},
  named_runner{"members_add", add_member},
  named_runner{"members_promote", promote_member},
  named_runner{"members_remove", remove_member},
  named_runner{"members_leave", leave_members},
  named_runner{"leader_transfer", transfer_leader},
  named_runner{"move_region", move_region},
  named_runner{"drain", drain_node},
  named_runner{"resume", resume_node},
};

runner runner_of(std::string_view command) {
  for (const auto& each : runners)
    if (each.command == command)
      return each.run;
  assert(false && "every command of the registry has a runner");
  return nullptr;
}

// -- sending -----------------------------------------------------------------

void send(session_pointer self, const wire::frame& frame,
          std::vector<shm::shared_descriptor> descriptors = {}) {
  auto packet = wire::encode(frame);
  if (!packet) {
    packet
      = wire::encode(wire::failure_of(frame.request_id, packet.assume_error()));
    descriptors.clear();
  }
  assert(packet);
  self->state.line->send(std::move(packet).assume_value(),
                         std::move(descriptors));
}

void log_began(session_pointer self) {
  const auto client = std::exchange(self->state.newcomer, std::nullopt);
  if (!client)
    return;
  const auto& options = self->state.options;
  const auto& who = *self->state.who;
  options.log(log_level::info, "a session began",
              {{"session", std::to_string(who.session)},
               {"tenant", who.tenant},
               {"principal", who.principal},
               {"client", *client},
               {"uid", std::to_string(options.credentials.uid)},
               {"pid", std::to_string(options.credentials.pid)}});
}

void log_ended(session_pointer self, const std::string& reason) {
  const auto& who = self->state.who;
  if (!who)
    return;
  log_began(self); // nobody has had the time yet
  self->state.options.log(
    log_level::info, "a session ended",
    {{"session", std::to_string(who->session)},
     {"tenant", who->tenant},
     {"principal", who->principal},
     {"regions", std::to_string(self->state.holdings.size())},
     {"reason", reason}});
}

void end(session_pointer self, const std::string& reason) {
  wire::frame notice;
  notice.kind = wire::frame_kind::notice;
  notice.fields = {{"event", "closing"}, {"reason", reason}};
  send(self, notice);
  log_ended(self, reason);
  self->quit();
}

/// Answers a request that broke the rules, and ends the line.
void end_with(session_pointer self, std::uint64_t request_id,
              const shm::error& error) {
  send(self, wire::failure_of(request_id, error));
  end(self, error.message());
}

// -- rights ------------------------------------------------------------------

/// The single right that a request needs, if it needs one.
std::optional<rules::right> right_for(const command& command,
                                      const asked& request) {
  switch (command.right) {
  case right_needed::read:
    return rules::right::read;
  case right_needed::write:
    return rules::right::write;
  case right_needed::create:
    return rules::right::create;
  case right_needed::admin:
  case right_needed::admin_anywhere:
    return rules::right::admin;
  case right_needed::as_access:
    return request.text("access") == "write" ? rules::right::write
                                             : rules::right::read;
  case right_needed::none:
  case right_needed::any:
  case right_needed::operate:
    return std::nullopt;
  }
  return std::nullopt;
}

/// Root and the node's own user could do as they like with it anyway.
shm::result<void> check_operator(const session_options& options,
                                 const command& command) {
  const auto uid = options.credentials.uid;
  if (uid == 0 || uid == options.node.uid)
    return boost::outcome_v2::success();
  return shm::failed(shm::errc::no_right,
                     "'" + std::string{command.name}
                       + "' needs an operator: root or the node's user");
}

shm::result<void> check_right(const session_options& options,
                              const admission& who, const command& command,
                              const asked& request) {
  if (command.right == right_needed::none)
    return boost::outcome_v2::success();
  if (command.right == right_needed::operate)
    return check_operator(options, command);
  const auto region = request.text("region");
  const auto held = rules::rights_on(who.grants, region);
  const auto needed = right_for(command, request);
  const bool ok = command.right == right_needed::admin_anywhere
                    ? rules::has_anywhere(who.grants, rules::right::admin)
                  : needed ? held.has(*needed)
                           : !held.empty();
  if (ok)
    return boost::outcome_v2::success();
  auto detail = "'" + std::string{command.name} + "' needs "
                + std::string{needed ? name_of(*needed) : "some right"};
  detail += command.right == right_needed::admin_anywhere
              ? " on some region"
              : " on region '" + region + "'";
  return shm::failed(shm::errc::no_right, std::move(detail));
}

// -- requests ----------------------------------------------------------------

void dispatch(session_pointer self, wire::frame frame) {
  const auto id = frame.request_id;
  const auto found = find_command(frame.command);
  if (!found)
    return refuse(self, id, found.assume_error());
  const auto& command = *found.assume_value();
  if (auto checked = check_arguments(command, frame.fields); !checked)
    return refuse(self, id, checked.assume_error());
  const asked request{id, std::move(frame.fields)};
  if (self->state.who)
    if (auto checked
        = check_right(self->state.options, *self->state.who, command, request);
        !checked)
      return refuse(self, id, checked.assume_error());
  runner_of(command.name)(self, request);
}

void on_packet(session_pointer self, const line_packet& packet) {
  self->state.under_way = session_state::work::request;
  auto decoded = wire::decode(packet.bytes);
  if (!decoded)
    return end_with(self, 0, decoded.assume_error());
  auto frame = std::move(decoded).assume_value();
  if (frame.kind != wire::frame_kind::request)
    return end_with(
      self, frame.request_id,
      shm::failed(shm::errc::protocol, "a client sends requests only"));
  const bool is_hello = frame.command == "hello";
  if (is_hello == self->state.who.has_value())
    return end_with(
      self, frame.request_id,
      shm::failed(shm::errc::protocol,
                  is_hello ? "'hello' comes once" : "'hello' comes first"));
  dispatch(self, std::move(frame));
}

void on_rang(session_pointer self) {
  for (const auto& [name, holding] : self->state.holdings)
    if (holding.access == shm::access::write)
      self->send(holding.region, doorbell_rung{});
}

void on_overdue(session_pointer self) {
  if (self->state.under_way == session_state::work::request)
    end(self, "an answer is overdue");
}

void on_closed(session_pointer self, const std::string& reason) {
  log_ended(self, reason);
  self->quit();
}

void welcome(session_pointer self, std::uint64_t request_id,
             const admission& who, const std::string& client) {
  const auto& options = self->state.options;
  self->state.who = who;
  self->state.newcomer = client;
  self->state.line->admitted();
  answer(
    self, request_id,
    {{"node", options.node.id},
     {"node_name", options.node.name},
     {"version", options.node.version},
     {"session", who.session},
     {"tenant", who.tenant},
     {"principal", who.principal},
     {"lease_ms", static_cast<std::uint64_t>(options.node.lease.count())}});
}

} // namespace

void answer(session_pointer self, std::uint64_t request_id, wire::fields fields,
            std::vector<shm::shared_descriptor> descriptors) {
  wire::frame reply;
  reply.kind = wire::frame_kind::reply;
  reply.request_id = request_id;
  reply.descriptors = static_cast<std::uint16_t>(descriptors.size());
  reply.fields = std::move(fields);
  send(self, reply, std::move(descriptors));
  self->state.under_way = session_state::work::none;
  self->state.line->next();
}

void refuse(session_pointer self, std::uint64_t request_id,
            const shm::error& error) {
  // A client that is not known yet gets one try.
  if (!self->state.who)
    return end_with(self, request_id, error);
  send(self, wire::failure_of(request_id, error));
  self->state.under_way = session_state::work::none;
  self->state.line->next();
}

catalog::region_name region_named_in(session_pointer self,
                                     const asked& request) {
  return {self->state.who->tenant, request.text("region")};
}

void change_catalog(session_pointer self, const asked& request,
                    catalog::command command) {
  const auto& who = *self->state.who;
  catalog::caller by{who.tenant, who.principal, who.session, 0,
                     "uid "
                       + std::to_string(self->state.options.credentials.uid)};
  self->state.under_way = session_state::work::unhurried;
  self
    ->request(self->state.options.catalog, caf::infinite,
              command_request{std::move(command), std::move(by)})
    .then([self, id = request.id] { answer(self, id, {}); },
          refusing(self, request.id));
}

void hello(session_pointer self, const asked& request) {
  const auto protocol = wire::number_or(request.fields, "protocol", 0);
  if (protocol != protocol_version)
    return refuse(
      self, request.id,
      shm::failed(shm::errc::protocol, "this node speaks protocol 1, not "
                                         + std::to_string(protocol)));
  auto client = request.text("client");
  if (client.size() > wire::name_bytes_max)
    return refuse(
      self, request.id,
      shm::failed(shm::errc::bad_argument, "'client' has at most 63 bytes"));
  self
    ->request(self->state.options.catalog, caf::infinite,
              admit_request{self->state.options.credentials,
                            request.text("tenant"), client})
    .then([self, id = request.id,
           client](const admission& who) { welcome(self, id, who, client); },
          refusing(self, request.id));
}

session_actor::behavior_type session(session_pointer self,
                                     session_options options) {
  self->state.line = line_owner{std::move(options.line)};
  self->state.options = std::move(options);
  return {
    [self](const line_packet& packet) { on_packet(self, packet); },
    [self](line_rang) { on_rang(self); },
    [self](line_overdue) { on_overdue(self); },
    [self](line_settled) { log_began(self); },
    [self](retry_due) { try_again(self); },
    [self](const line_closed& closed) { on_closed(self, closed.reason); },
    [self](const session_dismissed& why) { end(self, why.reason); },
  };
}

} // namespace holdfast::actors

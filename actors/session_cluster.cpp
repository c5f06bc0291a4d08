// What a session tells about the cluster and changes in it.
#include "actors/commands.hpp"
#include "actors/session_replies.hpp"
#include "config/address.hpp"

namespace holdfast::actors {

namespace {

std::uint64_t microseconds_of(std::chrono::nanoseconds taken) {
  return static_cast<std::uint64_t>(taken.count()) / 1000;
}

std::string_view word_of(peer_phase phase) {
  switch (phase) {
  case peer_phase::waiting:
    return "waiting";
  case peer_phase::dialing:
    return "dialing";
  case peer_phase::hello:
    return "hello";
  case peer_phase::linked:
    return "linked";
  }
  return "?";
}

wire::fields row_of(const cluster_instance& node) {
  const auto& seen = node.seen;
  return {{"node", seen.node},
          {"address", seen.address},
          {"self", node.self},
          {"state", std::string{rules::text_of(seen.state)}},
          {"reason", node.self ? std::string{"it is this node"}
                               : std::string{rules::text_of(seen.reason)}},
          {"role", std::string{rules::text_of(node.role)}},
          {"draining", node.draining},
          {"link", std::string{word_of(seen.phase)}},
          {"refused", seen.refused},
          {"rtt_us", microseconds_of(seen.round_trip_smooth)},
          {"bytes_in", seen.bytes_in},
          {"bytes_out", seen.bytes_out},
          {"links", seen.links}};
}

std::string word_of(std::optional<consensus::member_role> role) {
  if (!role)
    return "none";
  return *role == consensus::member_role::voter ? "voter" : "learner";
}

wire::fields row_of(const listed_member& member, consensus::node_id leader) {
  const bool open = member.newest != member.agreed;
  return {{"node", member.node},
          {"address", member.address},
          {"role", word_of(member.agreed)},
          {"proposed", open ? word_of(member.newest) : std::string{}},
          {"leader", member.node == leader}};
}

/// Asks the cluster for something that has no answer but done.
template <class Message>
void order(session_pointer self, const asked& request, const Message& message) {
  self->request(self->state.options.cluster, caf::infinite, message)
    .then([self, id = request.id] { answer(self, id, {}); },
          refusing(self, request.id));
}

void change_members(session_pointer self, const asked& request,
                    consensus::change::step what, std::string address) {
  consensus::change wanted;
  wanted.what = what;
  wanted.subject = {wire::number_or(request.fields, "node", 0),
                    std::move(address), consensus::member_role::learner};
  order(self, request, change_cluster_request{std::move(wanted)});
}

} // namespace

void tell_cluster_status(session_pointer self, const asked& request) {
  self
    ->request(self->state.options.cluster, caf::infinite,
              cluster_status_query{true})
    .then(
      [self, id = request.id](const cluster_report& report) {
        const auto& now = report.now;
        answer(self, id,
               {{"node", report.node},
                {"total", std::uint64_t{now.total}},
                {"healthy", std::uint64_t{now.healthy}},
                {"suspected", std::uint64_t{now.suspected}},
                {"down", std::uint64_t{now.down}},
                {"degraded", now.degraded},
                {"quorum", now.quorum_available},
                {"leader", now.leader},
                {"term", now.term},
                {"role", std::string{rules::text_of(now.role)}},
                {"draining", report.draining},
                {"key", report.key},
                {"applied", report.tables.index},
                {"tables", report.tables.digest},
                {"differs", report.differs}});
      },
      refusing(self, request.id));
}

void list_instances(session_pointer self, const asked& request) {
  self
    ->request(self->state.options.cluster, caf::infinite,
              cluster_instances_query{})
    .then(
      [self, id = request.id](const cluster_instances& all) {
        wire::rows rows;
        for (const auto& node : all.nodes)
          rows.push_back(row_of(node));
        answer(self, id, {{"rows", std::move(rows)}});
      },
      refusing(self, request.id));
}

void list_members(session_pointer self, const asked& request) {
  self->request(self->state.options.cluster, caf::infinite, members_query{})
    .then(
      [self, id = request.id](const member_list& all) {
        wire::rows rows;
        for (const auto& member : all.members)
          rows.push_back(row_of(member, all.leader));
        answer(self, id, {{"rows", std::move(rows)}});
      },
      refusing(self, request.id));
}

void add_member(session_pointer self, const asked& request) {
  auto address = request.text("address");
  if (!config::parse_address(address))
    return refuse(
      self, request.id,
      shm::failed(shm::errc::bad_argument, "'address' must be host:port"));
  change_members(self, request, consensus::change::step::add,
                 std::move(address));
}

void promote_member(session_pointer self, const asked& request) {
  change_members(self, request, consensus::change::step::promote, {});
}

void remove_member(session_pointer self, const asked& request) {
  change_members(self, request, consensus::change::step::remove, {});
}

void leave_members(session_pointer self, const asked& request) {
  consensus::change wanted;
  wanted.what = consensus::change::step::remove;
  wanted.subject.id = self->state.options.node.id;
  order(self, request, change_cluster_request{std::move(wanted)});
}

void transfer_leader(session_pointer self, const asked& request) {
  order(self, request,
        hand_over_request{wire::number_or(request.fields, "to", 0), false});
}

void drain_node(session_pointer self, const asked& request) {
  order(self, request, drain_node_request{true});
}

void resume_node(session_pointer self, const asked& request) {
  order(self, request, drain_node_request{false});
}

} // namespace holdfast::actors

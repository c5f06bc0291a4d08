// What only the leader can do, asked for at any node: a request that cannot be
// served here is passed on to the leader's cluster actor, once.
//
// Between the two travels a frame: a request with its command and fields. A
// call is believed in so far as its sender is that node (the peer has seen to
// it); members of a cluster trust each other with its membership.
#include "actors/cluster_parts.hpp"
#include "actors/error.hpp"
#include "shm/wire/frame.hpp"

#include <array>
#include <span>
#include <type_traits>

namespace holdfast::actors {

namespace {

using step = consensus::change::step;

constexpr std::array<std::pair<step, std::string_view>, 4> step_words{
  {{step::add, "add"},
   {step::promote, "promote"},
   {step::demote, "demote"},
   {step::remove, "remove"}}};

// -- frames -------------------------------------------------------------------

shm::result<std::string> body_of(std::string command, wire::fields fields) {
  wire::frame frame;
  frame.command = std::move(command);
  frame.fields = std::move(fields);
  auto packet = wire::encode(frame);
  if (!packet)
    return std::move(packet).assume_error();
  const auto& bytes = packet.assume_value();
  return std::string{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

shm::result<wire::frame> frame_in(const std::string& body) {
  return wire::decode(std::as_bytes(std::span{body.data(), body.size()}));
}

wire::rows rows_in(const call_answer& answer) {
  const auto frame = frame_in(answer.body);
  if (!frame)
    return {};
  const auto* rows = wire::find(frame.assume_value().fields, "rows");
  const auto* all = rows != nullptr ? std::get_if<wire::rows>(rows) : nullptr;
  return all != nullptr ? *all : wire::rows{};
}

// -- asking -------------------------------------------------------------------

caf::error no_leader() {
  return make_error(shm::errc::no_leader, "nobody leads at the moment");
}

/// The leader's peer, or null.
const peer_actor* leaders_peer(const cluster_state& state) {
  const auto found = state.nodes.find(state.known.leader);
  return found == state.nodes.end() ? nullptr : &found->second.peer;
}

/// Asks the leader; answers with `said` when it is done.
template <class Said>
caf::result<Said> pass_on(cluster_pointer self, std::string command,
                          wire::fields fields) {
  const auto* leader = leaders_peer(self->state);
  if (leader == nullptr)
    return no_leader();
  auto body = body_of(std::move(command), std::move(fields));
  if (!body)
    return make_error(body.assume_error());
  caf::response_promise answer = self->make_response_promise();
  const auto deadline = self->state.options.call_deadline;
  self
    ->request(*leader, deadline * 2,
              peer_call{std::move(body).assume_value(), deadline})
    .then(
      [answer](const call_answer& got) mutable {
        if constexpr (std::is_void_v<Said>)
          answer.deliver(caf::unit);
        else
          answer.deliver(got);
      },
      [answer](caf::error& error) mutable {
        answer.deliver(std::move(error));
      });
  return caf::delegated<Said>{};
}

// -- doing, at the leader -----------------------------------------------------

template <class Message, class Then>
void ask_elector(cluster_pointer self, const Message& message, Then then,
                 caf::response_promise answer) {
  self
    ->request(self->state.options.elector, self->state.options.call_deadline,
              message)
    .then(then, [answer](caf::error& error) mutable {
      answer.deliver(std::move(error));
    });
}

/// Its row goes before anybody is told, and with it the key that it is known
/// by: it may be added again at once, as another. If that fails, the next look
/// at the members does it.
template <class Said>
void forget_member(cluster_pointer self, std::uint64_t node,
                   caf::response_promise answer, Said said) {
  self
    ->request(self->state.options.catalog, caf::infinite,
              command_request{catalog::leave_member{node}, {}})
    .then([answer, said]() mutable { answer.deliver(said); },
          [answer, said](const caf::error&) mutable { answer.deliver(said); });
}

/// Answers with `said` once it is done. Nobody gets a vote who would be missing
/// from every majority.
template <class Said>
void change_here(cluster_pointer self, const consensus::change& wanted,
                 caf::response_promise answer, Said said) {
  if (wanted.what == step::promote && !may_vote(self->state, wanted.subject.id))
    return answer.deliver(make_error(
      shm::errc::unavailable, "node " + std::to_string(wanted.subject.id)
                                + " does not answer this leader, or has not "
                                  "the whole log yet"));
  const auto done = [=](const proposal_result&) mutable {
    if (wanted.what == step::remove)
      forget_member(self, wanted.subject.id, answer, said);
    else
      answer.deliver(said);
  };
  ask_elector(self, change_member_request{wanted}, done, answer);
}

template <class Said>
void transfer_to(cluster_pointer self, std::uint64_t to,
                 caf::response_promise answer, Said said) {
  self->state.options.log(log_level::info, "leadership is handed over",
                          {{"to", std::to_string(to)}});
  ask_elector(
    self, transfer_request{to},
    [answer, said]() mutable { answer.deliver(said); }, answer);
}

caf::error nobody_fit() {
  return make_error(shm::errc::unavailable,
                    "no other voter is healthy and has the whole log");
}

/// To the lowest that is fit, when `to` is 0; as of now, since a leader of a
/// moment ago has not looked around yet.
template <class Said>
void hand_over_here(cluster_pointer self, std::uint64_t to,
                    caf::response_promise answer, Said said) {
  if (to != 0)
    return transfer_to(self, to, answer, said);
  const auto choose = [=](const elector_status& seen) mutable {
    auto& state = self->state;
    state.seen = seen;
    const auto heir
      = successor(state, std::chrono::duration_cast<std::chrono::milliseconds>(
                           state.options.now().time_since_epoch()));
    if (heir == 0)
      answer.deliver(nobody_fit());
    else
      transfer_to(self, heir, answer, said);
  };
  ask_elector(self, elector_status_query{}, choose, answer);
}

// -- serving ------------------------------------------------------------------

caf::result<call_answer> serve_change(cluster_pointer self,
                                      const wire::fields& said) {
  consensus::change wanted;
  const auto* word = wire::find_text(said, "step");
  for (const auto& [what, text] : step_words)
    if (word != nullptr && text == *word)
      wanted.what = what;
  wanted.subject.id = wire::number_or(said, "node", 0);
  if (const auto* address = wire::find_text(said, "address"))
    wanted.subject.address = *address;
  wanted.subject.role = consensus::member_role::learner;
  auto answer = self->make_response_promise();
  change_here(self, wanted, answer, call_answer{});
  return caf::delegated<call_answer>{};
}

/// A node that is asked by one who joins passes it on, once; members believe
/// each other.
caf::result<call_answer> serve_join(cluster_pointer self, std::uint64_t from,
                                    const wire::fields& said) {
  const auto* address = wire::find_text(said, "address");
  if (address == nullptr || !config::parse_address(*address))
    return make_error(shm::errc::bad_argument, "'address' must be host:port");
  const auto node = wire::number_or(said, "node", from);
  const auto empty = wire::number_or(said, "empty", 0);
  if (!self->state.leads) {
    if (node != from)
      return no_leader();
    return pass_on<call_answer>(
      self, "join", {{"node", node}, {"address", *address}, {"empty", empty}});
  }
  if (empty != 0)
    return let_in_anew(self, {node, *address});
  auto named = members_body(self->state);
  if (!named)
    return make_error(named.assume_error());
  const call_answer said_then{std::move(named).assume_value()};
  const auto wanted = change_for(self->state, node, *address);
  if (!wanted)
    return said_then;
  auto answer = self->make_response_promise();
  change_here(self, *wanted, answer, said_then);
  return caf::delegated<call_answer>{};
}

caf::result<call_answer> serve_hand_over(cluster_pointer self,
                                         const wire::fields& said) {
  auto answer = self->make_response_promise();
  hand_over_here(self, wire::number_or(said, "to", 0), answer, call_answer{});
  return caf::delegated<call_answer>{};
}

call_answer note_draining(cluster_pointer self, std::uint64_t node,
                          const wire::fields& said) {
  auto& draining = self->state.draining_others;
  if (wire::number_or(said, "draining", 0) != 0)
    draining.insert(node);
  else
    draining.erase(node);
  return {};
}

/// A leader is not removed: it hands over first, as one that is being emptied.
caf::result<void> begin_to_leave(cluster_pointer self) {
  auto& state = self->state;
  if (state.seen.core.members.members.size() < 2)
    return make_error(shm::errc::bad_argument, "the last member cannot leave");
  state.leaving = true;
  return set_draining(self, true);
}

} // namespace

caf::result<void> change_members(cluster_pointer self,
                                 const consensus::change& wanted) {
  if (wanted.what == step::remove
      && wanted.subject.id == self->state.options.node)
    return begin_to_leave(self);
  if (self->state.leads) {
    caf::response_promise answer = self->make_response_promise();
    change_here(self, wanted, answer, caf::unit);
    return caf::delegated<void>{};
  }
  wire::fields fields{{"node", wanted.subject.id},
                      {"address", wanted.subject.address}};
  for (const auto& [what, text] : step_words)
    if (what == wanted.what)
      fields.push_back({"step", std::string{text}});
  return pass_on<void>(self, "change", std::move(fields));
}

caf::result<void> hand_over(cluster_pointer self,
                            const hand_over_request& request) {
  if (!self->state.leads)
    return request.only_from_here
             ? caf::result<void>{caf::unit}
             : pass_on<void>(self, "hand_over", {{"to", request.to}});
  caf::response_promise answer = self->make_response_promise();
  hand_over_here(self, request.to, answer, caf::unit);
  return caf::delegated<void>{};
}

caf::result<void> set_draining(cluster_pointer self, bool draining) {
  self->state.draining = draining;
  self->state.options.log(
    log_level::info,
    draining ? "this node is being emptied" : "this node takes part again", {});
  tell_leader(self);
  return caf::unit;
}

caf::result<call_answer> serve(cluster_pointer self, const served_call& call) {
  const auto frame = frame_in(call.body);
  if (!frame)
    return make_error(frame.assume_error());
  const auto& [command, said]
    = std::tie(frame.assume_value().command, frame.assume_value().fields);
  if (command == "join")
    return serve_join(self, call.node, said);
  if (command == "tables")
    return serve_tables(self);
  if (!self->state.leads)
    return no_leader();
  if (command == "change")
    return serve_change(self, said);
  if (command == "hand_over")
    return serve_hand_over(self, said);
  if (command == "draining")
    return note_draining(self, call.node, said);
  return make_error(shm::errc::no_such_command, "a call of another node");
}

shm::result<std::string> join_body(const std::string& address, bool empty) {
  return body_of("join",
                 {{"address", address}, {"empty", std::uint64_t{empty}}});
}

shm::result<std::string> members_body(const cluster_state& state) {
  wire::rows rows;
  for (const auto& each : state.seen.core.members.members)
    rows.push_back({{"node", each.id}, {"address", each.address}});
  return body_of("members", {{"rows", std::move(rows)}});
}

shm::result<std::string> leave_body(std::uint64_t node) {
  return body_of("change", {{"node", node},
                            {"address", std::string{}},
                            {"step", std::string{"remove"}}});
}

shm::result<std::string> tables_body() {
  return body_of("tables", {});
}

shm::result<std::string> marks_body(const tables_digest& made) {
  wire::rows rows;
  for (const auto& each : made.marks)
    rows.push_back({{"index", each.index}, {"digest", each.digest}});
  return body_of("tables", {{"rows", std::move(rows)}});
}

std::vector<found_node> members_in(const call_answer& answer) {
  std::vector<found_node> found;
  for (const auto& row : rows_in(answer))
    if (const auto* address = wire::find_text(row, "address"))
      found.push_back({wire::number_or(row, "node", 0), *address});
  return found;
}

std::vector<catalog::tables_mark> marks_in(const call_answer& answer) {
  std::vector<catalog::tables_mark> found;
  for (const auto& row : rows_in(answer))
    if (const auto* digest = wire::find_text(row, "digest"))
      found.push_back({wire::number_or(row, "index", 0), *digest});
  return found;
}

void tell_leader(cluster_pointer self) {
  const auto& state = self->state;
  const auto* leader = leaders_peer(state);
  if (leader == nullptr)
    return;
  auto body
    = body_of("draining", {{"draining", std::uint64_t{state.draining}}});
  if (!body)
    return;
  self
    ->request(
      *leader, state.options.call_deadline * 2,
      peer_call{std::move(body).assume_value(), state.options.call_deadline})
    .then([](const call_answer&) {},
          [](const caf::error&) { /* said again to the next leader */ });
}

} // namespace holdfast::actors

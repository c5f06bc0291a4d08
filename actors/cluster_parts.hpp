// The parts of the cluster actor, for its own sources.
#pragma once

#include "actors/cluster.hpp"

#include <caf/all.hpp>

#include <vector>

namespace holdfast::actors {

// -- cluster_steering.cpp: who belongs to the cluster, and who leads ----------

void on_leadership(cluster_pointer self, const leadership& now);
void look_around(cluster_pointer self);
/// Two clusters may have one name and the same first members, when one was
/// begun anew: a node of the first is not to bring its log into the second. So
/// the peers are told the id as soon as there is one.
void watch_id(cluster_pointer self);
/// `stays`: also while it is no member.
void add_node(cluster_pointer self, const found_node& found, bool stays);

/// The lowest voter, other than this node, that could lead now; 0: none.
std::uint64_t successor(const cluster_state& state,
                        std::chrono::milliseconds now);

// -- cluster_placing.cpp: where regions live ----------------------------------

/// Asks for a plan, if anything has changed, and has its steps agreed on. Only
/// while this node leads.
void place_regions(cluster_pointer self);

// -- cluster_comparing.cpp: the same log, the same tables ---------------------

/// Asks the leader, now and then, what its tables are like.
void compare_tables(cluster_pointer self);

/// What this node's tables are like.
caf::result<call_answer> serve_tables(cluster_pointer self);

// -- cluster_view.cpp: what it tells ------------------------------------------

caf::result<cluster_report> report(cluster_pointer self,
                                   const cluster_status_query& query);
caf::result<cluster_instances> list_instances(cluster_pointer self);
caf::result<member_list> list_members(cluster_pointer self);

// -- cluster_join.cpp, and its calls ------------------------------------------

/// Asks the next of the other nodes to be let in, and for a vote, unless this
/// node has both or asks already.
void ask_to_join(cluster_pointer self);

/// There is none on disk: not only that the elector has not read it yet.
bool has_no_log(const cluster_state& state);

/// `empty`: its log is.
shm::result<std::string> join_body(const std::string& address, bool empty);
shm::result<std::string> leave_body(std::uint64_t node);

/// What the answer names: who joins has to know whom it lets in.
shm::result<std::string> members_body(const cluster_state& state);

/// The members that the answer to it names.
std::vector<found_node> members_in(const call_answer& answer);

shm::result<std::string> tables_body();
shm::result<std::string> marks_body(const tables_digest& made);
std::vector<catalog::tables_mark> marks_in(const call_answer& answer);

/// Has this node taken off the members, unless it leads: then the next leader
/// is asked.
void ask_to_leave(cluster_pointer self);

/// It answers this leader and has the whole log.
bool may_vote(const cluster_state& state, std::uint64_t node);

/// What the leader does next for a node that asks; nothing: it has all it can
/// have.
std::optional<consensus::change> change_for(const cluster_state& state,
                                            std::uint64_t node,
                                            const std::string& address);

// -- cluster_rejoining.cpp ----------------------------------------------------

/// At the leader, for a node whose log is empty: answered once it is a member
/// that nothing is expected of.
caf::result<call_answer> let_in_anew(cluster_pointer self,
                                     const found_node& who);

// -- cluster_calls.cpp: what only the leader can do, from any node ------------

caf::result<void> change_members(cluster_pointer self,
                                 const consensus::change& wanted);
caf::result<void> hand_over(cluster_pointer self,
                            const hand_over_request& request);
caf::result<void> set_draining(cluster_pointer self, bool draining);
caf::result<call_answer> serve(cluster_pointer self, const served_call& call);

/// Tells the leader of this node what it must know of it, without waiting.
void tell_leader(cluster_pointer self);

} // namespace holdfast::actors

#include "actors/consensus/raft_values.hpp"

#include "actors/consensus/membership.hpp"

#include <cassert>
#include <cstring>

namespace holdfast::consensus {

namespace {

constexpr unsigned char vote_version = 2;
constexpr unsigned char append_result_version = 2;
constexpr unsigned short reports_capacity = 1;

raft_entry_type kind_of(entry_kind kind) {
  switch (kind) {
  case entry_kind::command:
    return RAFT_COMMAND;
  case entry_kind::barrier:
    return RAFT_BARRIER;
  case entry_kind::change:
    return RAFT_CHANGE;
  }
  return RAFT_COMMAND;
}

/// Memory that the library frees.
void* library_memory(std::size_t size) {
  void* memory = raft_calloc(1, size);
  assert(memory != nullptr);
  return memory;
}

raft_buffer encoded(const membership& members) {
  auto configuration = configuration_of(members);
  raft_buffer result{};
  [[maybe_unused]] const int failed
    = raft_configuration_encode(&configuration, &result);
  assert(failed == 0);
  raft_configuration_close(&configuration);
  return result;
}

/// Fills in the body of a message for the library.
struct filler {
  raft_message& into;
  entry_batch* batch;
  node_id from;

  void operator()(const append_request& said) const {
    into.type = RAFT_APPEND_ENTRIES;
    auto& args = into.append_entries;
    args.term = said.term;
    args.prev_log_index = said.previous_index;
    args.prev_log_term = said.previous_term;
    args.leader_commit = said.commit;
    args.n_entries = batch != nullptr ? batch->count() : 0;
    args.entries = batch != nullptr ? batch->entries() : nullptr;
  }

  void operator()(const append_result& said) const {
    into.type = RAFT_APPEND_ENTRIES_RESULT;
    auto& args = into.append_entries_result;
    args.version = append_result_version;
    args.term = said.term;
    args.rejected = said.rejected;
    args.last_log_index = said.last_index;
    args.features = reports_capacity;
    args.capacity = unlimited;
  }

  void operator()(const vote_request& said) const {
    into.type = RAFT_REQUEST_VOTE;
    auto& args = into.request_vote;
    args.version = vote_version;
    args.term = said.term;
    args.candidate_id = from;
    args.last_log_index = said.last_index;
    args.last_log_term = said.last_term;
    args.disrupt_leader = said.disrupt_leader;
    args.pre_vote = said.pre_vote;
  }

  void operator()(const vote_result& said) const {
    into.type = RAFT_REQUEST_VOTE_RESULT;
    auto& args = into.request_vote_result;
    args.version = vote_version;
    args.term = said.term;
    args.vote_granted = said.granted;
    args.pre_vote = said.pre_vote;
    args.features = reports_capacity;
    args.capacity = unlimited;
  }

  void operator()(const install_request& said) const {
    into.type = RAFT_INSTALL_SNAPSHOT;
    auto& args = into.install_snapshot;
    args.term = said.term;
    args.last_index = said.base.index;
    args.last_term = said.base.term;
    args.conf = configuration_of(said.base.members);
    args.conf_index = said.base.membership_index;
    args.data.base = library_memory(1);
    args.data.len = 1;
  }

  void operator()(const timeout_now& said) const {
    into.type = RAFT_TIMEOUT_NOW;
    auto& args = into.timeout_now;
    args.term = said.term;
    args.last_log_index = said.last_index;
    args.last_log_term = said.last_term;
  }
};

} // namespace

entry_kind kind_of(raft_entry_type type) {
  switch (type) {
  case RAFT_CHANGE:
    return entry_kind::change;
  case RAFT_BARRIER:
    return entry_kind::barrier;
  case RAFT_COMMAND:
    break;
  }
  return entry_kind::command;
}

raft_configuration configuration_of(const membership& members) {
  raft_configuration result;
  raft_configuration_init(&result);
  for (const auto& one : members.members) {
    const int role = one.role == member_role::voter ? RAFT_VOTER : RAFT_STANDBY;
    [[maybe_unused]] const int failed = raft_configuration_add(
      &result, one.id, std::to_string(one.id).c_str(), role);
    assert(failed == 0);
  }
  return result;
}

entry_batch::entry_batch(const std::vector<entry>& entries) {
  std::vector<raft_buffer> changes;
  std::size_t size = 8; // never empty: the library wants a batch to free
  for (const auto& one : entries)
    if (one.kind == entry_kind::change) {
      changes.push_back(encoded(*decode(one.data)));
      size += changes.back().len;
    }
  batch_ = static_cast<char*>(library_memory(size));
  fill(entries, changes);
  for (const auto& one : changes)
    raft_free(one.base);
}

void entry_batch::fill(const std::vector<entry>& entries,
                       const std::vector<raft_buffer>& changes) {
  char* at = batch_;
  std::size_t next = 0;
  for (const auto& one : entries) {
    raft_entry made{};
    made.term = one.term;
    made.type = kind_of(one.kind);
    made.batch = batch_;
    made.buf.base = at;
    if (one.kind == entry_kind::change) {
      made.buf.len = changes[next].len;
      std::memcpy(at, changes[next].base, changes[next].len);
      at += changes[next++].len;
    }
    entries_.push_back(made);
  }
}

body content_of(const raft_message& message) {
  switch (message.type) {
  case RAFT_APPEND_ENTRIES: {
    const auto& from = message.append_entries;
    return append_request{from.term, from.prev_log_index, from.prev_log_term,
                          from.leader_commit,
                          std::vector<entry>(from.n_entries)};
  }
  case RAFT_APPEND_ENTRIES_RESULT: {
    const auto& from = message.append_entries_result;
    return append_result{from.term, from.rejected, from.last_log_index};
  }
  case RAFT_REQUEST_VOTE: {
    const auto& from = message.request_vote;
    return vote_request{from.term, from.last_log_index, from.last_log_term,
                        from.disrupt_leader, from.pre_vote};
  }
  case RAFT_REQUEST_VOTE_RESULT: {
    const auto& from = message.request_vote_result;
    return vote_result{from.term, from.vote_granted, from.pre_vote};
  }
  case RAFT_INSTALL_SNAPSHOT: {
    install_request made;
    made.term = message.install_snapshot.term;
    return made;
  }
  case RAFT_TIMEOUT_NOW:
    break;
  }
  const auto& from = message.timeout_now;
  return timeout_now{from.term, from.last_log_index, from.last_log_term};
}

raft_message message_of(const message& heard, entry_batch* batch) {
  raft_message result;
  std::memset(&result, 0, sizeof result);
  result.server_id = heard.from;
  result.server_address = "";
  std::visit(filler{result, batch, heard.from}, heard.content);
  return result;
}

} // namespace holdfast::consensus
